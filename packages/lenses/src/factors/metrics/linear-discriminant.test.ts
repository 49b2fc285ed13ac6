import { seededRandom } from "@noema/engine";
import { expect, test } from "vitest";
import { linearDiscriminant } from "./linear-discriminant.js";

/** Three normal classes, whose means are `apart` from each other in the first two features. */
function classes(count: number, apart: number, seed: number) {
  const random = seededRandom(seed);
  const of = Int32Array.from({ length: count }, (_, i) => i % 3);
  const features = Float64Array.from({ length: count * 3 }, (_, at) => {
    const [i, f] = [Math.floor(at / 3), at % 3];
    return random.normal() + (f + 1 === of[i] ? apart : 0);
  });
  return { features, of, classes: 3 };
}

const rightShare = (told: Int32Array, of: Int32Array) => told.filter((one, i) => one === of[i]).length / of.length;

test("classes far apart are told, those in one place are guessed", () => {
  const far = [classes(300, 12, 1), classes(300, 12, 2)];
  expect(rightShare(linearDiscriminant(far[0], far[1].features), far[1].of)).toBe(1);
  const none = [classes(3000, 0, 1), classes(3000, 0, 2)];
  expect(rightShare(linearDiscriminant(none[0], none[1].features), none[1].of)).toBeCloseTo(1 / 3, 1);
});

test("features that others repeat, and ones that never vary, change nothing", () => {
  const [fitted, asked] = [classes(600, 2, 1), classes(600, 2, 2)];
  const widened = (features: Float64Array) =>
    Float64Array.from({ length: (features.length / 3) * 5 }, (_, at) => {
      const [i, f] = [Math.floor(at / 5), at % 5];
      return f < 3 ? features[i * 3 + f] : f === 3 ? 4 * features[i * 3] : 1;
    });
  const plain = linearDiscriminant(fitted, asked.features);
  const wide = linearDiscriminant({ ...fitted, features: widened(fitted.features) }, widened(asked.features));
  expect(rightShare(wide, plain)).toBeGreaterThan(0.995);
  expect(rightShare(plain, asked.of)).toBeGreaterThan(0.7);
});

test("where nothing varies within a class the nearest mean is told", () => {
  const fitted = { features: Float64Array.of(0, 0, 0, 0, 3, 1, 3, 1), of: Int32Array.of(0, 0, 1, 1), classes: 2 };
  expect([...linearDiscriminant(fitted, Float64Array.of(1, 0, 2, 1))]).toEqual([0, 1]);
});
