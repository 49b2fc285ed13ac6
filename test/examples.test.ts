/** @file The examples, each run as the docs say on the built packages: what they print is what they are there to show. */
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { compile, gradient, build as ops, readModel } from "@noema/engine";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "./browser/chromium.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const examples = join(root, "examples");
const run = promisify(execFile);

/** What an example prints, in order; other lines may lie between. */
const expected: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  "01-gradient-of-an-onnx-model.mjs": [
    "probabilities:           0.5744 0.4256",
    "d p(class 1) / d pixels: -0.1222 -0.4889 1.4668",
    "the first by difference: -0.1222",
  ],
  "02-saliency-map.mjs": [
    /^stop sign, [789]\d % sure, at \(1[45]\d, 1[67]\d\):/,
    /^ {2}[5-9]\d % of the gradient within 128 pixels around it/,
    /^clock, [4-9]\d % sure, at \(3[67]\d, 3[45]\d\):/,
    /^ {2}[5-9]\d % of the gradient within 128 pixels around it/,
    "wrote out/examples/saliency.png: the picture, and a map of each detection",
  ],
  "03-your-own-model.mjs": [
    /^refused: .* height,width is dynamic, .* code: DIMENSION_UNBOUND$/,
    "Conv     1×16×16×16 /features/features.3/Conv",
    /^refused: .* Nearest: "\/features\/features.3\/Conv_output_0", .* code: LAYER_UNKNOWN$/,
    "channel 7: mean -0.0663, slope 1×3×32×32",
    "up to channel 7: Conv Relu MaxPool Conv Slice ReduceMean",
    /^from first, upward: Relu MaxPool Conv Relu MaxPool /,
    /^refused: Gemm "\/classifier\/Gemm": .* code: GEMM_SHAPES$/,
    "partially read: 1×16×24×32",
    /^refused: Gemm "\/classifier\/Gemm": .* code: GEMM_SHAPES$/,
  ],
  "04-second-derivatives.mjs": [
    /^step 0: f\(-1.2000, 1.0000\) = 24.2000/,
    /^step 2: f\(0.763\d, -3.17\d\d\) = 141\d\./,
    "step 6: f(1.0000, 1.0000) = 0.000000",
  ],
  "05-in-the-browser.mjs": [],
  "06-train-a-network.mjs": [
    /^epoch 1, step 16: error 0\.[5-7]\d\d, [4-7]\d\.\d % of others right$/,
    /^epoch 60, step 960: error 0\.0\d\d, (9[89]|100)\.\d % of others right$/,
    "gone on from epoch 40, the same to the last byte: true",
    // One arm within the other.
    /^#{5,8}[ .:]+#{3,}[ .:]+#{3,}[ .:]*$/,
  ],
};

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "noema-examples-"));
  const script = pathToFileURL(join(root, "scripts/project.mjs"));
  await run(process.execPath, ["--input-type=module", "-e", `import { build } from "${script}"; await build();`]);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every example is tested", () => {
  const files = readdirSync(examples).filter((file) => /^\d\d-.*\.mjs$/.test(file));
  expect(files.sort()).toEqual(Object.keys(expected));
});

describe("prints what it is there to show", () => {
  const printing = Object.entries(expected).filter(([, lines]) => lines.length > 0);
  test.each(printing)("%s", { timeout: 120_000 }, async (file, lines) => {
    const { stdout } = await run(process.execPath, [join(examples, file)], { cwd: folder });
    const printed = stdout.split("\n");
    let at = 0;
    for (const line of lines) {
      const found = printed.findIndex((p, i) => i >= at && (typeof line === "string" ? p === line : line.test(p)));
      expect(found, `${line} in the output, after line ${at}:\n${stdout}`).toBeGreaterThanOrEqual(0);
      at = found + 1;
    }
  });

  test("02 writes its picture", () => expect(existsSync(join(folder, "out/examples/saliency.png"))).toBe(true));
});

test("05 computes in the browser what Node computes", { timeout: 180_000 }, async () => {
  const server = spawn(process.execPath, [join(examples, "05-in-the-browser.mjs"), "0"], { cwd: folder });
  const ended = new Promise((done) => server.on("exit", done));
  try {
    const address = await new Promise<string>((found, failed) => {
      let said = "";
      const hear = (text: unknown) => {
        said += text;
        const [, url] = /^open (\S+)$/m.exec(said) ?? [];
        if (url !== undefined) found(url);
      };
      server.stdout.on("data", hear);
      server.stderr.on("data", hear);
      server.on("exit", (code) => failed(new Error(`it ended with ${code}: ${said}`)));
    });
    const { browser } = await launchChromium();
    try {
      const page = await browser.newPage();
      const troubles: string[] = [];
      page.on("pageerror", (error) => troubles.push(error.message));
      await page.goto(address);
      const sum = page.getByText(/^sum of \|slope\|: /);
      await sum.waitFor({ timeout: 60_000 }).catch(() => expect.fail(`no result, but ${troubles.join("; ")}`));
      const inBrowser = Number((await sum.textContent())!.split(": ")[1]);
      expect(Math.abs(inBrowser / (await sumInNode()) - 1)).toBeLessThan(1e-4);
    } finally {
      await browser.close();
    }
  } finally {
    server.kill();
    await ended;
  }
});

/** What page.js computes, here. */
async function sumInNode(): Promise<number> {
  const bytes = readFileSync(join(examples, "03-classifier.onnx"));
  const model = readModel(bytes, { dimensions: { height: 32, width: 32 } });
  const x = model.input();
  const [slope] = gradient(ops.slice(model.output(), [3], [4], [1]), [x]);
  const program = await compile({ inputs: { x }, outputs: { slope: slope! } });
  const result = await program.run({ x: Float32Array.from({ length: x.size }, (_, i) => Math.sin(i)) });
  await program.dispose();
  return result.slope!.toNumbers().reduce((sum, v) => sum + Math.abs(v), 0);
}
