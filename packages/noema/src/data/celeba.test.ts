import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { dataset as celeba } from "./celeba.js";
import type { Dataset, DatasetOptions } from "./dataset.js";
import { listeningTerminal, usualOptions, writeCeleba, writePlain } from "./reading/sources.testing.js";

const made: string[] = [];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "noema-celeba-"));
  made.push(folder);
});
afterAll(() => {
  for (const one of made) rmSync(one, { recursive: true, force: true });
});

const open = async (source = folder, options: Partial<DatasetOptions> = {}) => {
  const terminal = listeningTerminal();
  return { ...(await celeba.open(source, { ...usualOptions, ...options }, terminal)), warned: terminal.warned };
};
const texts = ({ factors }: Dataset, name: string) => {
  const { of, values } = factors.find((factor) => factor.name === name)!;
  return Array.from(of, (value) => values[value]);
};
const change = (name: string, from: string | RegExp, to: string) => {
  const path = join(folder, name);
  writeFileSync(path, readFileSync(path, "utf8").replace(from, to));
};

test("the list, the people and the parts, as they are handed out", async () => {
  await writeCeleba(folder);
  const found = await open();
  expect(found).toMatchObject({
    kind: "celeba",
    count: 8,
    size: { channels: 3, height: 64, width: 64 },
    label: "Smiling",
    pairedBy: ["identity"],
    heldOutBy: "identity",
    test: Uint8Array.of(0, 0, 0, 0, 0, 1, 1, 1),
    warned: [],
  });
  expect(found.names[2]).toBe("000003.jpg");
  expect(texts(found, "Smiling")).toEqual(["yes", "no", "yes", "no", "yes", "no", "yes", "no"]);
  expect(texts(found, "Wearing_Hat")).toEqual(["yes", "no", "no", "yes", "no", "no", "yes", "no"]);
  expect(texts(found, "identity")).toEqual(["2880", "2880", "2881", "2881", "2882", "2882", "2883", "2883"]);
  expect(found.factors[0].values).toEqual(["no", "yes"]);
});

test("of 178×218 pixels the middle 148×148 are read", async () => {
  await writeCeleba(folder, { count: 2, others: false });
  // Blue, with a red frame just outside of the middle and a green one just inside.
  const inside = (x: number, y: number, by: number) => x >= 15 + by && x < 163 - by && y >= 35 + by && y < 183 - by;
  const data = Uint8Array.from({ length: 178 * 218 * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % 178, Math.floor(i / 3 / 178)];
    const channel = !inside(x, y, 0) ? 0 : !inside(x, y, 1) ? 1 : 2;
    return channel === i % 3 ? 255 : 0;
  });
  const path = join(folder, "img_align_celeba", "000001.jpg");
  await sharp(data, { raw: { width: 178, height: 218, channels: 3 } })
    .png()
    .toFile(path);
  const { pixels } = await open(folder, { size: { width: 148, height: 148 } });
  const [red, green] = [0, 1].map((c) => pixels.subarray(c * 148 ** 2, (c + 1) * 148 ** 2));
  expect(red.every((v) => v === 0)).toBe(true);
  expect(green.filter((v) => v === 255).length).toBe(4 * 147);
});

test.each(["Img/img_align_celeba", "img_align_celeba/img_align_celeba", "."])("pictures in %s", async (pictures) => {
  await writeCeleba(folder, { count: 3, pictures, others: false });
  const found = await open();
  expect(found).toMatchObject({ count: 3, warned: [] });
  expect([found.pairedBy, found.heldOutBy, found.test]).toEqual([undefined, undefined, undefined]);
});

