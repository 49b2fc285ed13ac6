import { expect, test } from "vitest";
import { crossCovarianceOf } from "./cross-covariance.js";

test("is half the sum of squared covariances", () => {
  // Columns of a: (1, −1, 1, −1) and its opposite; b goes along with them twice as far, and by a constant.
  const a = Float32Array.of(1, -1, -1, 1, 1, -1, -1, 1);
  const b = Float32Array.of(12, 8, 12, 8);
  expect(crossCovarianceOf(a, b, 4)).toBeCloseTo(0.5 * (2 ** 2 + 2 ** 2));
});

test("is 0 of what does not go together, and of what does not vary", () => {
  expect(crossCovarianceOf(Float32Array.of(1, 1, -1, -1), Float32Array.of(1, -1, 1, -1), 4)).toBe(0);
  expect(crossCovarianceOf(Float32Array.of(3, 3, 3), Float32Array.of(1, 2, 3), 3)).toBe(0);
});
