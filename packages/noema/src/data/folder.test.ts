import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Dataset, DatasetOptions } from "./dataset.js";
import { dataset as folder } from "./folder.js";
import { listeningTerminal, usualOptions, writeClasses, writePlain } from "./reading/sources.testing.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "noema-folder-"));
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const open = async (source: string | undefined, options: Partial<DatasetOptions> = {}) => {
  const terminal = listeningTerminal();
  return { ...(await folder.open(source, { ...usualOptions, ...options }, terminal)), warned: terminal.warned };
};
const labels = ({ factors, names }: Dataset, factor = 0) =>
  Object.fromEntries(names.map((name, i) => [name, factors[factor].values[factors[factor].of[i]]]));
/** The first pixel of a picture, by channels. */
const colour = ({ pixels, size }: Dataset, picture: number) => {
  const plane = size.height * size.width;
  return Array.from({ length: size.channels }, (_, c) => pixels[(picture * size.channels + c) * plane]);
};
const grey = (name: string, sides: { width?: number; height?: number } = {}, value = 100) =>
  writePlain(join(root, name), { ...sides, colour: value });
const table = (name: string, text: string) => {
  mkdirSync(join(root, name, ".."), { recursive: true });
  writeFileSync(join(root, name), text);
};

describe("where no label is needed", () => {
  test("pictures are read as they lie, and nothing is known of them", async () => {
    for (const name of ["a", "b"]) await grey(`bare/${name}.png`);
    const made = await open(join(root, "bare"), { unlabelled: true });
    expect(made).toMatchObject({ label: "", factors: [], names: ["a.png", "b.png"], count: 2, warned: [] });
    await expect(open(join(root, "bare"))).rejects.toThrow(/LABELS_MISSING/);
  });

  test("what is known of all of them is told, and none is left out for what is not", async () => {
    for (const name of ["a", "b"]) await grey(`partly/${name}.png`);
    table("partly/labels.csv", "file,mood,light\na.png,glad,day\nb.png,,night\n");
    const made = await open(join(root, "partly"), { unlabelled: true });
    expect(made.factors.map(({ name }) => name)).toEqual(["light"]);
    expect([made.label, made.count]).toEqual(["light", 2]);
    expect(made.warned).toEqual(["1 of 2 pictures have no mood: this factor is left out."]);
  });
});

describe("labels are", () => {
  test("subfolders, whatever lies deeper", async () => {
    const made = await open(await writeClasses(join(root, "classes")));
    expect(made).toMatchObject({ label: "class", count: 8, size: { channels: 3, height: 64, width: 64 }, warned: [] });
    expect(labels(made)).toMatchObject({ "cat/more/0.png": "cat", "cat/3.png": "cat", "dog/0.jpg": "dog" });
    expect(colour(made, made.names.indexOf("cat/3.png"))).toEqual([30, 200, 30]);
  });

  test("subfolders of train and test, if these are what the folders are called", async () => {
    for (const part of ["Train", "val", "test"]) {
      for (const label of ["a", "b"]) await grey(`parts/${part}/${label}/1.png`);
    }
    const made = await open(join(root, "parts"));
    expect(labels(made)).toEqual(Object.fromEntries(made.names.map((name) => [name, name.split("/")[1]])));
    expect(made.names.filter((_, i) => made.test![i] === 1)).toEqual(["test/a/1.png", "test/b/1.png"]);
    expect(made.warned[0]).toMatch(/labels are the folders in them/);
  });

  test("columns of a table: each a factor, numbers in their order, people for pairs; what has no label is left out", async () => {
    for (const name of ["a", "b", "c", "d"]) await grey(`table/${name}.png`);
    const text =
      'file;mood;age;Person;note\r\na.png;glad;10;Eva;x\r\nb.png;"sad; or so";9;Eva;\r\nc.png;;9;Jo;y\r\ngone.png;glad;1;Jo;\r\n';
    table("table/labels.csv", `\ufeff${text}`);
    const made = await open(join(root, "table"));
    expect(made.factors.map(({ name, values }) => [name, values])).toEqual([
      ["mood", ["glad", "sad; or so"]],
      ["age", ["9", "10"]],
      ["Person", ["Eva"]],
    ]);
    expect(made).toMatchObject({ label: "mood", pairedBy: ["Person"], names: ["a.png", "b.png"] });
    expect(made.warned).toEqual([
      expect.stringMatching(/^1 of the 4 files that .*labels\.csv names are not in /),
      "2 of 4 pictures have no mood and are left out.",
      "1 of 2 pictures have no note: this factor is left out.",
    ]);
    // Another label: then other pictures have one.
    expect((await open(join(root, "table"), { label: "age" })).names).toEqual(["a.png", "b.png", "c.png"]);
  });

  test("of the table that is named, with a column that says what is for testing", async () => {
    for (const name of ["x/a", "y/b", "y/c"]) await grey(`named/${name}.png`);
    table("named/other.csv", "file,kind,split\nx\\a.png,1,train\n./y/b.png,2,train\nc.png,2,test\n");
    table("named/third.csv", "");
    const made = await open(join(root, "named", "other.csv"));
    expect(labels(made)).toEqual({ "x/a.png": "1", "y/b.png": "2", "y/c.png": "2" });
    expect([made.factors.length, made.test]).toEqual([1, Uint8Array.of(0, 0, 1)]);
    // Without being named, a table of another name says less than the subfolders.
    expect((await open(join(root, "named"))).label).toBe("class");
  });

  test("of the only table, where there are no subfolders", async () => {
    await grey("only/a.png");
    table("only/any.csv", "file,kind\na.png,1\n");
    expect(labels(await open(join(root, "only")))).toEqual({ "a.png": "1" });
  });
});

