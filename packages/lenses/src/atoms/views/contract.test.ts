import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { View } from "../../panel.js";
import { byAtom } from "../by-atom.js";
import type { Dictionary } from "../dictionary.js";
import { axes, codesOf, linearDecoder } from "../linear-decoder.testing.js";
import type { ThoughtDecoder } from "../thought-decoder.js";
import { atomSheet } from "./atom-sheet.js";
import { attribute } from "./attribute.js";
import { contribution } from "./contribution.js";
import { steer } from "./steer.js";
import { truncate } from "./truncate.js";

const length = 3;
const dictionary = axes([0.1, 0, 0]);
const one = codesOf([
  [
    [0, 1],
    [2, -2],
  ],
  [[1, 3]],
]);
const vectors = Float32Array.of(1.1, 0, -2, 0.1, 3, 0);
const named = (p: Float32Array) => ({ names: ["Kim", "Lee"].slice(0, Math.ceil(p.length / length)), pictures: p });
const pictures = Float32Array.of(0.9, 0.5, 0.1, 0.5, 0.9, 0.5);

/** One vector of several; what is no whole vector is left so. */
const first = (p: Float32Array) =>
  (p.length !== 6 ? p : p instanceof Float32Array ? p.subarray(0, 3) : p[0]) as Float32Array;

type Lens = (decoder: ThoughtDecoder, dictionary: Dictionary, given: Float32Array) => Promise<View>;

/** By the file it is in, and a letter where there are several. Each is given vectors or pictures. */
const lenses: Readonly<Record<string, Lens>> = {
  "atom-sheet, rows": (decoder, of, p) =>
    atomSheet(decoder, of, {
      codes: byAtom(one, 3),
      around: { vector: first(p) },
    }),
  "atom-sheet, grid": (decoder, of, p) =>
    atomSheet(decoder, of, {
      codes: byAtom(one, 3),
      as: "grid",
      columns: 2,
      around: { vector: first(p), name: "Kim" },
    }),
  "truncate, of vectors": (decoder, of, p) => truncate(decoder, of, { vectors: p, steps: [one] }),
  "truncate, of pictures": (decoder, of, p) => truncate(decoder, of, { vectors, steps: [one], ...named(p) }),
  contribution: (decoder, of, p) => contribution(decoder, of, { codes: one, ...named(p) }),
  "steer, of vectors": (decoder, of, p) => steer(decoder, of, { vectors: p, add: [1, 2], amounts: [-1, 0, 1] }),
  "steer, of pictures": (decoder, of, p) => steer(decoder, of, { vectors, add: [1], amounts: [0], ...named(p) }),
  "attribute, of vectors": (decoder, of, p) =>
    attribute(decoder, of, { vectors: p, chosen: [0], code: () => codesOf([[[0, 1]]]) }),
  "attribute, onto vectors": (decoder, of, p) =>
    attribute(decoder, of, { vectors, chosen: [0], code: () => codesOf([[[0, 1]]]), onto: { vectors: p } }),
};

test("every view of the folder is tried here", () => {
  const folder = new URL(".", import.meta.url);
  const files = readdirSync(folder).filter(
    (file) =>
      file.endsWith(".ts") &&
      /export async function \w+\(\s*decoder: ThoughtDecoder/.test(readFileSync(new URL(file, folder), "utf8")),
  );
  const found = new Set(Object.keys(lenses).map((name) => name.split(",")[0]));
  expect([...found].sort()).toEqual(files.map((file) => file.replace(".ts", "")).sort());
});

describe.each(Object.entries(lenses))("%s", (name, lens) => {
  const given = name.includes("pictures") || name === "contribution" ? pictures : vectors;

  test("has a caption for every row and column, and as many pictures", async () => {
    const view = await lens(linearDecoder(length), dictionary, given);
    expect(view.picture).toEqual({ channels: 1, height: 1, width: length });
    expect(view.panels.length).toBeGreaterThan(0);
    for (const { rows, columns, pictures: cells, heading, from = [], marked = [] } of view.panels) {
      expect(rows.length * columns.length).toBeGreaterThan(0);
      expect(cells).toHaveLength(rows.length * columns.length * length);
      expect(cells.every(Number.isFinite)).toBe(true);
      for (const { text, picture } of [...rows, ...columns, ...from, ...(heading ? [heading] : [])]) {
        expect(text).not.toBe("");
        if (picture !== undefined) expect(picture).toHaveLength(length);
      }
      for (const cell of marked) expect([cell >= 0, cell < rows.length * columns.length]).toEqual([true, true]);
    }
  });

  test("leaves what it is given as it was, and holds none of its memory", async () => {
    const own = given.slice();
    const view = await lens(linearDecoder(length), dictionary, own);
    expect(own).toEqual(given);
    const before = JSON.stringify(view);
    own.fill(9);
    expect(JSON.stringify(view)).toBe(before);
  });

  test.each<[string, Partial<ThoughtDecoder>, RegExp]>([
    ["takes other vectors", { latents: 5 }, /vectors of 5 numbers, atoms have 3.*ATOMS_DECODER/],
    [
      "gives too few pictures",
      { decode: async () => new Float32Array(2) },
      /decoder's pictures: 2 numbers.*ATOMS_DECODER/,
    ],
    [
      "gives what is no number",
      { decode: async (v) => new Float32Array(v.length).fill(Number.NaN) },
      /number 0 is NaN.*ATOMS_DECODER/,
    ],
    ["has no pictures", { picture: { channels: 0, height: 1, width: 3 } }, /ATOMS_DECODER/],
    [
      "has pictures that fill all memory",
      { picture: { channels: 3, height: 2 ** 15, width: 2 ** 15 } },
      /ATOMS_(MANY|SHAPE)/,
    ],
  ])("refuses a decoder that %s", async (_, broken, message) => {
    await expect(lens({ ...linearDecoder(length), ...broken }, dictionary, given)).rejects.toThrowError(message);
  });

  test.each<[string, Float32Array, RegExp]>([
    ["none", new Float32Array(0), /there are none.*ATOMS_EMPTY|ATOMS_(COUNT|SHAPE)/],
    ["part of one", new Float32Array(4), /4 numbers, a multiple of 3.*VECTORS_LENGTH|ATOMS_(COUNT|SHAPE)/],
    ["NaN", given.with(1, Number.NaN), /NaN.*(VECTORS_NUMBERS|ATOMS_NUMBER)/],
    [
      "another kind of array",
      [...given] as unknown as Float32Array,
      /something else than a Float32Array.*(VECTORS_LENGTH|ATOMS_SHAPE)/,
    ],
  ])("refuses vectors or pictures: %s", async (_, wrong, message) => {
    await expect(lens(linearDecoder(length), dictionary, wrong)).rejects.toThrowError(message);
  });

  test("refuses a dictionary that is none", async () => {
    await expect(
      lens(linearDecoder(length), { ...dictionary, atoms: new Float32Array(9) }, given),
    ).rejects.toThrowError(/DICTIONARY_LENGTH/);
  });
});
