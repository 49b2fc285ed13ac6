import fc from "fast-check";
import { expect, test } from "vitest";
import { cropOf } from "./crop.js";

const field = (step: number, from: number, to: number) => ({
  rows: { step, from, to },
  columns: { step, from, to },
});

test("it is the receptive field where that is neither tiny nor nearly all", () => {
  const geometry = { width: 200, height: 100, rows: 25, columns: 50, field: field(4, -10, 29) };
  expect(cropOf(10 * 50 + 20, geometry)).toEqual({ x: 0.35, y: 0.3, width: 0.2, height: 0.4 });
});

test("else an eighth or half of the shorter side around its middle", () => {
  const small = cropOf(8 * 16 + 8, { width: 160, height: 160, rows: 16, columns: 16, field: field(10, 4, 5) });
  expect(small).toEqual({ x: 75 / 160, y: 75 / 160, width: 1 / 8, height: 1 / 8 });
  const large = cropOf(0, { width: 160, height: 160, rows: 2, columns: 2, field: field(80, -200, 279) });
  expect(large).toEqual({ x: 0, y: 0, width: 0.5, height: 0.5 });
});

test("it never leaves the picture, whatever is known of the field", () => {
  const side = fc.integer({ min: 8, max: 300 });
  const fields = fc.option(
    fc.record({ step: fc.integer({ min: 1, max: 64 }), from: fc.integer({ min: -400, max: 0 }) }),
  );
  fc.assert(
    fc.property(side, side, fc.integer({ min: 0, max: 48 }), fields, (width, height, place, given) => {
      const known = given && field(given.step, given.from, 40);
      const crop = cropOf(place, { width, height, rows: 7, columns: 7, field: known });
      expect(Math.min(crop.x, crop.y)).toBeGreaterThanOrEqual(0);
      expect(crop.x + crop.width).toBeLessThanOrEqual(1 + 1e-9);
      expect(crop.y + crop.height).toBeLessThanOrEqual(1 + 1e-9);
      expect(crop.width * width).toBeCloseTo(crop.height * height);
    }),
  );
});
