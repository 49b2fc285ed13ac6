import { seededRandom } from "@noema/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Codes, checkCodes, joinCodes } from "../codes.js";
import { randomDictionary } from "./naive-omp.testing.js";
import { explainedVariance, rebuild, relativeSquaredError } from "./rebuild.js";

const codes: Codes = {
  vectors: 3,
  starts: Uint32Array.of(0, 2, 2, 3),
  atoms: Uint32Array.of(1, 0, 3),
  coefficients: Float32Array.of(2, -1, 0.5),
};

test("vectors are their parts and the mean", () => {
  const dictionary = randomDictionary(seededRandom(0), 4, 3);
  const { atoms, mean } = dictionary;
  const wanted = [0, 1, 2].flatMap((n) =>
    [0, 1, 2].map((i) => mean[i] + [2 * atoms[3 + i] - atoms[i], 0, 0.5 * atoms[9 + i]][n]),
  );
  rebuild(dictionary, codes).forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i], 5);
  });
});

test("errors and variances are summed over all vectors before they are divided", () => {
  const vectors = Float32Array.of(0, 0, 10, 0, 2, 3);
  const rebuilt = Float32Array.of(0, 1, 10, 0, 2, 1);
  // Mean (4, 1): 17 + 37 + 8 about it, 1 + 4 of error.
  expect(explainedVariance(vectors, rebuilt, 2)).toBeCloseTo(1 - 5 / 62);
  expect(relativeSquaredError(vectors, rebuilt, 2)).toBeCloseTo(5 / 113);
  expect(() => explainedVariance(vectors, rebuilt.subarray(2), 2)).toThrow(/REBUILT_SHAPE/);
});

const anyCodes = fc
  .array(fc.array(fc.tuple(fc.nat(9), fc.float({ noNaN: true })), { maxLength: 4 }), { maxLength: 6 })
  .map((rows) => ({
    vectors: rows.length,
    starts: Uint32Array.from([0, ...rows.map((_, n) => rows.slice(0, n + 1).flat().length)]),
    atoms: Uint32Array.from(rows.flat().map(([atom]) => atom)),
    coefficients: Float32Array.from(rows.flat().map(([, amount]) => amount)),
  }));

test("codes of parts, joined, are the codes of all", () => {
  fc.assert(
    fc.property(fc.array(anyCodes, { maxLength: 4 }), (parts) => {
      const joined = joinCodes(parts);
      checkCodes(joined, 10);
      const rows = (one: Codes) =>
        Array.from({ length: one.vectors }, (_, n) => [
          [...one.atoms.subarray(one.starts[n], one.starts[n + 1])],
          [...one.coefficients.subarray(one.starts[n], one.starts[n + 1])],
        ]);
      expect(rows(joined)).toEqual(parts.flatMap(rows));
    }),
  );
});

test.each([
  { starts: Uint32Array.of(0, 2, 3) },
  { starts: Uint32Array.of(0, 3, 2, 3) },
  { starts: Uint32Array.of(0, 2, 2, 4) },
  { atoms: Uint32Array.of(1, 0, 4) },
  { coefficients: Float32Array.of(1) },
])("codes that do not fit together are refused: %o", (wrong) => {
  expect(() => checkCodes({ ...codes, ...wrong }, 4)).toThrow(/CODES_SHAPE/);
});
