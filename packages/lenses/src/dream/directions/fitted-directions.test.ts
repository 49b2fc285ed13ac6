import { seededRandom } from "@noema/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { independentDirections } from "./independent-directions.js";
import { isNonnegative, nonnegativeDirections } from "./nonnegative-directions.js";
import { principalDirections } from "./principal-directions.js";
import { drawnChannels, matchedDirections, randomDirections, standardisedDirections } from "./random-directions.js";
import { covariance, type Rows, thinned } from "./rows.js";
import { symmetricEigen } from "./symmetric-eigen.js";

/** sources × mixture: rows that are sums of known vectors. */
function mixed(
  rows: number,
  vectors: readonly (readonly number[])[],
  draw: (row: number, source: number) => number,
): Rows {
  const columns = vectors[0].length;
  const data = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    vectors.forEach((vector, s) => {
      const amount = draw(r, s);
      vector.forEach((v, c) => {
        data[r * columns + c] += amount * v;
      });
    });
  }
  return { data, rows, columns };
}

function finished<T>(work: Generator<number, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value as T;
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThanOrEqual(1);
  }
}

const cosine = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return ab / Math.sqrt(aa * bb);
};

test("covariance by its definition, whatever the number of rows", () => {
  const small = fc.integer({ min: 1, max: 5 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), small, fc.integer(), (rows, columns, seed) => {
      const random = seededRandom(seed);
      const data = Float32Array.from({ length: rows * columns }, () => random.normal());
      const found = covariance({ data, rows, columns });
      const column = (c: number) => Array.from({ length: rows }, (_, r) => data[r * columns + c]);
      const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / rows;
      for (let i = 0; i < columns; i++) {
        for (let j = 0; j < columns; j++) {
          const [a, b] = [column(i), column(j)];
          const expected = mean(a.map((v, r) => (v - mean(a)) * (b[r] - mean(b))));
          expect(found[i * columns + j]).toBeCloseTo(expected, 6);
        }
      }
    }),
    { numRuns: 50 },
  );
});

test("eigenvectors put a symmetric matrix together again", () => {
  const [random, size] = [seededRandom(4), 12];
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) matrix[i * size + j] = matrix[j * size + i] = random.normal();
  }
  const { values, vectors } = symmetricEigen(matrix, size);
  expect([...values]).toEqual([...values].sort((a, b) => b - a));
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const sum = vectors.reduce((total, vector, e) => total + values[e] * vector[i] * vector[j], 0);
      expect(sum).toBeCloseTo(matrix[i * size + j], 10);
    }
  }
});

test("principal directions of a known covariance, from many rows and from fewer than columns", () => {
  // Along (3, 4)/5 with standard deviation 2, across with 1.
  const random = seededRandom(1);
  const many = mixed(
    40_000,
    [
      [1.2, 1.6],
      [-0.8, 0.6],
    ],
    () => random.normal(),
  );
  const { directions, variances } = principalDirections(many, 2);
  expect(Math.abs(cosine(directions[0], [0.6, 0.8]))).toBeGreaterThan(0.999);
  expect(variances[0]).toBeCloseTo(4, 0);
  expect(variances[1]).toBeCloseTo(1, 1);

  const few = { data: Float32Array.from({ length: 5 * 9 }, () => random.normal()), rows: 5, columns: 9 };
  const byProducts = principalDirections(few, 4);
  const bySymmetric = symmetricEigen(covariance(few), 9);
  byProducts.directions.forEach((direction, i) => {
    expect(byProducts.variances[i]).toBeCloseTo(bySymmetric.values[i], 5);
    expect(Math.abs(cosine(direction, bySymmetric.vectors[i]))).toBeCloseTo(1, 5);
  });
});

test("what does not vary has no direction", () => {
  const rows = mixed(50, [[1, 2, 3]], (r) => Math.sin(r));
  expect(principalDirections(rows, 3).directions).toHaveLength(1);
  const still = { data: new Float32Array(30).fill(2), rows: 10, columns: 3 };
  expect(principalDirections(still, 2).directions).toHaveLength(0);
  expect(finished(independentDirections(still, 2, seededRandom(0))).directions).toHaveLength(0);
});