describe("pictures", () => {
  test("that all have one size, and a small one, keep it; grey ones stay grey", async () => {
    for (const name of ["small/a/1.png", "small/b/1.png"]) await grey(name, { width: 20, height: 12 }, 77);
    const made = await open(join(root, "small"));
    expect(made.size).toEqual({ channels: 1, height: 12, width: 20 });
    expect([...new Set(made.pixels)]).toEqual([77]);
    expect((await open(join(root, "small"), { channels: 3, size: { width: 6, height: 5 } })).size).toEqual({
      channels: 3,
      height: 5,
      width: 6,
    });
    await grey("small/b/2.png", { width: 20, height: 13 });
    expect((await open(join(root, "small"))).size).toEqual({ channels: 1, height: 64, width: 64 });
  });

  test("that are large become small, cut to the middle", async () => {
    const { default: sharp } = await import("sharp");
    // Red, green and blue thirds: of 300×100 the middle is green.
    const thirds = Uint8Array.from({ length: 300 * 100 * 3 }, (_, i) =>
      Math.floor(((i / 3) % 300) / 100) === i % 3 ? 255 : 0,
    );
    for (const label of ["a", "b"]) {
      mkdirSync(join(root, "wide", label), { recursive: true });
      await sharp(thirds, { raw: { width: 300, height: 100, channels: 3 } }).toFile(join(root, "wide", label, "1.png"));
    }
    const made = await open(join(root, "wide"));
    expect(made.size).toEqual({ channels: 3, height: 64, width: 64 });
    expect(made.pixels[64 * 64 + 32 * 64 + 32]).toBe(255);
    expect(made.pixels.subarray(0, 64 * 64).some((red) => red > 128)).toBe(false);
  });

  test("one in colour among many makes all coloured", async () => {
    for (let i = 0; i < 70; i++) await grey(`mixed/a/${i}.png`);
    await writePlain(join(root, "mixed/b/1.png"), { colour: [255, 0, 0] });
    await writePlain(join(root, "mixed/b/2.png"), { colour: [100, 104, 96] });
    expect((await open(join(root, "mixed/"))).size.channels).toBe(3);
    rmSync(join(root, "mixed/b/1.png"));
    expect((await open(join(root, "mixed"))).size.channels).toBe(1);
  });

  test("that cannot be read are left out and listed, if they are few", async () => {
    for (let i = 0; i < 18; i++) await grey(`broken/${i % 2}/${i}.png`);
    table("broken/0/bad.png", "no picture");
    table("broken/1/none.jpg", "");
    const made = await open(join(root, "broken"), { maxUnreadable: 0.1 });
    expect(made.count).toBe(18);
    expect(made.pixels.length).toBe(18 * 64);
    expect(made.skipped).toEqual([
      { name: "0/bad.png", reason: expect.stringMatching(/none of JPEG/) },
      { name: "1/none.jpg", reason: "the file is empty" },
    ]);
    expect(made.warned).toEqual([
      expect.stringMatching(/^2 of 20 pictures cannot be read and are left out: 0\/bad\.png: /),
    ]);
    // What follows a broken picture still has its own label and pixels.
    expect(labels(made)["1/17.png"]).toBe("1");
    await expect(open(join(root, "broken"), { maxUnreadable: 0.09 })).rejects.toThrow(
      /2 of 20 pictures cannot be read:\n {2}0\/bad\.png: .*\n {2}1\/none\.jpg: .*--max-unreadable.*PICTURES_UNREADABLE/s,
    );
  });

  test("of a folder of other things are refused with the first ten, before all are tried", async () => {
    for (let i = 0; i < 40; i++) table(`rubbish/a/${String(i).padStart(2, "0")}.png`, "no picture");
    await expect(open(join(root, "rubbish"))).rejects.toThrow(
      /the first 16 of 40 pictures: 16 of 16.*a\/00\.png.*a\/09\.png: [^\n]*\n {2}…/s,
    );
    await expect(open(join(root, "rubbish"), { maxUnreadable: 1 })).rejects.toThrow(/none of them.*DATASET_EMPTY/s);
  });
});

