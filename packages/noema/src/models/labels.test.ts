import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readLabels } from "./labels.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "noema-labels-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(content: string | Uint8Array): string[] {
  const path = join(folder, "labels.txt");
  writeFileSync(path, content);
  return readLabels(path);
}

test.each<[string, string, string[]]>([
  ["a line per class", "cat\ndog\n", ["cat", "dog"]],
  ["Windows' ends of lines, a mark at the start, no end", "\ufeffcat\r\ndog, hound", ["cat", "dog, hound"]],
  ["a class without a name keeps its place", "cat\n\ndog\n", ["cat", "", "dog"]],
  ["synsets are left out", "n01440764 tench, Tinca tinca\nn01443537 goldfish\n", ["tench, Tinca tinca", "goldfish"]],
  ["unless only some lines have one", "n01440764 tench\ngoldfish\n", ["n01440764 tench", "goldfish"]],
])("%s", (_, content, labels) => {
  expect(read(content)).toEqual(labels);
});

test.each<[string, string | Uint8Array]>([
  ["an empty file", ""],
  ["bytes that are no text", Uint8Array.of(0xff, 0xd8, 0xff)],
  ["zeros", "cat\0dog"],
])("refuses %s", (_, content) => {
  expect(() => read(content)).toThrowError(/LABELS_INVALID$/);
});

test("refuses a file that is not there, and a folder", () => {
  expect(() => readLabels(join(folder, "none.txt"))).toThrowError(/no such file.*LABELS_MISSING$/);
  expect(() => readLabels(folder)).toThrowError(/it is a folder.*LABELS_MISSING$/);
});
