import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCsv } from "./read-csv.js";
import { readLabels } from "./read-labels.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "noema-labels-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const named = ({ paths, labellings }: ReturnType<typeof readLabels>) =>
  Object.fromEntries(
    labellings.map(({ name, labels, of }) => [
      name,
      Object.fromEntries([...of].map((label, i) => [paths[i].slice("pictures/".length), labels[label]])),
    ]),
  );
const inFolder = (...names: string[]) => ({ folder: "pictures", paths: names.map((name) => join("pictures", name)) });
const table = (text: string | Uint8Array) => {
  const path = join(folder, "labels.csv");
  writeFileSync(path, text);
  return path;
};

describe("labels come from", () => {
  test("subfolders, whatever lies deeper; pictures beside them are left out and counted", () => {
    const labels = readLabels(inFolder("cat/a.jpg", "cat/more/b.jpg", "dog/a.jpg", "loose.jpg"));
    expect(named(labels)).toEqual({ folder: { "cat/a.jpg": "cat", "cat/more/b.jpg": "cat", "dog/a.jpg": "dog" } });
    expect(labels.notes).toEqual(["1 of 4 pictures have no label and are left out."]);
  });

  test("file names", () => {
    const labels = readLabels({ ...inFolder("s01_01.png", "s01_02.png", "s02_01.png"), pattern: "^(s\\d+)_" });
    expect(named(labels)).toEqual({ "file name": { "s01_01.png": "s01", "s01_02.png": "s01", "s02_01.png": "s02" } });
  });

  test("a table with several columns, some of them empty", () => {
    const text = '\ufefffile,animal,"in, or out"\r\na.jpg,cat,"in ""here"""\r\nsub/b.jpg,dog,\r\nnone.jpg,cat,out\r\n';
    const labels = readLabels({ ...inFolder("a.jpg", "sub/b.jpg", "c.jpg"), table: table(text) });
    expect(named(labels)).toEqual({
      animal: { "a.jpg": "cat", "sub/b.jpg": "dog" },
      "in, or out": { "a.jpg": 'in "here"', "sub/b.jpg": undefined },
    });
    expect(labels.notes).toEqual([
      expect.stringMatching(/^1 of the 3 files .* are not in pictures\.$/),
      "1 of 3 pictures have no label and are left out.",
    ]);
  });
});

test("a table that a spreadsheet saved: semicolons, UTF-16", () => {
  const text = 'file;weight, kg\r\na.jpg;1,5\r\n"b;2.jpg";2\r\n';
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
  for (const one of [text, bytes, Buffer.from(bytes).swap16()]) {
    expect(named(readLabels({ ...inFolder("a.jpg", "b;2.jpg"), table: table(one) }))).toEqual({
      "weight, kg": { "a.jpg": "1,5", "b;2.jpg": "2" },
    });
  }
});

test("a name that leads out of the folder finds no picture there", () => {
  const text = "file,label\n../secret.jpg,1\n/etc/secret.jpg,1\npictures/../a.jpg,2\na.jpg,3\n";
  expect(named(readLabels({ ...inFolder("a.jpg"), table: table(text) }))).toEqual({ label: { "a.jpg": "3" } });
});

describe("is refused:", () => {
  const pictures = inFolder("a.jpg", "b.jpg");
  test.each<[string, () => unknown, RegExp]>([
    ["no labels at all", () => readLabels(pictures), /no subfolders.*--label-pattern.*LABELS_MISSING/],
    ["two sources", () => readLabels({ ...pictures, table: "x", pattern: "y" }), /LABELS_TWICE/],
    ["a pattern that is none", () => readLabels({ ...pictures, pattern: "(" }), /LABEL_PATTERN/],
    ["a pattern without a group", () => readLabels({ ...pictures, pattern: "^a" }), /no group.*LABEL_PATTERN/],
    ["a pattern that fits nothing", () => readLabels({ ...pictures, pattern: "^(x)" }), /a\.jpg.*LABEL_PATTERN/],
    ["a table that is not there", () => readLabels({ ...pictures, table: "none.csv" }), /FILE_UNREADABLE/],
    ["an empty table", () => readLabels({ ...pictures, table: table("") }), /fewer than two columns.*LABELS_TABLE/],
    [
      "a table of other files",
      () => readLabels({ ...pictures, table: table("file,label\nz.jpg,1\n") }),
      /none of its 1 files.*such as a\.jpg.*LABELS_TABLE/,
    ],
    [
      "a file named twice",
      () => readLabels({ ...pictures, table: table("file,label\na.jpg,1\na.jpg,2\n") }),
      /row 3 names a\.jpg for the second time.*LABELS_TABLE/,
    ],
    [
      "a row that is too long",
      () => readLabels({ ...pictures, table: table("file,label\na.jpg,1,2\n") }),
      /row 2 has 3 fields.*LABELS_TABLE/,
    ],
    [
      "a column without a name",
      () => readLabels({ ...pictures, table: table("file,label,\na.jpg,1,2\n") }),
      /column 3 has no name.*LABELS_TABLE/,
    ],
    [
      "a column of another's name",
      () => readLabels({ ...pictures, table: table("file,label,label\na.jpg,1,2\n") }),
      /column 3 is called "label" as another one is.*LABELS_TABLE/,
    ],
    [
      "a table of another encoding",
      () => readLabels({ ...pictures, table: table(Buffer.from("file,label\na.jpg,caf\u00e9\n", "latin1")) }),
      /labels\.csv: its bytes are no text in UTF-8.*TEXT_ENCODING/,
    ],
    [
      "a long table with a quote that is never closed",
      () => readLabels({ ...pictures, table: table(`file,label\n"a.jpg${",1\n".repeat(3_000_000)}`) }),
      /line 2.*CSV_SYNTAX/,
    ],
    [
      "a quote that is never closed",
      () => readLabels({ ...pictures, table: table('file,label\n"a.jpg,1\n') }),
      /line 2.*CSV_SYNTAX/,
    ],
  ])("%s", (_, read, message) => {
    expect(read).toThrow(message);
  });
});

test("any table is read as it was written", () => {
  const cell = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", " ", "é"), maxLength: 5 });
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 3 })),
      fc.constantFrom("\n", "\r\n"),
      (rows, end) => {
        const written = rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(",")).join(end);
        expect(readCsv(written, "table")).toEqual(rows);
      },
    ),
  );
});
