import { seededRandom } from "@noema/engine";
import { expect, test } from "vitest";
import { explainedBy } from "./explained-by.js";
import { combinations, represent } from "./representations.testing.js";

test("all of a latent that is the factor, half of one that is a sum of two, nothing of others", () => {
  const factors = combinations([5, 5], 400);
  const { factors: names, matrix } = explainedBy(represent(factors, ([a, b]) => [3 * a - 1e6, a + b, b, 2]));
  expect(names).toEqual(["factor 1", "factor 2"]);
  const expected = [1, 0.5, 0, 0, 0, 0.5, 1, 0];
  expect([...matrix.values]).toEqual(expected.map((share) => expect.closeTo(share, 3)));
});

test("forty persons explain nothing of noise, though each has a mean of their own", () => {
  const random = seededRandom(1);
  const { matrix } = explainedBy(
    represent(combinations([40], 3), () => Array.from({ length: 300 }, () => random.normal())),
  );
  const mean = matrix.values.reduce((sum, share) => sum + share, 0) / 300;
  expect(mean).toBeLessThan(0.05);
});

test("a value of one picture each explains nothing, as there is nothing within a value to compare with", () => {
  const each = {
    name: "each",
    values: Array.from({ length: 20 }, (_, i) => `${i}`),
    of: Int32Array.from(Array(20).keys()),
  };
  expect([...explainedBy(represent([each], ([v]) => [v])).matrix.values]).toEqual([0]);
});
