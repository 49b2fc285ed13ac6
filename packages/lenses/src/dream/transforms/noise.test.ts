import { seededRandom } from "@noema/engine";
import { expect, test } from "vitest";
import { noise } from "./noise.js";

const size = { batch: 2, channels: 3, height: 40, width: 50 };
const plane = size.height * size.width;
const drawn = (step: number, progress = 0) =>
  noise({ from: 0.2, to: 0 }).draw(seededRandom(7, step), { size, progress }).noise;
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const correlation = (a: readonly number[], b: readonly number[]) =>
  mean(a.map((v, i) => v * b[i])) / Math.sqrt(mean(a.map((v) => v * v)) * mean(b.map((v) => v * v)));

test("is normal, of the wanted deviation, which changes in the course of the ascent", () => {
  const values = [...drawn(1)].map((v) => v / 0.2);
  expect(Math.abs(mean(values))).toBeLessThan(0.05);
  expect(mean(values.map((v) => v ** 2))).toBeCloseTo(1, 1);
  expect(Math.abs(mean(values.map((v) => v ** 3)))).toBeLessThan(0.1);
  expect(Math.abs(mean(values.map((v) => v ** 4)) - 3)).toBeLessThan(0.4);
  expect(Math.sqrt(mean([...drawn(1, 0.75)].map((v) => v * v)))).toBeCloseTo(0.05, 2);
  expect(drawn(1, 1).every((v) => v === 0)).toBe(true);
});

test("a step's noise depends on its number alone", () => {
  const first = drawn(5);
  drawn(6);
  expect(drawn(5).every((v, i) => v === first[i])).toBe(true);
});

test("what one pixel sees in many steps is independent noise, and so is what two pixels or pictures see", () => {
  const steps = Array.from({ length: 2000 }, (_, i) => drawn(i + 1));
  const seenBy = (pixel: number) => steps.map((values) => values[pixel]);
  const [one, next, below, other] = [0, 1, size.width, 3 * plane].map(seenBy);
  expect(Math.abs(mean(one)) / 0.2).toBeLessThan(0.09);
  expect(mean(one.map((v) => (v / 0.2) ** 2))).toBeCloseTo(1, 0);
  // Three standard errors of 2000 pairs are 0.067.
  for (const b of [next, below, other]) expect(Math.abs(correlation(one, b))).toBeLessThan(0.067);
  expect(Math.abs(correlation(one.slice(0, -1), one.slice(1)))).toBeLessThan(0.067);
});

test("pictures larger than what is drawn once have noise everywhere", () => {
  const large = { batch: 1, channels: 3, height: 700, width: 700 };
  const values = noise({ from: 1, to: 1 }).draw(seededRandom(1, 1), { size: large, progress: 0 }).noise;
  expect(values.every(Number.isFinite)).toBe(true);
  expect(values.subarray(-1000).reduce((sum, v) => sum + v * v, 0) / 1000).toBeCloseTo(1, 0);
});