test("the list itself may be named, and is recognized; so is its folder, and nothing else", async () => {
  await writeCeleba(folder, { count: 2, others: false });
  const list = join(folder, "list_attr_celeba.txt");
  expect([folder, list, join(folder, "img_align_celeba"), tmpdir()].map((path) => celeba.recognizes(path))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect((await open(list)).count).toBe(2);
});

test("lists as CSV, in which the data are handed on by others", async () => {
  await writeCeleba(folder, { count: 3 });
  const rows = "image_id,Young,Smiling\r\n000001.jpg,1,-1\r\n000002.jpg,-1,1\r\n000003.jpg,1,1\r\n";
  writeFileSync(join(folder, "list_attr_celeba.csv"), rows);
  rmSync(join(folder, "list_attr_celeba.txt"));
  change("list_eval_partition.txt", /^/, "image_id partition\n");
  renameSync(join(folder, "list_eval_partition.txt"), join(folder, "list_eval_partition.csv"));
  const found = await open();
  expect(texts(found, "Smiling")).toEqual(["no", "yes", "yes"]);
  expect(found.test).toEqual(Uint8Array.of(1, 1, 1));
});

test("some pictures only: those that are there; values that none of them has are none", async () => {
  await writeCeleba(folder);
  rmSync(join(folder, "img_align_celeba", "000002.jpg"));
  change("identity_CelebA.txt", /^000001.*\n/, "");
  const found = await open(folder, { most: 2, seed: 3 });
  expect(found.count).toBe(2);
  expect(found.warned).toEqual([
    expect.stringMatching(/^1 of the 8 pictures that .* names are not in /),
    expect.stringMatching(/identity_CelebA\.txt does not tell of 1 of 7 pictures and is left aside\.$/),
  ]);
  expect(new Set(texts(found, "Smiling")).size).toBe(found.factors[0].values.length);
});

test("a list that leads out of the folder opens nothing there", async () => {
  await writeCeleba(folder, { count: 2, others: false });
  await writePlain(join(folder, "secret.png"), { colour: [1, 2, 3] });
  change("list_attr_celeba.txt", "000002.jpg", "../secret.png");
  expect((await open()).names).toEqual(["000001.jpg"]);
});

describe("is refused:", () => {
  test.each<[string, string | RegExp, string, RegExp]>([
    ["a list that was cut off", /000008.*\n/, "", /it tells of 7 pictures, 8, as its first line says.*CELEBA_LIST/],
    ["a line that was", /(000008.jpg \S+) .*/, "$1", /line 10: there are 1 values, 2, one for each.*CELEBA_LIST/],
    ["another value", "-1", "7", /line 3: the value of Wearing_Hat is 7|line 4: .* is 7, 1 or -1.*CELEBA_LIST/],
    ["a picture twice", "000002", "000001", /line 4: 000001\.jpg stands here again.*CELEBA_LIST/],
    ["an attribute twice", "Wearing_Hat", "Smiling", /line 2: it does not name attributes, each once.*CELEBA_LIST/],
    ["an empty list", /[\s\S]*/, "", /no line with the names of attributes.*CELEBA_LIST/],
  ])("%s", async (_, from, to, message) => {
    await writeCeleba(folder);
    change("list_attr_celeba.txt", from, to);
    await expect(open()).rejects.toThrow(message);
  });

  test("other lists that were damaged", async () => {
    await writeCeleba(folder);
    change("list_eval_partition.txt", "000001.jpg 1", "000001.jpg 3");
    await expect(open()).rejects.toThrow(/list_eval_partition\.txt, line 1: "000001\.jpg 3".*from 0 to 2.*CELEBA_LIST/);
    rmSync(join(folder, "list_eval_partition.txt"));
    change("identity_CelebA.txt", "2881", "?");
    await expect(open()).rejects.toThrow(/identity_CelebA\.txt, line 3: .*CELEBA_LIST/);
  });

  test("a folder without the list, without the pictures, and a label that is none", async () => {
    await expect(open()).rejects.toThrow(/there is no list_attr_celeba\.txt.*DATASET_SOURCE/);
    await writeCeleba(folder);
    await expect(open(folder, { label: "smile" })).rejects.toThrow(/Nearest: "Smiling".*FACTOR_UNKNOWN/);
    rmSync(join(folder, "img_align_celeba"), { recursive: true });
    await expect(open()).rejects.toThrow(/none of the 8 pictures is there.*such as 000001\.jpg.*DATASET_EMPTY/);
  });
});
