/** @file OnlineLearner: a dictionary learnt from vectors that pass by, batch after batch, in bounded memory. */
import { type CompileOptions, NoemaError } from "@noema/engine";
import { checkVectors } from "../check-vectors.js";
import type { Codes } from "../codes.js";
import { rebuild, variation } from "../coding/rebuild.js";
import { SparseCoder } from "../coding/sparse-coder.js";
import { checkDictionary, type Dictionary } from "../dictionary.js";
import { type Floats, Kernels, padded, type RowList } from "../kernels/kernels.js";
import type { StopSignal } from "../stop.js";
import { scaleToOne } from "../unit-rows.js";
import { replaceAtoms, uselessAtoms } from "./replaced-atoms.js";

export interface OnlineOptions {
  readonly sparsity: number;
  /**
   * ρ: what was learnt until step t counts (1 − 1/t)^ρ in step t. 0: all vectors count the same for ever. Default 15: codes made with
   * the first, wrong atoms are soon forgotten.
   */
  readonly forgetting?: number;
  /** Goes on from where another learner was. */
  readonly state?: OnlineState;
  readonly compile?: CompileOptions;
}

/** All that is carried from batch to batch. */
export interface OnlineState {
  /** Batches so far. */
  readonly step: number;
  readonly dictionary: Dictionary;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

/** What one batch came to, coded with the atoms as they were before it. */
export interface OnlineStep {
  /** Σ‖x − x̂‖² / Σ‖x‖² */
  readonly error: number;
  /** 1 − Σ‖x − x̂‖² / Σ‖x − mean‖², the mean that of the batch; not finite where the batch does not vary. */
  readonly explained: number;
  /** Atoms that are a part of any vector. */
  readonly used: number;
  readonly replaced: number;
}

const usualForgetting = 15;
/** Uses of an atom, if all had the same, over which is counted whether it is used: 4 of them are hardly any. */
const expectedUses = 40;

/**
 * Online dictionary learning (Mairal, Bach, Ponce and Sapiro 2010), with codes of orthogonal matching pursuit: sums of the products of
 * coefficients, A×A, and of coefficients and vectors, A×D, stand for all vectors so far; after each batch every atom is put where
 * they are explained best, the others held.
 */
export class OnlineLearner {
  readonly #dictionary: Dictionary;
  readonly #forgetting: number;
  readonly #sparsity: number;
  readonly #coder: SparseCoder;
  readonly #kernels: Kernels;
  readonly #stride: number;
  /** A×stride: the atoms. */
  readonly #atoms: Floats;
  readonly #base: Floats;
  readonly #list: RowList;
  /** A×A: Σ c·cᵀ */
  readonly #products: Float32Array;
  /** A×D: Σ c·xᵀ */
  readonly #crosses: Float32Array;
  /** A: vectors that each atom was a part of, early ones counting less; and at the end the parts that there could have been. */
  readonly #uses: Float32Array;
  #step: number;

  private constructor(dictionary: Dictionary, options: OnlineOptions, coder: SparseCoder, kernels: Kernels) {
    const { count, length } = dictionary;
    const { sparsity, forgetting = usualForgetting, state } = options;
    this.#dictionary = { ...dictionary, atoms: dictionary.atoms.slice() };
    this.#forgetting = forgetting;
    this.#sparsity = sparsity;
    this.#coder = coder;
    this.#kernels = kernels;
    this.#stride = padded(length);
    this.#atoms = kernels.floats(count * this.#stride);
    this.#base = kernels.floats(this.#stride);
    this.#list = kernels.list(count);
    const even = Float32Array.from({ length: count + 1 }, (_, i) => (i < count ? expectedUses : expectedUses * count));
    this.#products = state?.arrays.products.slice() ?? new Float32Array(count * count);
    this.#crosses = state?.arrays.crosses.slice() ?? new Float32Array(count * length);
    this.#uses = state?.arrays.uses.slice() ?? even;
    this.#step = state?.step ?? 0;
  }