test("independent directions take mixed sources apart", () => {
  const random = seededRandom(2);
  const mixing = [
    [1, 0.5, -0.3, 0.2, 0],
    [0.4, -1, 0.6, 0, 0.5],
    [-0.2, 0.3, 1, 0.7, -0.4],
  ];
  const laplace = () => {
    const u = random.uniform() - 0.5;
    return -Math.sign(u) * Math.log(1 - 2 * Math.abs(u));
  };
  const sources = Array.from({ length: 6000 }, () => [laplace(), random.uniform(), laplace() ** 3 / 4]);
  const rows = mixed(6000, mixing, (r, s) => sources[r][s]);
  const found = finished(independentDirections(rows, 3, seededRandom(7)));
  expect(found.converged).toBe(true);
  // Each filter responds to one source, and each source has one.
  const matched = found.directions.map((filter) => {
    const responses = mixing.map((vector, s) => {
      const spread = Math.sqrt(sources.reduce((sum, row) => sum + (row[s] - (s === 1 ? 0.5 : 0)) ** 2, 0));
      return spread * Math.abs(vector.reduce((sum, v, c) => sum + v * filter[c], 0));
    });
    const largest = Math.max(...responses);
    const rest = responses.reduce((sum, v) => sum + v, 0) - largest;
    expect(rest / largest).toBeLessThan(0.1);
    return responses.indexOf(largest);
  });
  expect(matched.sort()).toEqual([0, 1, 2]);
});

test("non-negative directions find the parts, up to scale and order", () => {
  const random = seededRandom(3);
  const parts = [
    [1, 2, 0, 0, 0, 0, 3, 0],
    [0, 0, 2, 1, 0, 0, 0, 0],
    [0, 0, 0, 0, 4, 1, 1, 0],
  ];
  const rows = mixed(400, parts, () => (random.uniform() < 0.5 ? 0 : random.uniform()));
  const { directions, leftOver } = finished(nonnegativeDirections(rows, 3, seededRandom(5)));
  expect(leftOver).toBeLessThan(1e-3);
  const best = parts.map((part) => Math.max(...directions.map((direction) => cosine(part, direction))));
  for (const similarity of best) expect(similarity).toBeGreaterThan(0.99);
  for (const direction of directions) expect(direction.every((v) => v >= 0)).toBe(true);
});

test("negative numbers are no sums of non-negative parts", () => {
  const rows = { data: Float32Array.of(1, 2, -0.5, 1, 1, 1), rows: 3, columns: 2 };
  expect(isNonnegative(rows)).toBe(false);
  expect(() => nonnegativeDirections(rows, 1, seededRandom(0)).next()).toThrow(/NOT_NONNEGATIVE/);
});

test("no more directions than rows and columns tell apart", () => {
  const rows = { data: new Float32Array(12), rows: 3, columns: 4 };
  expect(() => principalDirections(rows, 3)).toThrow(/3 rows of 4 channels.*DIRECTIONS_MANY/);
  expect(() => principalDirections(rows, 0)).toThrow(/DIRECTIONS_MANY/);
});

test("the same seed gives the same directions", () => {
  const random = seededRandom(8);
  const rows = { data: Float32Array.from({ length: 300 }, () => random.uniform()), rows: 60, columns: 5 };
  const all = () => [
    finished(independentDirections(rows, 3, seededRandom(1))).directions,
    finished(nonnegativeDirections(rows, 3, seededRandom(1))).directions,
    randomDirections(5, 3, seededRandom(1)),
    matchedDirections(rows, 3, seededRandom(1)),
    standardisedDirections(rows, 3, seededRandom(1)),
    drawnChannels(5, 3, seededRandom(1)),
  ];
  expect(all()).toEqual(all());
});

test("random directions are as random as they say", () => {
  const random = seededRandom(6);
  // One channel varies ten times as much as the other.
  const rows = mixed(
    500,
    [
      [10, 0],
      [0, 1],
    ],
    () => random.normal(),
  );
  const share = (directions: readonly Float32Array[]) =>
    directions.reduce((sum, [first]) => sum + first * first, 0) / directions.length;
  expect(share(randomDirections(2, 2000, random))).toBeCloseTo(0.5, 1);
  // E[x²/(x² + y²)] with standard deviations s and t is s/(s + t).
  expect(share(matchedDirections(rows, 2000, random))).toBeCloseTo(10 / 11, 1);
  expect(share(standardisedDirections(rows, 2000, random))).toBeCloseTo(1 / 11, 1);
});

test("channels are drawn without repetition", () => {
  expect(drawnChannels(6, 6, seededRandom(0))).toEqual([0, 1, 2, 3, 4, 5]);
  expect(new Set(drawnChannels(50, 20, seededRandom(0))).size).toBe(20);
});

test("rows are thinned evenly", () => {
  const rows = { data: Float32Array.from({ length: 10 }, (_, i) => i), rows: 10, columns: 1 };
  expect([...thinned(rows, 4).data]).toEqual([0, 3, 6, 9]);
  expect(thinned(rows, 10)).toBe(rows);
});