describe("is refused:", () => {
  const refused = (source: string | undefined, message: RegExp, options: Partial<DatasetOptions> = {}) =>
    expect(open(source, options)).rejects.toThrow(message);

  test("a source that is none", async () => {
    await refused(undefined, /not said where its pictures are.*folder:pictures.*DATASET_SOURCE/);
    await refused("", /DATASET_SOURCE/);
    await refused(join(root, "nowhere"), /there is no such folder.*FOLDER_UNREADABLE/);
    mkdirSync(join(root, "empty", "cat"), { recursive: true });
    await refused(join(root, "empty"), /there is no picture in it, a folder with a subfolder.*DATASET_EMPTY/);
    table("archive.zip", "PK");
    await refused(join(root, "archive.zip"), /it is a file.*Unpack archives.*DATASET_SOURCE/);
  });

  test("labels that are none", async () => {
    await grey("flat/a.png");
    await refused(join(root, "flat"), /lie in no subfolders and there is no table.*LABELS_MISSING/);
    table("flat/1.csv", "file,label\nb.png,1\n");
    await refused(join(root, "flat"), /none of its 1 files is in .*such as a\.png.*LABELS_TABLE/);
    table("flat/1.csv", "file,label\na.png, \n");
    await refused(join(root, "flat"), /column "label": it is empty.*LABELS_MISSING/);
    table("flat/2.csv", "");
    await refused(join(root, "flat"), /there are 2 tables, 1\.csv, 2\.csv.*Name one.*LABELS_MISSING/);
    await refused(join(root, "flat", "2.csv"), /LABELS_TABLE/);
    table("flat/1.csv", "file,mood\na.png,1\n");
    await refused(join(root, "flat", "1.csv"), /label "mode": no such name\. Nearest: "mood".*FACTOR_UNKNOWN/, {
      label: "mode",
    });
  });

  test("sizes that are none, in place of all pictures being called unreadable", async () => {
    await grey("sized/a/1.png");
    for (const width of [0, 1.5, Number.NaN, 1e6]) {
      await refused(join(root, "sized"), /DATASET_SIZE/, { size: { width, height: 8 } });
    }
    await refused(join(root, "sized"), /DATASET_EMPTY/, { most: 0 });
  });
});

test("Ctrl-C stops the reading", async () => {
  const controller = new AbortController();
  const terminal = listeningTerminal(controller.signal);
  for (let i = 0; i < 40; i++) await grey(`long/${i % 2}/${i}.png`);
  const stopping = {
    ...terminal,
    progress: () => ({ update: (done: number) => done >= 16 && controller.abort(), stop: () => {} }),
  };
  await expect(folder.open(join(root, "long"), usualOptions, stopping)).rejects.toThrow(
    /stopped after 16 of 40.*STOPPED/,
  );
});
