import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Dictionary } from "@noema/lenses";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DictionaryAbout, readDictionary, writeDictionary } from "./dictionary-file.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "noema-dictionary-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
const fresh = () => join(root, String(folders++));
const coded = (code: string) => expect.objectContaining({ code });

const dictionary: Dictionary = {
  count: 3,
  length: 2,
  nonNegative: true,
  atoms: Float32Array.of(1, 0, 0.6, -0.8, Math.SQRT1_2, Math.SQRT1_2),
  mean: Float32Array.of(5, -3),
};
const about: DictionaryAbout = {
  sparsity: 2,
  activations: "a".repeat(64),
  model: "b".repeat(64),
  options: { method: "k-svd", iterations: 3 },
  seed: 7,
  figures: { error: 0.25 },
};

test("a dictionary is what was written: numbers that Python reads in one call, and what they are", async () => {
  const folder = fresh();
  const file = await writeDictionary(folder, dictionary, about);
  expect(readDictionary(folder)).toEqual({ dictionary, file });
  expect(file).toMatchObject({ ...about, count: 3, length: 2, nonNegative: true });
  const { buffer } = Uint8Array.from(readFileSync(join(folder, "dictionary.f32")));
  expect([...new Float32Array(buffer)]).toEqual([...dictionary.atoms, ...dictionary.mean]);
  // Other numbers are another dictionary; other figures are not.
  expect((await writeDictionary(fresh(), dictionary, { ...about, figures: {} })).hash).toBe(file.hash);
  const other = { ...dictionary, mean: Float32Array.of(5, -4) };
  expect((await writeDictionary(fresh(), other, about)).hash).not.toBe(file.hash);
});

test("a whitening is kept, and a file that ends before it is damaged", async () => {
  const folder = fresh();
  const whitened = { ...dictionary, whitening: Float32Array.of(2, 0, -1, 0.5) };
  const file = await writeDictionary(folder, whitened, about);
  expect(readDictionary(folder)).toEqual({ dictionary: whitened, file });
  expect(file.hash).not.toBe((await writeDictionary(fresh(), dictionary, about)).hash);
  truncateSync(join(folder, "dictionary.f32"), 32);
  expect(() => readDictionary(folder)).toThrow(coded("DICTIONARY_CORRUPT"));
});

describe("what is no dictionary is refused:", () => {
  test("atoms that are not of length 1, before anything is written", async () => {
    const folder = fresh();
    const long = { ...dictionary, atoms: Float32Array.of(2, 0, 0.6, -0.8, 0, 1) };
    await expect(writeDictionary(folder, long, about)).rejects.toThrow(coded("DICTIONARY_LENGTH"));
    expect(() => readDictionary(folder)).toThrow(coded("DICTIONARY_MISSING"));
  });

  test.each<[name: string, damage: (folder: string) => void, code: string]>([
    ["no description", (f) => rmSync(join(f, "dictionary.json")), "DICTIONARY_MISSING"],
    ["half a description", (f) => truncateSync(join(f, "dictionary.json"), 40), "DICTIONARY_CORRUPT"],
    ["no numbers", (f) => rmSync(join(f, "dictionary.f32")), "FILE_UNREADABLE"],
    ["too few numbers", (f) => truncateSync(join(f, "dictionary.f32"), 31), "DICTIONARY_CORRUPT"],
    ["other numbers", (f) => writeFileSync(join(f, "dictionary.f32"), new Uint8Array(32)), "DICTIONARY_CORRUPT"],
    [
      "a negative count",
      (f) => {
        const path = join(f, "dictionary.json");
        writeFileSync(path, readFileSync(path, "utf8").replace('"count": 3', '"count": -3'));
      },
      "DICTIONARY_CORRUPT",
    ],
  ])("%s", async (_, damage, code) => {
    const folder = fresh();
    await writeDictionary(folder, dictionary, about);
    damage(folder);
    expect(() => readDictionary(folder)).toThrow(coded(code));
  });
});
