import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listeningTerminal, writePlain } from "../data/reading/sources.testing.js";
import { openPictures, type PictureSource, type PictureSourceOptions } from "./picture-source.js";
import { openPicturesOf } from "./pictures-of-store.js";

let root: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "noema-pictures-"));
  for (let i = 0; i < 5; i++) await writePlain(join(root, "plain", `${i}.png`), { colour: [40 * i, 100, 7] });
  for (const label of ["cat", "dog"]) await writePlain(join(root, "classes", label, "1.png"), { colour: 60 });
  for (const name of ["a", "b", "c"]) await writePlain(join(root, "table", `${name}.png`), { width: 30, height: 10 });
  writeFileSync(join(root, "table", "labels.csv"), "file,mood,age\na.png,glad,3\nb.png,,4\n");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const coded = (code: string) => expect.objectContaining({ code });
const rgb = { channels: 3, height: 8, width: 8 };

function open(data: string, options: Partial<PictureSourceOptions> = {}, terminal = listeningTerminal()) {
  return openPictures({ data, form: rgb, dataSeed: 0, maxUnreadable: 0, ...options }, terminal);
}

async function read(source: PictureSource, picture: number, { channels, height, width } = rgb) {
  const into = new Float32Array(channels * height * width);
  return (await source.read(picture, into)) ?? into;
}

describe("photographs", () => {
  test("of which nothing is known", async () => {
    const source = await open(join(root, "plain"));
    expect(source).toMatchObject({ kind: "folder", count: 5, factors: [], label: undefined, test: undefined });
    expect(source.names).toEqual(["0.png", "1.png", "2.png", "3.png", "4.png"]);
    const plane = 64;
    const found = (await read(source, 3)) as Float32Array;
    [120, 100, 7].forEach((colour, c) => {
      expect(found.subarray(c * plane, (c + 1) * plane).every((v) => Math.abs(255 * v - colour) < 0.01)).toBe(true);
    });
  });

  test("with subfolders, and with a table that does not know all", async () => {
    const classes = await open(join(root, "classes"));
    expect(classes.label).toBe("class");
    expect([0, 1].map(classes.factors[0].of)).toEqual(["cat", "dog"]);
    const table = await open(join(root, "table"));
    const known = table.factors.map(({ name, of }) => [name, [0, 1, 2].map(of)]);
    expect(known).toEqual([
      ["mood", ["glad", undefined, undefined]],
      ["age", ["3", "4", undefined]],
    ]);
    expect(table).toMatchObject({ count: 3, label: "mood" });
  });

  test("some of them, drawn by the seed", async () => {
    const all = await open(join(root, "plain"));
    const some = await open(join(root, "plain"), { most: 2, dataSeed: 5 });
    expect(some.count).toBe(2);
    expect(await read(some, 1)).toEqual(await read(all, all.names.indexOf(some.names[1])));
    expect((await open(join(root, "plain"), { most: 2, dataSeed: 5 })).names).toEqual(some.names);
  });

  test("a network of one channel, and of four", async () => {
    const source = await open(join(root, "plain"), { form: { ...rgb, channels: 1 } });
    const grey = (await read(source, 0, { ...rgb, channels: 1 })) as Float32Array;
    expect(grey[0]).toBeCloseTo((0.587 * 100 + 0.114 * 7) / 255, 5);
    const four = await open(join(root, "plain"), { form: { ...rgb, channels: 4 } });
    expect(((await read(four, 0, { ...rgb, channels: 4 })) as Float32Array).at(-1)).toBe(1);
    await expect(open(join(root, "plain"), { form: { ...rgb, channels: 2 } })).rejects.toThrow(
      coded("INPUT_NOT_PICTURE"),
    );
    await expect(open("mnist", { form: { ...rgb, channels: 4 } })).rejects.toThrow(coded("INPUT_NOT_PICTURE"));
  });

  test("that cannot be read are told of when they are asked for; others are no others", async () => {
    const folder = join(root, "changing");
    for (const name of ["a", "b"]) await writePlain(join(folder, `${name}.png`));
    const before = await open(folder);
    expect((await open(folder)).hash).toBe(before.hash);
    writeFileSync(join(folder, "b.png"), "no picture");
    const after = await open(folder);
    expect(after.hash).not.toBe(before.hash);
    expect(await read(after, 0)).toBeInstanceOf(Float32Array);
    expect(await read(after, 1)).toMatch(/^it is none of JPEG, PNG/);
    // Labels decide too.
    mkdirSync(join(folder, "x"));
    writeFileSync(join(folder, "labels.csv"), "file,kind\na.png,1\nb.png,2\n");
    const labelled = await open(folder);
    writeFileSync(join(folder, "labels.csv"), "file,kind\na.png,1\nb.png,3\n");
    expect((await open(folder)).hash).not.toBe(labelled.hash);
  });

  test("a size of data is not asked for: they are read at the network's", async () => {
    await expect(open(join(root, "plain"), { dataSize: { width: 4, height: 4 } })).rejects.toThrow(
      coded("OPTION_UNUSED"),
    );
    await expect(open(join(root, "nowhere"))).rejects.toThrow(coded("DATASET_SOURCE"));
  });
});

