/** @file Pursuit: orthogonal matching pursuit of one vector after another, from their products with the atoms. */
import { type Floats, Kernels, padded, type RowList } from "../kernels/kernels.js";
import { Support } from "./support.js";

/** Of the vector's length: what is left of a product that should be 0 in single precision, with room. */
const noise = 1e-5;
/** Atoms that come and go for one vector, for each that stays: Lawson and Hanson's solver takes at most 3 in practice. */
const mostTries = 4;

export interface PursuitOptions {
  /** A. */
  readonly count: number;
  /** Atoms a vector may have. */
  readonly sparsity: number;
  /** Share of the vector's length that may be left: where it is reached no atom is added. 0: none. */
  readonly error: number;
  readonly nonNegative: boolean;
}

/**
 * Batch-OMP (Rubinstein, Zibulevsky and Elad 2008): what is left of a vector is never made. Its products with all atoms are those of
 * the vector, less those of the chosen atoms, which are rows of the Gram matrix. The strongest is chosen, and all coefficients are
 * found again by least squares. Non-negative coefficients: the largest is chosen, and least squares are solved under c ≥ 0
 * (Bruckstein, Elad and Zibulevsky 2008).
 */
export class Pursuit {
  readonly support: Support;
  readonly #options: PursuitOptions;
  readonly #kernels: Kernels;
  readonly #gram: Floats;
  readonly #stride: number;
  readonly #products: Floats;
  readonly #found: Floats;
  readonly #list: RowList;

  private constructor(options: PursuitOptions, kernels: Kernels) {
    const { count, sparsity } = options;
    this.#options = options;
    this.#kernels = kernels;
    this.#stride = padded(count);
    this.#gram = kernels.floats(count * this.#stride);
    this.#products = kernels.floats(count);
    this.#found = kernels.floats(padded(1));
    this.#list = kernels.list(sparsity);
    const gram = this.#gram.values;
    const stride = this.#stride;
    this.support = new Support(sparsity, (atom, other) => gram[atom * stride + other]);
  }

  /** @throws NoemaError KERNEL_MEMORY where there are too many atoms for their Gram matrix */
  static async open(options: PursuitOptions): Promise<Pursuit> {
    const { count, sparsity } = options;
    const floats = (count + 1) * padded(count) + padded(1) + padded(2 * sparsity);
    return new Pursuit(options, await Kernels.open(floats, `a dictionary of ${count} atoms`));
  }

  /** Products of one atom with all: A numbers, to be written and read. */
  gram(atom: number): Float32Array {
    return this.#gram.values.subarray(atom * this.#stride, atom * this.#stride + this.#options.count);
  }

  /**
   * Leaves the code of a vector in `support`.
   *
   * @param products of the vector with all atoms: A
   * @param square of the vector's length
   * @param onState called whenever the support has changed and its coefficients are those of least squares
   */
  code(products: Float32Array, square: number, onState?: (support: Support) => void): void {
    const { sparsity, error, nonNegative } = this.#options;
    const { support } = this;
    support.clear();
    this.#products.values.set(products);
    const enough = square * (1 - error * error);
    const least = noise * Math.sqrt(square);
    for (let tries = mostTries * sparsity; tries > 0 && support.count < sparsity; tries--) {
      if (error > 0 && support.explained >= enough) return;
      const atom = this.#next(least);
      if (atom < 0 || support.has(atom) || !support.add(atom, products[atom])) return;
      if (nonNegative) support.solveNonNegative();
      else support.solve();
      onState?.(support);
      // Given up as soon as it was added: rounding alone chose it, and would choose it again.
      if (nonNegative && !support.has(atom)) return;
    }
  }

  /** The atom that goes with what is left of the vector best; −1 where none does. */
  #next(least: number): number {
    const { count, atoms, coefficients } = this.support;
    const { nonNegative } = this.#options;
    for (let i = 0; i < count; i++) {
      this.#list.set(i, this.#gram.pointer + 4 * this.#stride * atoms[i], -coefficients[i]);
    }
    const search = nonNegative ? this.#kernels.functions.largest : this.#kernels.functions.strongest;
    const { pointer, values } = this.#found;
    const at = search(pointer, this.#products.pointer, this.#list.pointer, count, 4 * this.#stride, least);
    if (at < 0) return -1;
    let [best, most] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      const value = nonNegative ? values[i] : Math.abs(values[i]);
      if (value > most) [best, most] = [i, value];
    }
    return at / 4 + best;
  }
}
