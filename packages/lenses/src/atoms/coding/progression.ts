/** @file Progression: of each vector, the code of every number of atoms that its pursuit came through. */
import type { Codes } from "../codes.js";
import { CodesWriter } from "./codes-writer.js";
import type { Support } from "./support.js";

/** A support as it was at some time. */
interface Noted {
  readonly atoms: Int32Array;
  readonly coefficients: Float64Array;
  count: number;
}

export class Progression {
  /** By number of atoms less 1. */
  readonly #writers: readonly CodesWriter[];
  readonly #noted: readonly Noted[];

  /**
   * @param vectors N
   * @param most K
   */
  constructor(vectors: number, most: number) {
    this.#writers = Array.from({ length: most }, (_, k) => new CodesWriter(vectors, k + 1));
    this.#noted = this.#writers.map((_, k) => ({
      atoms: new Int32Array(k + 1),
      coefficients: new Float64Array(k + 1),
      count: 0,
    }));
  }

  /** One step of the vector's pursuit: nothing before it explains more, so it stands for all numbers of atoms from its own. */
  note({ atoms, coefficients, count }: Pick<Support, "atoms" | "coefficients" | "count">): void {
    for (let k = Math.max(1, count); k <= this.#noted.length; k++) {
      const noted = this.#noted[k - 1];
      for (let i = 0; i < count; i++) {
        noted.atoms[i] = atoms[i];
        noted.coefficients[i] = coefficients[i];
      }
      noted.count = count;
    }
  }

  /** The vector is done. */
  end(): void {
    this.#noted.forEach((noted, k) => {
      this.#writers[k].add(noted.atoms, noted.coefficients, noted.count);
      noted.count = 0;
    });
  }

  /** By number of atoms less 1. */
  codes(): readonly Codes[] {
    return this.#writers.map((writer) => writer.codes());
  }
}
