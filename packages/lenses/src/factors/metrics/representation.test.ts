import fc from "fast-check";
import { expect, test } from "vitest";
import { checked, type Representation } from "./representation.js";
import { combinations, represent } from "./representations.testing.js";

const good = represent(combinations([4, 2], 5), ([a, b]) => [a, b]);
const [first, second] = good.factors;
const refused = (representation: Representation, code: string, text: string, fewest?: number) => {
  expect(() => checked(representation, fewest)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(text) }),
  );
};

test("what is refused, and what is said of it", () => {
  refused({ ...good, factors: [] }, "FACTORS_NONE", "none are known");
  refused({ ...good, factors: [first, { ...second, of: second.of.slice(1) }] }, "FACTOR_LENGTH", "39 pictures");
  refused({ ...good, factors: [{ ...first, of: first.of.map((v) => v + 1) }] }, "FACTOR_VALUE", "0 to 3");
  refused({ ...good, factors: [{ ...first, of: first.of.map((v) => v - 1) }] }, "FACTOR_VALUE", "value -1");
  refused({ ...good, factors: [{ ...first, numbers: [1, 2, 3] }] }, "FACTOR_NUMBERS", "4 values");
  refused({ ...good, factors: [{ ...first, numbers: [1, 2, 3, Number.NaN] }] }, "FACTOR_NUMBERS", "3 finite numbers");
  refused({ ...good, latents: good.latents.slice(1) }, "LATENTS_LENGTH", "79 numbers for 40 pictures");
  refused({ ...good, latents: new Float32Array(0) }, "LATENTS_LENGTH", "0 numbers");
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    refused({ ...good, latents: good.latents.with(7, bad) }, "LATENTS_NOT_FINITE", "picture 3, latent 1");
  }
  refused(
    represent(combinations([19], 1), ([v]) => [v]),
    "PICTURES_FEW",
    "19, at least 20",
  );
  const same = { ...first, of: new Int32Array(40) };
  refused({ ...good, factors: [same] }, "FACTORS_CONSTANT", '"factor 1"');
  refused({ ...good, factors: [same, second] }, "FACTORS_FEW", '"factor 2"', 2);
  refused({ ...good, factors: [{ ...first, numbers: [5, 5, 5, 5] }] }, "FACTORS_CONSTANT", "same in all");
});

test("a factor of one value is left out with a note, and values that do not occur are not counted", () => {
  const same = { name: "glasses", values: ["no", "yes"], of: new Int32Array(40) };
  const wide = { name: "wide", values: ["a", "b", "c", "d", "e"], of: first.of.map((v) => (v < 2 ? 1 : 4)) };
  const { factors, notes } = checked({ ...good, factors: [same, wide] });
  expect(notes).toEqual(['"glasses" is the same in all pictures and was left out.']);
  expect(factors.map(({ name, count }) => `${name} ${count}`)).toEqual(["wide 2"]);
  expect([...new Set(factors[0].of)]).toEqual([0, 1]);
});

test("latents come by column", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), (size) => {
      const representation = represent(combinations([20], 1), ([v]) =>
        Array.from({ length: size }, (_, j) => 100 * j + v),
      );
      const { columns } = checked(representation);
      columns.forEach((column, j) => {
        expect([...column]).toEqual(Array.from({ length: 20 }, (_, i) => 100 * j + i));
      });
      expect(columns).toHaveLength(size);
    }),
  );
});
