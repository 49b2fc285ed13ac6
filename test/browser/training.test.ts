/** @file In a browser: a Trainer takes the steps that it takes in Node. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenPage, openPage } from "./open-page.js";
import { type Trained, trainSome } from "./train-some.js";

let opened: OpenPage;
let expected: Trained;

beforeAll(async () => {
  opened = await openPage();
  expected = await trainSome({ threads: 1 });
}, 180_000);

afterAll(() => opened?.close());

const inBrowser = (executionProviders: readonly string[]) =>
  opened.page.evaluate(
    (providers) => (globalThis as unknown as { train(p: readonly string[]): Promise<Trained> }).train(providers),
    executionProviders,
  );

/** The largest difference, as a share of the largest number. */
function difference(found: readonly number[], wanted: readonly number[]): number {
  expect(found).toHaveLength(wanted.length);
  const size = wanted.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return wanted.reduce((most, v, i) => Math.max(most, Math.abs(v - found[i]!)), 0) / size;
}

test("what Node learns is worth comparing", () => {
  expect(expected.resumed).toBe(true);
  expect(expected.figures.loss).toHaveLength(24);
  expect(expected.figures.loss![23]).toBeLessThan(expected.figures.loss![0]! / 2);
  expect(expected.held.accuracy).toBeGreaterThan(0.9);
});

test("the same figures and weights with WebAssembly, in threads", { timeout: 120_000 }, async () => {
  const found = await inBrowser(["wasm"]);
  expect(found.resumed).toBe(true);
  expect(Object.keys(found.figures)).toEqual(["loss", "accuracy", "gradient-norm"]);
  for (const [name, values] of Object.entries(expected.figures)) {
    expect(difference(found.figures[name]!, values), name).toBeLessThan(1e-3);
  }
  for (const [name, values] of Object.entries(expected.weights)) {
    expect(difference(found.weights[name]!, values), name).toBeLessThan(1e-3);
  }
  expect(Math.abs(found.held.loss! - expected.held.loss!)).toBeLessThan(1e-3);
  expect(found.held.accuracy).toBeCloseTo(expected.held.accuracy!, 1);
});
