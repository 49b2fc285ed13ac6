/** @file In a browser: the gradient that onnxruntime-web computes there is the one that Node computes here. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, gradient, build as ops, readModel } from "@noema/engine";
import type { Browser, Page } from "playwright-core";
import { build, type PreviewServer, preview } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "./chromium.js";
import { noise, seededNetwork } from "./network.js";
import type { Answer, Question } from "./page/main.js";

const unit = 3;
const picture = noise(2);

/** Shared memory, which threads need, is only given to pages that ask for isolation. */
const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

let folder: string;
let server: PreviewServer;
let browser: Browser;
let page: Page;
let expected: { output: Float64Array; gradient: Float64Array };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "noema-browser-"));
  mkdirSync(join(folder, "public"));
  writeFileSync(join(folder, "public", "network.onnx"), seededNetwork());
  const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const config = {
    configFile: false as const,
    logLevel: "error" as const,
    root: source("page"),
    publicDir: join(folder, "public"),
    resolve: { alias: { "@noema/engine": source("../../packages/engine/src/index.ts") } },
    build: { outDir: join(folder, "site"), target: "es2022", minify: false, chunkSizeWarningLimit: 1e6 },
    preview: { host: "127.0.0.1", port: 0, headers: isolation },
  };
  await build(config);
  server = await preview(config);
  ({ browser } = await launchChromium());
  page = await browser.newPage();
  await page.goto(server.resolvedUrls!.local[0]!);
  expected = await inNode();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

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
