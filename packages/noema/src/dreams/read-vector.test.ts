import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readVector } from "./read-vector.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "noema-vector-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(content: string | Uint8Array): number[] {
  const path = join(folder, "vector");
  writeFileSync(path, content);
  return [...readVector(path)];
}

/** As `numpy.save` writes it. */
function npy(descr: string, shape: string, data: Uint8Array): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117).concat("\n");
  const start = Buffer.from("\x93NUMPY\x01\x00", "latin1");
  return Buffer.concat([start, Uint8Array.of(header.length, 0), Buffer.from(header), data]);
}
const bytes = (array: Float32Array | Float64Array) => new Uint8Array(array.buffer);

test.each<[string, string | Uint8Array]>([
  ["a list", "[1, -0.5, 2]"],
  ["an object", `{"layer": "a", "vector": [1, -0.5, 2]}`],
  ["float32", npy("<f4", "(3,)", bytes(Float32Array.of(1, -0.5, 2)))],
  ["float64 with an axis of length 1", npy("<f8", "(1, 3)", bytes(Float64Array.of(1, -0.5, 2)))],
])("reads %s", (_, content) => {
  expect(read(content)).toEqual([1, -0.5, 2]);
});

test.each<[string, string | Uint8Array]>([
  ["nothing", ""],
  ["an empty list", "[]"],
  ["words", `["a"]`],
  ["an object without a vector", `{"x": [1]}`],
  ["null", "null"],
  ["infinity", "[1e999]"],
  ["a number past float32", "[1e300]"],
  ["a table", npy("<f4", "(2, 2)", bytes(new Float32Array(4)))],
  ["whole numbers", npy("<i4", "(2,)", new Uint8Array(8))],
  ["a truncated file", npy("<f4", "(3,)", bytes(Float32Array.of(1, 2)))],
  ["a truncated header", npy("<f4", "(3,)", new Uint8Array(0)).subarray(0, 9)],
  ["NaN", npy("<f4", "(1,)", bytes(Float32Array.of(Number.NaN)))],
])("refuses %s", (_, content) => {
  expect(() => read(content)).toThrowError(/VECTOR_INVALID$/);
});

test("refuses what is not there", () => {
  expect(() => readVector(join(folder, "none"))).toThrowError(/VECTOR_MISSING$/);
});
