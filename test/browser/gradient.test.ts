/** @file In a browser: the gradient that onnxruntime-web computes there is the one that Node computes here. */
import { compile, gradient, build as ops, readModel } from "@noema/engine";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { noise, seededNetwork } from "./network.js";
import { type OpenPage, openPage } from "./open-page.js";
import type { Answer, Question } from "./page/main.js";

const unit = 3;
const picture = noise(2);

let opened: OpenPage;
let page: Page;
let expected: { output: Float64Array; gradient: Float64Array };

beforeAll(async () => {
  opened = await openPage({ "network.onnx": seededNetwork() });
  ({ page } = opened);
  expected = await inNode();
}, 180_000);

afterAll(() => opened?.close());

async function inNode(): Promise<{ output: Float64Array; gradient: Float64Array }> {
  const model = readModel(seededNetwork());
  const [x, y] = [model.input(), model.output()];
  const [slope] = gradient(ops.log(ops.slice(y, [unit], [unit + 1], [1])), [x]);
  const program = await compile({ inputs: { x }, outputs: { y, slope: slope! } });
  const results = await program.run({ x: picture });
  await program.dispose();
  return { output: results.y!.toNumbers(), gradient: results.slope!.toNumbers() };
}

async function inBrowser(executionProviders: readonly string[]): Promise<Answer> {
  const question: Question = { x: [...picture], unit, executionProviders };
  return await page.evaluate(
    (asked) => (globalThis as unknown as { answer(q: Question): Promise<Answer> }).answer(asked),
    question,
  );
}

/** Relative error in the L2 norm. */
function relativeError(found: readonly number[], wanted: Float64Array): number {
  expect(found).toHaveLength(wanted.length);
  const norm = (numbers: Iterable<number>) => Math.hypot(...numbers);
  return norm([...wanted].map((v, i) => v - found[i]!)) / norm(wanted);
}

test("with WebAssembly, in threads", { timeout: 120_000 }, async () => {
  const found = await inBrowser(["wasm"]);
  expect(found.isolated).toBe(true);
  expect(Math.hypot(...expected.gradient)).toBeGreaterThan(1e-3);
  expect(relativeError(found.output, expected.output)).toBeLessThan(1e-4);
  expect(relativeError(found.gradient, expected.gradient)).toBeLessThan(1e-4);
});

test("with WebGPU", { timeout: 240_000 }, async (context) => {
  const adapter = await page.evaluate(async () => {
    const { gpu } = navigator as unknown as { gpu?: { requestAdapter(): Promise<unknown> } };
    return (await gpu?.requestAdapter()) != null;
  });
  context.skip(!adapter, "this browser has no WebGPU adapter, not even a software one");
  const found = await inBrowser(["webgpu"]);
  expect(relativeError(found.output, expected.output)).toBeLessThan(1e-4);
  expect(relativeError(found.gradient, expected.gradient)).toBeLessThan(1e-4);
});
