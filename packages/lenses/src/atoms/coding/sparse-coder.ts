/** @file SparseCoder: thought vectors to codes, by orthogonal matching pursuit. */
import { type CompileOptions, compile, emit, input, NoemaError, type Program } from "@noema/engine";
import { checkVectors } from "../check-vectors.js";
import type { Codes } from "../codes.js";
import { checkDictionary, type Dictionary } from "../dictionary.js";
import { type StopSignal, stopIf } from "../stop.js";
import { unitRows } from "../unit-rows.js";
import { CodesWriter } from "./codes-writer.js";
import { Progression } from "./progression.js";
import { Pursuit } from "./pursuit.js";
import type { Support } from "./support.js";

export interface SparseCoderOptions {
  /** The most atoms that a vector may have, 1 … the smaller of A and D. */
  readonly sparsity: number;
  /**
   * Ends a vector's code as soon as so much of it is left at most: ‖x − Dc‖ ≤ error · ‖x‖, the mean taken off. Above 0, below 1;
   * single precision cannot tell less than about 0.001. Of a dictionary with a whitening, both are whitened. Default: every vector has as
   * many atoms as it may.
   */
  readonly error?: number;
  readonly compile?: CompileOptions;
}

export interface CodingOptions {
  /** Called with how many vectors are coded, and how many there are. */
  readonly onProgress?: (done: number, count: number) => void;
  readonly signal?: StopSignal;
}

/** Vectors whose products with the atoms are taken at once: enough for matrices to be multiplied at full speed. */
const mostRows = 1024;
/** Numbers that vectors, and their products, may be at a time. */
const mostNumbers = 2 ** 22;

/**
 * Codes vectors with a dictionary. Products of vectors and atoms are ONNX Runtime's work, the pursuit is `Pursuit`'s.
 *
 * Greedy, and no other way: codes of the lasso (LARS) are not offered.
 */
export class SparseCoder {
  readonly #options: SparseCoderOptions;
  readonly #program: Program;
  readonly #pursuit: Pursuit;
  readonly #rows: number;
  #dictionary: Dictionary;
  /** A×D: what vectors are multiplied with, and, where they are whitened first, how long the atoms are then. */
  #atoms: Float32Array;
  #lengths: Float64Array | undefined;
  readonly #own: Float64Array;

  private constructor(
    options: SparseCoderOptions,
    dictionary: Dictionary,
    rows: number,
    program: Program,
    pursuit: Pursuit,
  ) {
    this.#options = options;
    this.#dictionary = dictionary;
    this.#atoms = dictionary.atoms;
    this.#rows = rows;
    this.#program = program;
    this.#pursuit = pursuit;
    this.#own = new Float64Array(options.sparsity);
  }

  /** @throws NoemaError SPARSITY, CODING_ERROR, KERNEL_MEMORY, what checkDictionary refuses */
  static async open(dictionary: Dictionary, options: SparseCoderOptions): Promise<SparseCoder> {
    checkDictionary(dictionary);
    const { count, length, nonNegative } = dictionary;
    const { sparsity, error = 0 } = options;
    checkSparsity(sparsity, count, length);
    if (!(error >= 0 && error < 1)) {
      throw new NoemaError("CODING_ERROR", { where: "error", found: `${error}`, needed: "a share, from 0 to below 1" });
    }
    const rows = Math.max(1, Math.min(mostRows, Math.floor(mostNumbers / Math.max(count, length))));
    const [vectors, atoms] = [input("vectors", [rows, length]), input("atoms", [count, length])];
    const pursuit = await Pursuit.open({ count, sparsity, error, nonNegative });
    const whitening = dictionary.whitening && input("whitening", [length, length]);
    const [seen] = whitening === undefined ? [vectors] : emit("Gemm", [vectors, whitening]);
    const [products] = emit("Gemm", [seen, atoms], { transB: 1 });
    const signature =
      whitening === undefined
        ? { inputs: { vectors, atoms }, outputs: { products } }
        : { inputs: { vectors, atoms, whitening }, outputs: { products, seen } };
    const program = await compile(signature, options.compile);
    const coder = new SparseCoder(options, dictionary, rows, program, pursuit);
    await coder.#take(dictionary);
    return coder;
  }

  get dictionary(): Dictionary {
    return this.#dictionary;
  }

  /**
   * Goes on with other atoms, without compiling anew.
   *
   * @throws NoemaError DICTIONARY_SHAPE where it is not of the same count, length and sign; what checkDictionary refuses
   */
  async setDictionary(dictionary: Dictionary): Promise<void> {
    checkDictionary(dictionary);
    const { count, length, nonNegative, whitening } = this.#dictionary;
    const same =
      dictionary.count === count &&
      dictionary.length === length &&
      dictionary.nonNegative === nonNegative &&
      (dictionary.whitening === undefined) === (whitening === undefined);
    if (!same) {
      throw new NoemaError("DICTIONARY_SHAPE", {
        where: "dictionary",
        found: `${dictionary.count} atoms of ${dictionary.length}, ${kindOf(dictionary)}`,
        needed: `the coder was opened for ${count} of ${length}, ${kindOf(this.#dictionary)}`,
      });
    }
    await this.#take(dictionary);
  }

  /** Products of one atom with all, whitened where that is done, A numbers; overwritten when the dictionary is set. */
  gram(atom: number): Float32Array {
    return this.#pursuit.gram(atom);
  }

