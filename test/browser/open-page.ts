/** @file The page of the browser tests, built and served, in a Chromium of its own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { build, preview } from "vite";
import { launchChromium } from "./chromium.js";

/** Shared memory, which threads need, is only given to pages that ask for isolation. */
const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/**
 * Threads of ONNX Runtime load the file that it lies in, and what that imports. What Vite adds for its own use would else lie in
 * the page's file, which has no business in a thread: opening a model would wait for ever.
 */
const threadsApart = { strictExecutionOrder: true };

export interface OpenPage {
  readonly page: Page;
  close(): Promise<void>;
}

/** @param files what lies beside the page, by name */
export async function openPage(files: Readonly<Record<string, Uint8Array>> = {}): Promise<OpenPage> {
  const folder = mkdtempSync(join(tmpdir(), "noema-browser-"));
  mkdirSync(join(folder, "public"));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, "public", name), bytes);
  const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const config = {
    configFile: false as const,
    logLevel: "error" as const,
    root: source("page"),
    publicDir: join(folder, "public"),
    resolve: { alias: { "@noema/engine": source("../../packages/engine/src/index.ts") } },
    build: {
      ...{ outDir: join(folder, "site"), target: "es2022", minify: false, chunkSizeWarningLimit: 1e6 },
      rolldownOptions: { output: threadsApart },
    },
    preview: { host: "127.0.0.1", port: 0, headers: isolation },
  };
  await build(config);
  const server = await preview(config);
  const { browser } = await launchChromium();
  const page = await browser.newPage();
  await page.goto(server.resolvedUrls!.local[0]!);
  return {
    page,
    close: async () => {
      await browser.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