  /**
   * @param initial where it begins, such as `initialDictionary` makes it of some vectors; its mean and sign stay
   * @throws NoemaError LEARNING_OPTIONS, LEARNING_STATE, SPARSITY, KERNEL_MEMORY, what checkDictionary refuses
   */
  static async open(initial: Dictionary, options: OnlineOptions): Promise<OnlineLearner> {
    const { sparsity, forgetting = usualForgetting, state, compile = {} } = options;
    if (!(forgetting >= 0 && Number.isFinite(forgetting))) {
      throw new NoemaError("LEARNING_OPTIONS", {
        where: "forgetting",
        found: `${forgetting}`,
        needed: "a number from 0",
      });
    }
    const dictionary = state?.dictionary ?? initial;
    checkDictionary(dictionary);
    if (state !== undefined) checkState(state, initial);
    const { count, length } = dictionary;
    const floats = (count + 1) * padded(length) + padded(2 * count);
    const kernels = await Kernels.open(floats, `a dictionary of ${count} atoms`);
    const coder = await SparseCoder.open(dictionary, { sparsity, compile });
    return new OnlineLearner(dictionary, options, coder, kernels);
  }

  /** As it is now; not written to later. */
  get dictionary(): Dictionary {
    return { ...this.#dictionary, atoms: this.#dictionary.atoms.slice() };
  }

  /** To be kept and gone on with. */
  state(): OnlineState {
    const arrays = { products: this.#products.slice(), crosses: this.#crosses.slice(), uses: this.#uses.slice() };
    return { step: this.#step, dictionary: this.dictionary, arrays };
  }

  /**
   * Learns from one batch. Wait for one call to end before the next.
   *
   * @param vectors B×D, some
   * @throws NoemaError VECTORS_EMPTY, VECTORS_LENGTH, VECTORS_NUMBERS; STOPPED, and nothing has changed
   */
  async feed(vectors: Float32Array, { signal }: { readonly signal?: StopSignal } = {}): Promise<OnlineStep> {
    const dictionary = this.#dictionary;
    const { count, length, mean } = dictionary;
    if (checkVectors(vectors, length, "batch") === 0) {
      throw new NoemaError("VECTORS_EMPTY", {
        where: "batch",
        found: "there are no vectors in it",
        needed: "at least one",
      });
    }
    const codes = await this.#coder.code(vectors, signal === undefined ? {} : { signal });
    const rebuilt = rebuild(dictionary, codes);
    const uses = this.#gather(vectors, codes);
    this.#updateAtoms();
    await this.#coder.setDictionary(dictionary);
    const { errors, squares, sum } = errorsOf(vectors, rebuilt, mean);
    const useless = uselessAtoms(dictionary, this.#uses, this.#uses[count], (atom) => this.#coder.gram(atom));
    const left = (n: number) => vectors.slice(n * length, (n + 1) * length).map((value, i) => value - mean[i]);
    const replaced = replaceAtoms(dictionary, useless, errors, squares, left);
    for (const atom of useless.slice(0, replaced)) this.#forget(atom);
    if (replaced > 0) await this.#coder.setDictionary(dictionary);
    this.#step++;
    const total = errors.reduce((a, b) => a + b, 0);
    return { error: total / sum, explained: 1 - total / variation(vectors, length), used: uses, replaced };
  }

  async dispose(): Promise<void> {
    await this.#coder.dispose();
  }

  /** Adds a batch to the sums; how many atoms it uses. */
  #gather(vectors: Float32Array, { vectors: rows, starts, atoms, coefficients }: Codes): number {
    const { count, length, mean } = this.#dictionary;
    // Of the first batch nothing is before it.
    const kept = this.#step === 0 ? 0 : (1 - 1 / (this.#step + 1)) ** this.#forgetting;
    for (let i = 0; i < this.#products.length; i++) this.#products[i] *= kept;
    for (let i = 0; i < this.#crosses.length; i++) this.#crosses[i] *= kept;
    const remembered = Math.exp((-rows * this.#sparsity) / (expectedUses * count));
    for (let i = 0; i <= count; i++) this.#uses[i] *= remembered;
    this.#uses[count] += rows * this.#sparsity;
    const used = new Uint8Array(count);
    for (let n = 0; n < rows; n++) {
      for (let part = starts[n]; part < starts[n + 1]; part++) {
        const [atom, amount] = [atoms[part], coefficients[part]];
        used[atom] = 1;
        this.#uses[atom]++;
        for (let i = 0; i < length; i++)
          this.#crosses[atom * length + i] += amount * (vectors[n * length + i] - mean[i]);
        for (let other = starts[n]; other < starts[n + 1]; other++) {
          this.#products[atom * count + atoms[other]] += amount * coefficients[other];
        }
      }
    }
    return used.reduce((a, b) => a + b, 0);
  }

  /** One pass of block coordinate descent: d ← d + (b − D·a) / aᵈᵈ, scaled to length 1. */
  #updateAtoms(): void {
    const { count, length, atoms } = this.#dictionary;
    const stored = this.#atoms.values;
    for (let atom = 0; atom < count; atom++) {
      stored.set(atoms.subarray(atom * length, (atom + 1) * length), atom * this.#stride);
    }
    for (let atom = 0; atom < count; atom++) {
      const own = this.#products[atom * count + atom];
      if (!(own > 0)) continue;
      const from = atom * this.#stride;
      for (let i = 0; i < length; i++) {
        this.#base.values[i] = stored[from + i] + this.#crosses[atom * length + i] / own;
      }
      let others = 0;
      for (let other = 0; other < count; other++) {
        const product = this.#products[atom * count + other];
        if (product !== 0) this.#list.set(others++, this.#atoms.pointer + 4 * this.#stride * other, -product / own);
      }
      const { pointer } = this.#base;
      this.#kernels.functions.combine(pointer, pointer, this.#list.pointer, others, 4 * this.#stride);
      const moved = this.#base.values.slice(0, length);
      const size = scaleToOne(moved);
      if (!(size > 0 && Number.isFinite(size))) continue;
      stored.set(moved, from);
      atoms.set(moved, atom * length);
    }
  }

  /** An atom that is new has nothing from those that were in its place, and is given time. */
  #forget(atom: number): void {
    const { count, length } = this.#dictionary;
    this.#crosses.fill(0, atom * length, (atom + 1) * length);
    this.#products.fill(0, atom * count, (atom + 1) * count);
    for (let other = 0; other < count; other++) this.#products[other * count + atom] = 0;
    this.#uses[atom] = this.#uses[count] / count;
  }
}

/** Of each vector, about the dictionary's mean; and Σ‖x‖². */
function errorsOf(vectors: Float32Array, rebuilt: Float32Array, mean: Float32Array) {
  const length = mean.length;
  const [errors, squares] = [new Float64Array(vectors.length / length), new Float64Array(vectors.length / length)];
  let sum = 0;
  for (let i = 0, n = 0; n < errors.length; n++) {
    for (let k = 0; k < length; k++, i++) {
      errors[n] += (vectors[i] - rebuilt[i]) ** 2;
      squares[n] += (vectors[i] - mean[k]) ** 2;
      sum += vectors[i] * vectors[i];
    }
  }
  return { errors, squares, sum };
}

/** @throws NoemaError LEARNING_STATE */
function checkState({ dictionary, arrays }: OnlineState, initial: Dictionary): void {
  const { count, length } = initial;
  const sizes = { products: count * count, crosses: count * length, uses: count + 1 };
  const same =
    dictionary.count === count && dictionary.length === length && dictionary.nonNegative === initial.nonNegative;
  const odd = Object.entries(sizes).find(([name, size]) => arrays[name]?.length !== size);
  if (same && odd === undefined) return;
  throw new NoemaError("LEARNING_STATE", {
    where: "state",
    found: same
      ? `${odd![0]} has ${arrays[odd![0]]?.length ?? "no"} numbers`
      : "its dictionary has another shape or sign",
    needed: `that of ${count} atoms of ${length} is needed`,
  });
}
