/** @file CodesWriter: codes that are made one vector at a time. */
import type { Codes } from "../codes.js";

export class CodesWriter {
  readonly #starts: Uint32Array;
  readonly #atoms: Uint32Array;
  readonly #coefficients: Float32Array;
  #row = 0;
  #at = 0;

  /**
   * @param vectors N
   * @param most parts that one may have
   */
  constructor(vectors: number, most: number) {
    this.#starts = new Uint32Array(vectors + 1);
    this.#atoms = new Uint32Array(vectors * most);
    this.#coefficients = new Float32Array(vectors * most);
  }

  /** The next vector's first `count` of these. */
  add(atoms: Int32Array, coefficients: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      this.#atoms[this.#at + i] = atoms[i];
      this.#coefficients[this.#at + i] = coefficients[i];
    }
    this.#at += count;
    this.#starts[++this.#row] = this.#at;
  }

  /** What was written, to the last vector. */
  codes(): Codes {
    const [atoms, coefficients] = [this.#atoms, this.#coefficients];
    const whole = this.#at === atoms.length;
    return {
      vectors: this.#row,
      starts: this.#starts,
      atoms: whole ? atoms : atoms.slice(0, this.#at),
      coefficients: whole ? coefficients : coefficients.slice(0, this.#at),
    };
  }
}
