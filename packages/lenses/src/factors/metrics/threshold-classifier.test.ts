import { seededRandom } from "@noema/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sortedRows } from "./sorted-rows.js";
import { balancedAccuracy, fitThresholds, type LabelledLatent } from "./threshold-classifier.js";

const rowsOf = (count: number) => Uint32Array.from({ length: count }, (_, i) => i);

function fittedAccuracy(latent: LabelledLatent): number {
  const rows = rowsOf(latent.of.length);
  return balancedAccuracy(fitThresholds(latent, sortedRows(latent.column, rows)), latent, rows);
}

/** The best of all ways to cut the distinct values into intervals, as many as there are values of the factor, and to name them. */
function bestAccuracy({ column, of, count }: LabelledLatent): number {
  const distinct = [...new Set(column)].sort((a, b) => a - b);
  const totals = Array.from({ length: count }, (_, value) => of.filter((one) => one === value).length);
  const present = totals.filter((total) => total > 0).length;
  const best = (from: number, intervals: number): number => {
    if (from === distinct.length) return 0;
    if (intervals === 0) return Number.NEGATIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let to = from + 1; to <= distinct.length; to++) {
      const sums = new Array<number>(count).fill(0);
      column.forEach((v, i) => {
        if (v >= distinct[from] && v <= distinct[to - 1]) sums[of[i]] += 1 / totals[of[i]];
      });
      most = Math.max(most, Math.max(...sums) + best(to, intervals - 1));
    }
    return most;
  };
  return best(0, count) / present;
}

test("finds the best thresholds there are", () => {
  const latents = fc
    .record({
      count: fc.integer({ min: 2, max: 4 }),
      pictures: fc.array(fc.tuple(fc.integer({ min: -4, max: 4 }), fc.nat()), { minLength: 2, maxLength: 12 }),
    })
    .map(({ count, pictures }) => ({
      column: Float32Array.from(pictures, ([v]) => v / 3),
      of: Int32Array.from(pictures, ([, value]) => value % count),
      count,
    }));
  fc.assert(
    fc.property(latents, (latent) => {
      expect(fittedAccuracy(latent)).toBeCloseTo(bestAccuracy(latent), 9);
    }),
    { numRuns: 200 },
  );
});

test("a threshold stands where it belongs among thousands of pictures that are mixed elsewhere", () => {
  // Values 0 and 1 are mixed below 0, so that there are thousands of runs; from 0 on there is value 2 alone.
  const random = seededRandom(1);
  const of = Int32Array.from({ length: 6000 }, (_, i) => (i < 4000 ? random.below(2) : 2));
  const column = Float32Array.from(of, (value) => (value === 2 ? random.uniform() : -random.uniform() - 1e-3));
  const rows = rowsOf(6000);
  const classifier = fitThresholds({ column, of, count: 3 }, sortedRows(column, rows));
  const nearest = Math.min(...[...classifier.thresholds].map(Math.abs));
  expect(nearest).toBeLessThan(0.002);
  expect(balancedAccuracy(classifier, { column, of, count: 3 }, rows)).toBeGreaterThan(0.66);
});

test("a value that no picture has is never told", () => {
  const latent = { column: Float32Array.of(0, 1, 2, 3), of: Int32Array.of(0, 0, 3, 3), count: 5 };
  expect([...fitThresholds(latent, rowsOf(4)).values]).toEqual([0, 3]);
  expect(fittedAccuracy(latent)).toBe(1);
});
