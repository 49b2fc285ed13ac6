import fc from "fast-check";
import { expect, test } from "vitest";
import { byAtom } from "../by-atom.js";
import { codesOf } from "../linear-decoder.testing.js";
import { density } from "./density.js";

/** Of 100 vectors all have atom 0, ten atom 1, one atom 2 of −4, none atom 3; 0 of an atom is not to have it. */
const codes = byAtom(
  codesOf(
    Array.from({ length: 100 }, (_, row) => [
      [0, row % 2 === 0 ? 1 : -3] as const,
      ...(row < 10 ? [[1, 2] as const] : []),
      ...(row === 50 ? [[2, -4] as const] : [[2, 0] as const]),
    ]),
  ),
  4,
);

test("tells shares, strengths, sides, and who is dead", () => {
  const found = density(codes);
  expect([...found.uses]).toEqual([100, 10, 1, 0]);
  expect([...found.shares]).toEqual([1, 0.1, 0.01, 0]);
  expect([...found.strengths].map((v) => Number(v.toFixed(9)))).toEqual([2, 2, 4, 0]);
  expect([...found.positive].map((v) => Number(v.toFixed(9)))).toEqual([0.5, 1, 0, 0]);
  expect(found.dead).toEqual([3]);
  expect(found.perVector).toBe(1.11);
});

test("rare is less than ten examples, or the share that is asked for, and never dead", () => {
  expect([density(codes).rare, density(codes).rareBelow]).toEqual([[2], 0.1]);
  expect(density(codes, { rare: 0.5 }).rare).toEqual([2, 1]);
  expect(density(codes, { rare: 0 }).rare).toEqual([]);
  expect(() => density(codes, { rare: 3 })).toThrowError(/rare: 3.*ATOMS_RANGE/);
  expect(() => density(codes, { perDecade: 0 })).toThrowError(/ATOMS_RANGE/);
  // Of a million vectors 1e-5 are ten; of ten million a hundred.
  const of = (vectors: number) => density({ ...codes, vectors }).rareBelow;
  expect([of(1e6), of(1e7)]).toEqual([1e-5, 1e-5]);
});

test("the histogram's edges are powers of ten, which count upwards", () => {
  const { edges, counts } = density(codes, { perDecade: 1 }).histogram;
  expect([...edges]).toEqual([-2, -1, 0]);
  // 0.01 in −2 … −1; 0.1 and 1 in −1 … 0.
  expect([...counts]).toEqual([1, 2]);
});

test("every atom that lives is in one bar, between its edges", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 1, max: 8 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (vectors, perDecade, share) => {
        const uses = Math.max(1, Math.round(share * vectors));
        const one = byAtom(codesOf(Array.from({ length: vectors }, (_, row) => (row < uses ? [[0, 1]] : []))), 2);
        const { edges, counts } = density(one, { perDecade }).histogram;
        expect([...counts].reduce((a, b) => a + b)).toBe(1);
        const bar = counts.indexOf(1);
        const place = Math.log10(uses / vectors);
        expect(place).toBeGreaterThanOrEqual(edges[bar] - 1e-9);
        expect(place).toBeLessThanOrEqual(edges[bar + 1] + 1e-9);
      },
    ),
    { numRuns: 40 },
  );
});
