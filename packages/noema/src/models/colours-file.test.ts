import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readColoursFile } from "./colours-file.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "noema-colours-file-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const whole = {
  colours: [
    [0.3, 0.1],
    [0.3, -0.1],
  ],
  mean: [0.4, 0.5],
  spectrum: { lowest: 0.01, axes: [[[1, 2]], [[0.5, 0.1]]] },
  from: { pictures: 3, unreadable: 1, size: 64 },
};

function written(content: unknown): string {
  const path = join(folder, "colours.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

test("comes back as it was written", () => {
  expect(readColoursFile(written(whole), 2)).toEqual(whole);
});

describe("refuses", () => {
  test.each([
    ["what is no JSON", "{", /not JSON.*COLOURS_FILE_INVALID/],
    ["an empty file", "", /COLOURS_FILE_INVALID/],
    ["a list", [], /COLOURS_FILE_INVALID/],
    ["another kind of file", { layout: "NCHW" }, /"colours".*COLOURS_FILE_INVALID/],
    ["what is no number", { ...whole, mean: [0.5, null] }, /"mean\.1".*COLOURS_FILE_INVALID/],
    ["numbers past all bounds", JSON.stringify(whole).replace("0.4", "1e999"), /"mean\.0".*COLOURS_FILE_INVALID/],
    ["a matrix that is not square", { ...whole, colours: [[1, 2, 3], [1]] }, /"colours".*COLOURS_FILE_INVALID/],
    [
      "a matrix without inverse",
      {
        ...whole,
        colours: [
          [1, 2],
          [2, 4],
        ],
      },
      /"colours": its matrix has no inverse.*COLOURS_FILE_INVALID/,
    ],
    ["too few means", { ...whole, mean: [0.5] }, /"mean".*COLOURS_FILE_INVALID/],
    ["too few axes", { ...whole, spectrum: { lowest: 0.01, axes: [[[1]]] } }, /"spectrum".*COLOURS_FILE_INVALID/],
    [
      "ragged tables",
      { ...whole, spectrum: { lowest: 0.01, axes: [[[1, 2]], [[1]]] } },
      /"spectrum".*not of one size.*COLOURS_FILE_INVALID/,
    ],
    ["a frequency past the highest", { ...whole, spectrum: { ...whole.spectrum, lowest: 2 } }, /COLOURS_FILE_INVALID/],
  ])("%s", (_, content, message) => {
    expect(() => readColoursFile(written(content), 2)).toThrowError(message);
  });

  test("colours of another count of channels, and no file", () => {
    expect(() => readColoursFile(written(whole), 1)).toThrowError(/2 channels.*--channels 1.*COLOURS_FILE_CHANNELS/);
    expect(() => readColoursFile(join(folder, "none.json"), 2)).toThrowError(/no such file.*COLOURS_FILE_MISSING/);
  });
});
