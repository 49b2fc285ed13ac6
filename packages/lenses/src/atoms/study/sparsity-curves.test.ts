/** @file Sparsity curves: the share explained, and intervals that hold what they are of. */
import { seededRandom } from "@noema/engine";
import { describe, expect, test } from "vitest";
import { excess, excessBeyond, sparsityCurve } from "./sparsity-curves.js";

/** Errors of vectors of which each atom takes a share of what is left. */
function coded(count: number, left: number, seed: number, group?: Int32Array) {
  const random = seededRandom(seed);
  const errors = new Float64Array(count * 4);
  for (let n = 0; n < count; n++) {
    errors[4 * n] = 1 + random.uniform();
    for (let k = 1; k < 4; k++) errors[4 * n + k] = errors[4 * n + k - 1] * left * (0.8 + 0.4 * random.uniform());
  }
  return { errors, sparsity: 3, ...(group && { group }) };
}

describe("the curve", () => {
  test("sums before it divides", () => {
    const errors = Float64Array.of(10, 1, 1, 1);
    const { explained } = sparsityCurve({ errors, sparsity: 1 }, { seed: 0 });
    expect(explained[0].value).toBe(0);
    expect(explained[1].value).toBeCloseTo(1 - 2 / 11, 12);
  });

  test("its interval holds the value, and is narrower of more vectors", () => {
    const [few, many] = [50, 5000].map((n) => sparsityCurve(coded(n, 0.5, 1), { seed: 2 }).explained[2]);
    for (const { value, low, high } of [few, many]) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
      expect(value).toBeCloseTo(0.75, 1);
    }
    expect((few.high - few.low) / (many.high - many.low)).toBeGreaterThan(5);
  });

  test("vectors of one picture are drawn together: copies of them make nothing surer", () => {
    const own = coded(40, 0.5, 3);
    const copies = new Float64Array(40 * 4 * 50);
    const group = new Int32Array(40 * 50);
    for (let i = 0; i < 50; i++) {
      copies.set(own.errors, i * own.errors.length);
      for (let n = 0; n < 40; n++) group[i * 40 + n] = n;
    }
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    const [alone, together, apart] = [own, { errors: copies, sparsity: 3, group }, { errors: copies, sparsity: 3 }].map(
      (one) => width(sparsityCurve(one, { seed: 4 }).explained[2]),
    );
    expect(together / alone).toBeCloseTo(1, 9);
    expect(apart).toBeLessThan(alone / 4);
  });
});

describe("differences", () => {
  const options = { seed: 5 };
  test("of equals hold 0; of unlike ones do not", () => {
    const same = excess(coded(800, 0.5, 6), coded(800, 0.5, 7), options).explained[3];
    expect(same.low).toBeLessThan(0);
    expect(same.high).toBeGreaterThan(0);
    const { low, value } = excess(coded(800, 0.4, 6), coded(800, 0.6, 7), options).explained[1];
    expect(value).toBeCloseTo(0.2, 1);
    expect(low).toBeGreaterThan(0.15);
  });

  test("of two excesses: what both have in common goes out", () => {
    const trained = { of: coded(800, 0.3, 8), over: coded(800, 0.5, 9) };
    const untrained = { of: coded(800, 0.1, 10), over: coded(800, 0.2, 11) };
    expect(excessBeyond(trained, untrained, options).explained[1].value).toBeCloseTo(0.1, 1);
    expect(excessBeyond(trained, trained, options).explained[1].low).toBeLessThan(0);
  });
});

test.each([
  ["STUDY_VECTORS", { errors: new Float64Array(5), sparsity: 1 }],
  ["STUDY_VECTORS", { errors: new Float64Array(0), sparsity: 1 }],
  ["STUDY_VECTORS", { errors: new Float64Array(4), sparsity: 1, group: new Int32Array(3) }],
  ["STUDY_NUMBERS", { errors: new Float64Array(4), sparsity: 1 }],
  ["STUDY_NUMBERS", { errors: Float64Array.of(1, 1, Number.NaN, 1), sparsity: 1 }],
  ["STUDY_NUMBERS", { errors: Float64Array.of(1, 1, 1, Number.POSITIVE_INFINITY), sparsity: 1 }],
])("%s", (code, wrong) => {
  expect(() => sparsityCurve(wrong, { seed: 0 })).toThrow(code);
});
