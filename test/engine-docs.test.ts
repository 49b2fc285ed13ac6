/** @file docs/engine.md, training.md and errors.md say what the sources say: snippets, error codes, numbers. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { newestOpset } from "@noema/engine";
import { expect, test } from "vitest";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const guide = read("docs/engine.md");
const training = read("docs/training.md");
const errors = read("docs/errors.md");
const sources = filesOf("packages/engine/src", /(?<![.]test|[.]testing)[.]ts$/).map((path) => ({
  path,
  text: read(path),
}));
const examples = filesOf("examples", /[.]m?js$/).map(read);

function filesOf(folder: string, name: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => name.test(path))
    .map((path) => join(folder, path));
}

const blocksOf = (page: string) => [...page.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
const blocks = blocksOf(guide);
const cut = [...blocks.slice(1), ...blocksOf(training)];

test("the whole example is example 01", () => {
  expect(blocks[0]).toBe(read("examples/01-gradient-of-an-onnx-model.mjs"));
});

test.each(cut.map((block) => [block.split("\n")[0], block] as const))("an example runs: %s", (_, block) => {
  expect(examples.some((text) => `\n${text}`.includes(`\n${block}`))).toBe(true);
});

/** Strings of an error code's form that are attributes of ONNX operators. */
const notCodes = new Set(["SAME_UPPER", "SAME_LOWER"]);
const codePattern = /(?<=["`])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?=["`])/g;

const codesIn = (text: string) => (text.match(codePattern) ?? []).filter((code) => !notCodes.has(code));

test("every error code of the engine is explained, and no other", () => {
  const thrown = new Set(sources.flatMap(({ text }) => codesIn(text)));
  const explained = new Set(codesIn(errors));
  const missing = [...thrown].filter((code) => !explained.has(code));
  const gone = [...explained].filter((code) => !thrown.has(code));
  expect(missing, "codes in packages/engine/src that docs/errors.md lacks").toEqual([]);
  expect(gone, "codes in docs/errors.md that nothing throws").toEqual([]);
});

test("error codes have the form that this test looks for", () => {
  const odd = sources.flatMap(({ path, text }) =>
    [...text.matchAll(/new NoemaError\(\s*"([^"]*)"/g)]
      .filter(([, code]) => !/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(code!))
      .map(([, code]) => `${path}: ${code}`),
  );
  expect(odd).toEqual([]);
});

/** Numbers that the guide states, as the sources have them. */
const constantOf = (path: string, name: string) =>
  new RegExp(`\\b${name} = ([^;]+);`).exec(read(join("packages/engine/src", path)))?.[1];

test("numbers in the guide are those in the sources", () => {
  expect(guide).toContain(`operator sets 7 to ${newestOpset}`);
  expect(guide).toContain("at most 16,384");
  expect(constantOf("graph/emit.ts", "foldElements")).toBe("16_384");
  expect(guide).toContain("more than 4 GiB");
  expect(constantOf("runtime/memory.ts", "defaultMemoryLimit")).toBe("2 ** 32");
  expect(guide).toContain("more than 16 MiB of weights");
  expect(constantOf("runtime/compile.ts", "weightsFile")).toContain("above: 2 ** 24");
  expect(guide).toContain("2³¹ − 1");
  expect(constantOf("graph/tensor.ts", "maxElements")).toBe("2 ** 31 - 1");
});

test("the line that fetches CUDA is the one in README", () => {
  const [line] = /node node_modules\/onnxruntime-node\S* \S+/.exec(read("README.md"))!;
  expect(guide).toContain(line);
});