  /**
   * @param vectors N×D; 0 vectors have codes too
   * @throws NoemaError VECTORS_LENGTH, VECTORS_NUMBERS; STOPPED
   */
  async code(vectors: Float32Array, options: CodingOptions = {}): Promise<Codes> {
    const writer = new CodesWriter(vectors.length / this.#dictionary.length, this.#options.sparsity);
    const { support } = this.#pursuit;
    await this.#eachVector(vectors, options, (products, square) => {
      this.#pursuit.code(products, square);
      writer.add(support.atoms, this.#coefficients(support), support.count);
    });
    return writer.codes();
  }

  /**
   * Codes of at most 1, 2, … K atoms, K the sparsity: atoms are added in the same order, and coefficients are those of least squares
   * at each step. Of non-negative codes, which may give up atoms, each is the last of its size.
   *
   * @throws NoemaError as `code`
   */
  async progressive(vectors: Float32Array, options: CodingOptions = {}): Promise<readonly Codes[]> {
    const progression = new Progression(vectors.length / this.#dictionary.length, this.#options.sparsity);
    await this.#eachVector(vectors, options, (products, square) => {
      this.#pursuit.code(products, square, (support) =>
        progression.note({ atoms: support.atoms, coefficients: this.#coefficients(support), count: support.count }),
      );
      progression.end();
    });
    return progression.codes();
  }

  async dispose(): Promise<void> {
    await this.#program.dispose();
  }

  async #eachVector(
    vectors: Float32Array,
    { onProgress, signal }: CodingOptions,
    each: (products: Float32Array, square: number) => void,
  ): Promise<void> {
    const { count, length, mean } = this.#dictionary;
    const all = checkVectors(vectors, length, "vectors");
    const batch = new Float32Array(this.#rows * length);
    const squares = new Float64Array(this.#rows);
    for (let from = 0; from < all; from += this.#rows) {
      stopIf(signal, "coding");
      const rows = Math.min(this.#rows, all - from);
      for (let n = 0; n < rows; n++) {
        const [to, at] = [n * length, (from + n) * length];
        let square = 0;
        for (let i = 0; i < length; i++) {
          const value = vectors[at + i] - mean[i];
          batch[to + i] = value;
          square += value * value;
        }
        squares[n] = square;
      }
      batch.fill(0, rows * length);
      const { products, seen } = await this.#run(batch);
      if (seen !== undefined) {
        for (let n = 0; n < rows; n++) squares[n] = squareOf(seen.subarray(n * length, (n + 1) * length));
      }
      for (let n = 0; n < rows; n++) each(products.subarray(n * count, (n + 1) * count), squares[n]);
      onProgress?.(from + rows, all);
    }
  }

  async #take(dictionary: Dictionary): Promise<void> {
    const { count, length, atoms, whitening } = dictionary;
    this.#dictionary = dictionary;
    this.#atoms = atoms;
    this.#lengths = undefined;
    if (whitening !== undefined) {
      const seen = new Float32Array(atoms.length);
      await this.#eachAtoms(({ from, rows, run }) => {
        seen.set(run.seen!.subarray(0, rows * length), from * length);
      });
      this.#lengths = unitRows(seen, length);
      this.#atoms = seen;
    }
    await this.#eachAtoms(({ from, rows, run: { products } }) => {
      for (let n = 0; n < rows; n++) {
        const own = this.gram(from + n);
        own.set(products.subarray(n * count, (n + 1) * count));
        const size = this.#lengths?.[from + n] ?? 0;
        if (size > 0) for (let i = 0; i < count; i++) own[i] /= size;
      }
    });
  }

  async #eachAtoms(each: (part: { from: number; rows: number; run: Products }) => void): Promise<void> {
    const { count, length, atoms } = this.#dictionary;
    const batch = new Float32Array(this.#rows * length);
    for (let from = 0; from < count; from += this.#rows) {
      const rows = Math.min(this.#rows, count - from);
      batch.set(atoms.subarray(from * length, (from + rows) * length));
      each({ from, rows, run: await this.#run(batch) });
    }
  }

  async #run(vectors: Float32Array): Promise<Products> {
    const { whitening } = this.#dictionary;
    const { products, seen } = await this.#program.run({
      vectors,
      atoms: this.#atoms,
      ...(whitening && { whitening }),
    });
    return { products: products.data as Float32Array, ...(seen && { seen: seen.data as Float32Array }) };
  }

  /** Of atoms as they are: those of the pursuit are of atoms that are 1 long when they are whitened. */
  #coefficients({ atoms, coefficients, count }: Support): Float64Array {
    const lengths = this.#lengths;
    if (lengths === undefined) return coefficients;
    const own = this.#own;
    for (let i = 0; i < count; i++) own[i] = coefficients[i] / lengths[atoms[i]];
    return own;
  }
}

/** Of vectors with the atoms; and the vectors whitened, where they are. */
interface Products {
  readonly products: Float32Array;
  readonly seen?: Float32Array;
}

function squareOf(vector: Float32Array): number {
  let square = 0;
  for (const value of vector) square += value * value;
  return square;
}

const kindOf = ({ nonNegative, whitening }: Dictionary) =>
  `${nonNegative ? "coefficients at least 0" : "coefficients of any sign"}${whitening === undefined ? "" : ", whitened"}`;

/** @throws NoemaError SPARSITY */
export function checkSparsity(sparsity: number, count: number, length: number): void {
  const most = Math.min(count, length);
  if (Number.isInteger(sparsity) && sparsity >= 1 && sparsity <= most) return;
  throw new NoemaError("SPARSITY", {
    where: "sparsity",
    found: `${sparsity} atoms for a vector`,
    needed: `a whole number, 1 … ${most}: there are ${count} atoms, and vectors have ${length} numbers`,
  });
}
