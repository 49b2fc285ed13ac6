import { seededRandom } from "@noema/engine";
import { describe, expect, test } from "vitest";
import { byAtom } from "../by-atom.js";
import { codesOf } from "../linear-decoder.testing.js";
import { quantileExamples } from "./quantile-examples.js";
import { strongestVectors } from "./strongest-vectors.js";

/** Vector r has r − 40 of atom 0, and 1 of atom 1 if it is one of the first three. */
const codes = byAtom(
  codesOf(Array.from({ length: 101 }, (_, row) => [[0, row - 40] as const, ...(row < 3 ? [[1, 1] as const] : [])])),
  3,
);

describe("strongestVectors", () => {
  test("has both sides, the strongest first, of equals the first", () => {
    const [own, equal, dead] = strongestVectors(codes, { count: 3 });
    expect([[...own.positive.rows], [...own.positive.coefficients]]).toEqual([
      [100, 99, 98],
      [60, 59, 58],
    ]);
    expect([[...own.negative.rows], [...own.negative.coefficients]]).toEqual([
      [0, 1, 2],
      [-40, -39, -38],
    ]);
    expect([...equal.positive.rows]).toEqual([0, 1, 2]);
    expect([dead.positive.rows.length, dead.negative.rows.length, equal.negative.rows.length]).toEqual([0, 0, 0]);
  });

  test("refuses atoms that there are not", () => {
    expect(() => strongestVectors(codes, { atoms: [3] })).toThrowError(/atom 3: there are 3, 0 to 2.*ATOMS_RANGE/);
    expect(() => strongestVectors(codes, { count: 0 })).toThrowError(/ATOMS_RANGE/);
  });
});

describe("quantileExamples", () => {
  const look = (seed: number) => quantileExamples(codes, 0, { random: seededRandom(seed), bands: 4, each: 6, top: 2 });

  test("draws from bands of equally many vectors, the strongest first", () => {
    const { count, top, bands } = look(1);
    // Coefficients 1 … 60.
    expect(count).toBe(60);
    expect([...top.rows]).toEqual([100, 99]);
    expect(bands.map(({ from, to, count: of, strongest, weakest }) => [from, to, of, strongest, weakest])).toEqual([
      [0, 0.25, 15, 60, 46],
      [0.25, 0.5, 15, 45, 31],
      [0.5, 0.75, 15, 30, 16],
      [0.75, 1, 15, 15, 1],
    ]);
    for (const { rows, coefficients, strongest, weakest } of bands) {
      expect(new Set(rows).size).toBe(6);
      expect([...coefficients]).toEqual([...coefficients].sort((a, b) => b - a));
      expect([...rows].map((row) => row - 40)).toEqual([...coefficients]);
      expect(coefficients.every((c) => c <= strongest && c >= weakest)).toBe(true);
    }
  });

  test("the same seed draws the same, another others", () => {
    expect(look(1)).toEqual(look(1));
    expect(look(1)).not.toEqual(look(2));
  });

  test("has the other side, and no more bands than vectors", () => {
    const random = seededRandom(0);
    const other = quantileExamples(codes, 0, { random, side: "-", bands: 1, each: 100 });
    expect([other.count, other.bands[0].rows.length, other.bands[0].strongest]).toEqual([40, 40, -40]);
    const few = quantileExamples(codes, 1, { random });
    expect(few.bands.map(({ count }) => count)).toEqual([1, 1, 1]);
    expect(quantileExamples(codes, 2, { random })).toMatchObject({ count: 0, bands: [] });
    expect(() => quantileExamples(codes, 7, { random })).toThrowError(/atom 7.*ATOMS_RANGE/);
    expect(() => quantileExamples(codes, 0, { random, each: 1.5 })).toThrowError(/each: 1.5.*ATOMS_RANGE/);
  });
});
