import fc from "fast-check";
import { expect, test } from "vitest";
import { equalWidthBins } from "./equal-width-bins.js";
import { mutualInformation } from "./mutual-information.js";
import { checked } from "./representation.js";
import { combinations, represent } from "./representations.testing.js";

test("bins are open above, but the last", () => {
  expect([...equalWidthBins(Float32Array.of(0, 0.24, 0.25, 0.5, 0.99, 1), 4)]).toEqual([0, 0, 1, 2, 3, 3]);
  expect([...equalWidthBins(Float32Array.of(-3, -3, -3), 20)]).toEqual([0, 0, 0]);
});

test("any finite floats fall into a bin, the smallest into the first, the largest into the last, in their order", () => {
  const floats = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 30 });
  fc.assert(
    fc.property(floats, fc.integer({ min: 2, max: 50 }), (numbers, bins) => {
      const values = Float32Array.from(numbers).sort();
      const found = [...equalWidthBins(values, bins)];
      expect(found).toEqual([...found].sort((a, b) => a - b));
      expect(found[0]).toBe(0);
      expect(found.at(-1)).toBe(values[0] === values.at(-1) ? 0 : bins - 1);
    }),
  );
});

test("nats that a latent tells about a factor: all, some, none", () => {
  const input = checked(represent(combinations([6, 2], 5), ([a, b]) => [a, a % 3, b, 1]));
  const { values, entropies } = mutualInformation(input);
  expect([...entropies]).toEqual([expect.closeTo(Math.log(6), 12), expect.closeTo(Math.log(2), 12)]);
  const expected = [Math.log(6), Math.log(3), 0, 0, 0, 0, Math.log(2), 0];
  expect([...values]).toEqual(expected.map((nats) => (nats === 0 ? 0 : expect.closeTo(nats, 12))));
});
