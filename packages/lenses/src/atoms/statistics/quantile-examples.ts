/** @file quantileExamples: vectors that have an atom, from those that have most of it to those that have least. */
import type { Random } from "@noema/engine";
import type { ByAtom } from "../by-atom.js";
import { checkAtoms, checkWhole } from "../check-atoms.js";
import { type Strongest, sideOf } from "./strongest-vectors.js";

export interface QuantileExamplesOptions {
  /** Draws the examples of the bands. */
  readonly random: Random;
  readonly side?: "+" | "-";
  /** Bands of equally many vectors. Default 5. */
  readonly bands?: number;
  /** Examples of each band. Default 5. */
  readonly each?: number;
  /** Of the strongest vectors of all. Default 10. */
  readonly top?: number;
}

export interface QuantileBand extends Strongest {
  /** Shares of the vectors that have the atom, from above: 0 … 0.2 is the strongest fifth. */
  readonly from: number;
  readonly to: number;
  /** How many vectors it has, of which the examples were drawn. */
  readonly count: number;
  /** The coefficients between which it lies, the stronger first. */
  readonly strongest: number;
  readonly weakest: number;
}

export interface QuantileExamples {
  readonly atom: number;
  /** How many vectors have it, on this side. */
  readonly count: number;
  readonly top: Strongest;
  /** The strongest first. Fewer than asked for where fewer vectors have it; their examples the strongest first. */
  readonly bands: readonly QuantileBand[];
}

/**
 * The strongest examples alone flatter an atom: what it means has to hold for the weaker ones too (Bricken et al. 2023, "Towards
 * Monosemanticity", look at examples of every interval of activation).
 *
 * @throws NoemaError ATOMS_EMPTY, ATOMS_RANGE
 */
export function quantileExamples(codes: ByAtom, atom: number, options: QuantileExamplesOptions): QuantileExamples {
  const { random, side = "+", bands = 5, each = 5, top = 10 } = options;
  checkAtoms([atom], codes.atoms);
  for (const [name, value] of Object.entries({ bands, each, top })) checkWhole(name, value, 1);
  const all = sideOf(codes, atom, { sign: side === "+" ? 1 : -1 });
  const count = all.rows.length;
  const used = Math.min(bands, count);
  return {
    ...{ atom, count },
    top: { rows: all.rows.slice(0, top), coefficients: all.coefficients.slice(0, top) },
    bands: Array.from({ length: used }, (_, band) => {
      const [from, to] = [Math.round((band * count) / used), Math.round(((band + 1) * count) / used)];
      const places = drawn(from, to, { each, random });
      return {
        rows: Uint32Array.from(places, (i) => all.rows[i]),
        coefficients: Float32Array.from(places, (i) => all.coefficients[i]),
        ...{ from: from / count, to: to / count, count: to - from },
        strongest: all.coefficients[from],
        weakest: all.coefficients[to - 1],
      };
    }),
  };
}

/** Some of the places from … to − 1, none twice, rising. */
function drawn(from: number, to: number, { each, random }: { each: number; random: Random }): number[] {
  const kept = new Set<number>();
  // Floyd's way to draw without repetition.
  for (let i = to - Math.min(each, to - from); i < to; i++) {
    const at = from + random.below(i - from + 1);
    kept.add(kept.has(at) ? i : at);
  }
  return [...kept].sort((a, b) => a - b);
}
