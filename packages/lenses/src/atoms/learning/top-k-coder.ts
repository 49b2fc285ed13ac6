/** @file TopKCoder: vectors to codes by the encoder of a sparse autoencoder: one product, of which the k largest count. */
import {
  build,
  type CompileOptions,
  compile,
  constant,
  emit,
  input,
  NoemaError,
  type Program,
  Tensor,
} from "@noema/engine";
import { checkVectors } from "../check-vectors.js";
import type { Codes } from "../codes.js";
import { CodesWriter } from "../coding/codes-writer.js";
import { type CodingOptions, checkSparsity } from "../coding/sparse-coder.js";
import { checkDictionary, type Dictionary } from "../dictionary.js";
import { stopIf } from "../stop.js";

/** What belongs to a dictionary where it was learnt by an autoencoder: a coefficient is weights·(x − mean) + bias. */
export interface SparseEncoder {
  /** A×D. */
  readonly weights: Float32Array;
  /** A. */
  readonly bias: Float32Array;
}

export interface TopKCoderOptions {
  /** The most atoms that a vector may have, 1 … the smaller of A and D. */
  readonly sparsity: number;
  readonly compile?: CompileOptions;
}

const rows = 256;

/** Many times as fast as a pursuit, and further from the vectors. */
export class TopKCoder {
  readonly #dictionary: Dictionary;
  readonly #sparsity: number;
  readonly #program: Program;

  private constructor(dictionary: Dictionary, sparsity: number, program: Program) {
    this.#dictionary = dictionary;
    this.#sparsity = sparsity;
    this.#program = program;
  }

  /** @throws NoemaError ENCODER_SHAPE where the encoder is of another dictionary; SPARSITY, what checkDictionary refuses */
  static async open(dictionary: Dictionary, encoder: SparseEncoder, options: TopKCoderOptions): Promise<TopKCoder> {
    checkDictionary(dictionary);
    const { count, length, mean, nonNegative } = dictionary;
    const { weights, bias } = encoder;
    if (weights.length !== count * length || bias.length !== count) {
      throw new NoemaError("ENCODER_SHAPE", {
        where: "encoder",
        found: `${weights.length} weights and ${bias.length} numbers beside them`,
        needed: `${count * length} and ${count}: the dictionary has ${count} atoms of ${length}`,
      });
    }
    checkSparsity(options.sparsity, count, length);
    const vectors = input("vectors", [rows, length]);
    const inside = build.sub(vectors, constant(Tensor.of("float32", [length], mean)));
    const [products] = emit(
      "Gemm",
      [inside, constant(Tensor.of("float32", [count, length], weights)), constant(Tensor.of("float32", [count], bias))],
      { transB: 1 },
    );
    const k = constant(Tensor.ofNumbers("int64", [1], [options.sparsity]));
    const sizes = nonNegative ? products : build.abs(products);
    const [, atoms] = emit("TopK", [sizes, k], { axis: 1 }, { outputs: 2 });
    const [amounts] = emit("GatherElements", [products, atoms], { axis: 1 });
    const outputs = { atoms: build.cast(atoms, "int32"), amounts };
    const program = await compile({ inputs: { vectors }, outputs }, options.compile);
    return new TopKCoder(dictionary, options.sparsity, program);
  }

  /**
   * @param vectors N×D
   * @throws NoemaError VECTORS_LENGTH, VECTORS_NUMBERS; STOPPED
   */
  async code(vectors: Float32Array, { onProgress, signal }: CodingOptions = {}): Promise<Codes> {
    const { length, nonNegative } = this.#dictionary;
    const k = this.#sparsity;
    const all = checkVectors(vectors, length, "vectors");
    const writer = new CodesWriter(all, k);
    const [batch, own] = [new Float32Array(rows * length), { atoms: new Int32Array(k), amounts: new Float64Array(k) }];
    for (let from = 0; from < all; from += rows) {
      stopIf(signal, "coding");
      const count = Math.min(rows, all - from);
      batch.fill(0, count * length).set(vectors.subarray(from * length, (from + count) * length));
      const { atoms, amounts } = await this.#program.run({ vectors: batch });
      for (let n = 0; n < count; n++) {
        let parts = 0;
        for (let i = n * k; i < (n + 1) * k; i++) {
          const amount = amounts.data[i] as number;
          if (nonNegative ? !(amount > 0) : amount === 0) continue;
          own.atoms[parts] = atoms.data[i] as number;
          own.amounts[parts++] = amount;
        }
        writer.add(own.atoms, own.amounts, parts);
      }
      onProgress?.(from + count, all);
    }
    return writer.codes();
  }

  async dispose(): Promise<void> {
    await this.#program.dispose();
  }
}
