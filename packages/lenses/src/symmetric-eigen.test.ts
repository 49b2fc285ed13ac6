import fc from "fast-check";
import { expect, test } from "vitest";
import { symmetricEigen } from "./symmetric-eigen.js";

const matrices = fc
  .integer({ min: 1, max: 7 })
  .chain((n) =>
    fc.array(fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: n, maxLength: n }), {
      minLength: n,
      maxLength: n,
    }),
  )
  .map((rows) => rows.map((row, i) => row.map((v, j) => v + rows[j][i])));

test("gives the matrix back, from the largest value to the smallest, along axes at right angles", () => {
  fc.assert(
    fc.property(matrices, (matrix) => {
      const { values, vectors } = symmetricEigen(matrix);
      matrix.forEach((row, i) => {
        row.forEach((v, j) => {
          const sum = values.reduce((total, value, k) => total + value * vectors[k][i] * vectors[k][j], 0);
          expect(sum).toBeCloseTo(v, 8);
          const dot = vectors[i].reduce((total, x, k) => total + x * vectors[j][k], 0);
          expect(dot).toBeCloseTo(i === j ? 1 : 0, 8);
        });
      });
      expect(values).toEqual([...values].sort((x, y) => y - x));
    }),
    { numRuns: 50 },
  );
});
