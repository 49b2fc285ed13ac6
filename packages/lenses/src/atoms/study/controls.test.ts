/** @file Controls keep what they say they keep, and lose the rest. */
import { seededRandom } from "@noema/engine";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gaussianLike, shuffledCoordinates } from "./controls.js";

/** Vectors of three numbers: the second follows the first, the third is 0 or 5. */
function drawVectors(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from(
    Array.from({ length: count }, () => {
      const x = random.normal();
      return [x, 2 * x + 0.5 * random.normal() + 1, random.uniform() < 0.2 ? 5 : 0];
    }).flat(),
  );
}

const column = (rows: Float32Array, k: number, length = 3) => [...rows].filter((_, i) => i % length === k);
const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

function covarianceOf(a: readonly number[], b: readonly number[]): number {
  const [p, q] = [meanOf(a), meanOf(b)];
  return a.reduce((sum, v, i) => sum + (v - p) * (b[i] - q), 0) / (a.length - 1);
}

test("shuffled: every coordinate keeps its values, and what they had to do with each other is gone", () => {
  const vectors = drawVectors(2000, 1);
  const dealt = shuffledCoordinates({ vectors, length: 3 }, seededRandom(2));
  for (const k of [0, 1, 2]) expect(column(dealt, k).sort()).toEqual(column(vectors, k).sort());
  expect(covarianceOf(column(vectors, 0), column(vectors, 1))).toBeGreaterThan(1.7);
  expect(Math.abs(covarianceOf(column(dealt, 0), column(dealt, 1)))).toBeLessThan(0.15);
});

describe("Gaussian", () => {
  test("the mean and every covariance are the same, the shape is not", () => {
    const vectors = drawVectors(3000, 3);
    const drawn = gaussianLike({ vectors, length: 3 }, seededRandom(4), 20_000);
    for (const i of [0, 1, 2]) {
      expect(Math.abs(meanOf(column(drawn, i)) - meanOf(column(vectors, i)))).toBeLessThan(0.06);
      for (const k of [0, 1, 2]) {
        const wanted = covarianceOf(column(vectors, i), column(vectors, k));
        expect(Math.abs(covarianceOf(column(drawn, i), column(drawn, k)) - wanted)).toBeLessThan(0.15);
      }
    }
    expect(column(vectors, 2).filter((v) => v === 0).length).toBeGreaterThan(2000);
    expect(column(drawn, 2).filter((v) => v === 0).length).toBe(0);
  });

  test("coordinates that never change, or that repeat others, are no trouble", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 0, max: 1000 }), (count, seed) => {
        const random = seededRandom(seed);
        const rows = Array.from({ length: count }, () => {
          const x = random.normal();
          return [x, 7, -x, x, 0];
        });
        const drawn = gaussianLike({ vectors: Float32Array.from(rows.flat()), length: 5 }, random);
        expect(drawn.every(Number.isFinite)).toBe(true);
        for (let n = 0; n < count; n++) {
          const [a, b, c] = drawn.subarray(5 * n);
          expect(Math.abs(a + c)).toBeLessThan(1e-2);
          expect(Math.abs(b - 7)).toBeLessThan(1e-2);
        }
      }),
    );
  });

  test("one vector has no covariance", () => {
    expect(() => gaussianLike({ vectors: new Float32Array(3), length: 3 }, seededRandom(1))).toThrow("STUDY_VECTORS");
  });

  test("the same seed gives the same numbers", () => {
    const vectors = drawVectors(50, 5);
    const [a, b] = [0, 0].map(() => gaussianLike({ vectors, length: 3 }, seededRandom(6)));
    expect(a).toEqual(b);
  });
});
