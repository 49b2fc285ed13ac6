import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, constant, emit, input, Tensor, writeModel } from "@noema/engine";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Terminal } from "../terminal/command.js";
import { readOptions } from "../terminal/read-options.js";
import { command } from "./inspect.js";

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "noema-inspect-"));
  file = join(folder, "small.onnx");
  const x = input("x", [1, 3, 8, 8]);
  const weight = constant(Tensor.of("float32", [4, 3, 3, 3], new Float32Array(108)), "w");
  const [conv] = emit("Conv", [x, weight], {}, { name: "conv1" });
  conv!.name = "a rather long name of a layer, longer than any column would want to be for the sake of one/conv";
  writeFileSync(file, writeModel({ inputs: { x }, outputs: { y: build.sign(build.relu(conv!)) } }).bytes);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...words: string[]): Promise<string[]> {
  const lines: string[] = [];
  const terminal = { print: (line: string) => lines.push(line) } as unknown as Terminal;
  await command.run(readOptions(command, [file, ...words]), terminal);
  return lines;
}

test("a table: columns stand under each other, and a long name moves only its own row", async () => {
  const lines = await run();
  expect(lines[0]).toBe(`small.onnx (${file})`);
  const header = lines.find((line) => line.startsWith("layer"))!;
  const row = lines.find((line) => line.includes("Relu"))!;
  expect(row.indexOf("1×4×6×6")).toBe(header.indexOf("output"));
  expect(lines.find((line) => line.includes("/conv"))).toMatch(/one\/conv {2}Conv .*1×4×6×6 +108 +3,888 +yes$/);
  expect(Math.max(...lines.filter((line) => !line.includes("/conv")).map((line) => line.length))).toBeLessThan(120);
  expect(lines).toContain("3 layers, 108 parameters (0.000432 MB), 3,888 multiply-adds");
  expect(lines).toContain("gradient zero: Sign");
});

test("one JSON object for programs", async () => {
  const [text, ...more] = await run("--json");
  expect(more).toEqual([]);
  expect(JSON.parse(text!)).toMatchObject({
    model: "small.onnx",
    format: "onnx",
    inputs: [{ name: "x", shape: [1, 3, 8, 8] }],
    layers: [{ operator: "Conv", parameters: 108 }, { operator: "Relu" }, { operator: "Sign", gradient: "zero" }],
    parameters: 108,
  });
});

test("other shapes may be asked about", async () => {
  const [text] = await run("--input-shape", "x=2x3x10x12", "--json");
  expect(JSON.parse(text!).outputs[0].shape).toEqual([2, 4, 8, 10]);
});

test.each([
  ["--dim", "height"],
  ["--dim", "height=0"],
  ["--dim", "=3"],
  ["--input-shape", "x=1x3xN"],
])("%s %s is refused", async (option, text) => {
  await expect(run(option, text)).rejects.toThrowError(/code: OPTION_VALUE$/);
});