describe("a dataset", () => {
  const form = { channels: 1, height: 28, width: 28 };

  test("is what it is elsewhere, with labels and what tests", async () => {
    const source = await open("mnist", { form, most: 40 });
    expect(source).toMatchObject({ kind: "mnist", count: 40, label: "digit", skipped: [] });
    const { of } = source.factors[0];
    expect(new Set(source.names.map((_, i) => of(i))).size).toBeGreaterThan(5);
    expect(source.names.every((name, i) => source.test!(i) === name.startsWith("test/"))).toBe(true);
    const found = (await read(source, 3, form)) as Float32Array;
    expect(Math.max(...found)).toBeGreaterThan(0.9);
    expect((await open("mnist", { form, most: 40, dataSeed: 1 })).hash).not.toBe(source.hash);
  });

  test("is resized where it is opened at another size than the network's", async () => {
    const own = await open("mnist", { form, most: 3 });
    const large = { channels: 1, height: 56, width: 56 };
    const source = await open("mnist", { form: large, most: 3, dataSize: { width: 28, height: 28 } });
    const [small, twice] = [await read(own, 0, form), await read(source, 0, large)] as Float32Array[];
    const mean = (of: Float32Array) => of.reduce((a, b) => a + b) / of.length;
    expect(mean(twice)).toBeCloseTo(mean(small), 2);
    expect(twice).toHaveLength(4 * small.length);
  });
});

test("the pictures of a store are opened again, or refused where they are others", async () => {
  const folder = join(root, "stored");
  for (const name of ["a", "b", "c"]) await writePlain(join(folder, `${name}.png`));
  const terminal = listeningTerminal();
  const source = await open(folder, { most: 2 });
  const meta = {
    pictures: {
      data: folder,
      kind: "folder",
      most: 2,
      dataSeed: 0,
      count: 2,
      used: 2,
      hash: source.hash,
      columns: [],
      skipped: [],
    },
    model: {
      ...{ name: "m", from: "m.onnx", hash: "", input: "x", size: { width: 8, height: 8 } },
      preprocessing: { layout: "NCHW", channels: "RGB", range: [0, 1], mean: [0, 0, 0], scale: [1, 1, 1] },
    },
  } as Parameters<typeof openPicturesOf>[0];
  const again = await openPicturesOf(meta, terminal);
  expect(again.form).toEqual(rgb);
  expect(await read(again.source, 1)).toEqual(await read(source, 1));
  await expect(openPicturesOf({ model: meta.model }, terminal)).rejects.toThrow(coded("ACTIVATIONS_PICTURES"));
  await writePlain(join(folder, source.names[0]), { width: 30, height: 30 });
  await expect(openPicturesOf(meta, terminal)).rejects.toThrow(coded("ACTIVATIONS_PICTURES"));
});
