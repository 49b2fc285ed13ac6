import { readdirSync, readFileSync } from "node:fs";
import { seededRandom } from "@noema/engine";
import { describe, expect, test } from "vitest";
import type { View } from "../panel.js";
import { analogy } from "./analogy.js";
import type { Autoencoder } from "./autoencoder.js";
import { average } from "./average.js";
import { linearAutoencoder } from "./linear-autoencoder.testing.js";
import { swap } from "./swap.js";
import { sweep } from "./sweep.js";
import { transfer } from "./transfer.js";
import { traverse } from "./traverse.js";

const labels = ["happy", "sad", "neutral"];
const autoencoder = linearAutoencoder(labels, 2, 2);
const length = 6;
const count = 6;

type Lens = (autoencoder: Autoencoder, pictures: Float32Array) => Promise<View>;

/** By the file it is in, and a letter where there are several. Each is shown all pictures that it gets. */
const lenses: Readonly<Record<string, Lens>> = {
  analogy: (one, p) => analogy(one, { a: p, b: p.slice().reverse(), c: p }),
  average: (one, p) => average(one, p, { of: Array.from({ length: Math.ceil(p.length / length) }, (_, i) => i % 2) }),
  "swap, pairs": (one, p) => swap(one, p, { as: "pairs" }),
  "swap, table": (one, p) => swap(one, p),
  "sweep, onto nothing": (one, p) => sweep(one, p, { values: [-5, 0, 0.25], labels: ["sad"] }),
  "sweep, onto its own label": (one, p) => sweep(one, p, { onto: "own" }),
  transfer: (one, p) => transfer(one, p, { labels: ["neutral", "happy"] }),
  "traverse, around": (one, p) =>
    traverse(one, {
      values: [
        [-1, 0, 1],
        [-2, 0, 2],
      ],
      around: p.slice(0, p.length === count * length ? length : p.length),
    }),
};
/** These look at no pictures. */
const withoutPictures: Readonly<Record<string, Lens>> = {
  "traverse, rows": (one) =>
    traverse(one, {
      values: [
        [-1, 1],
        [-2, 2],
      ],
      as: "rows",
    }),
  "traverse, table": (one) =>
    traverse(one, {
      values: [
        [-1, 0, 1],
        [-2, 2],
      ],
    }),
};

const draw = (n: number) => {
  const random = seededRandom(3);
  return Float32Array.from({ length: n }, () => random.uniform());
};
const pictures = draw(count * length);

test("every lens of the folder is tried here", () => {
  const folder = new URL(".", import.meta.url);
  const files = readdirSync(folder).filter(
    (file) =>
      file.endsWith(".ts") &&
      /export async function \w+\(\s*given: Autoencoder/.test(readFileSync(new URL(file, folder), "utf8")),
  );
  const named = new Set(Object.keys({ ...lenses, ...withoutPictures }).map((name) => name.split(",")[0]));
  expect([...named].sort()).toEqual(files.map((file) => file.replace(".ts", "")).sort());
});

describe.each(Object.entries({ ...lenses, ...withoutPictures }))("%s", (_, lens) => {
  test("has a caption for every row and column, and as many pictures", async () => {
    const view = await lens(autoencoder, pictures);
    expect(view.picture).toEqual(autoencoder.picture);
    expect(view.panels.length).toBeGreaterThan(0);
    for (const panel of view.panels) {
      const cells = panel.rows.length * panel.columns.length;
      expect(panel.pictures).toHaveLength(cells * length);
      expect(panel.pictures.every(Number.isFinite)).toBe(true);
      const captions = [
        ...panel.rows,
        ...panel.columns,
        ...(panel.from ?? []),
        ...(panel.heading ? [panel.heading] : []),
      ];
      for (const { text, picture } of captions) {
        expect(text).not.toBe("");
        if (picture !== undefined) expect(picture).toHaveLength(length);
      }
      for (const cell of panel.marked ?? []) expect([cell >= 0, cell < cells]).toEqual([true, true]);
    }
  });

  test("leaves the pictures as they were, and holds none of their memory", async () => {
    const given = pictures.slice();
    const view = await lens(autoencoder, given);
    expect(given).toEqual(pictures);
    const before = JSON.stringify(view);
    given.fill(9);
    expect(JSON.stringify(view)).toBe(before);
  });

  test.each<[string, Partial<Autoencoder>, RegExp]>([
    ["too few pictures", { decode: async () => new Float32Array(length) }, /decoder's pictures.*FACTORS_MODEL/],
    [
      "what is no number",
      { decode: async (y, z) => (await autoencoder.decode(y, z)).fill(Number.NaN) },
      /decoder's pictures: number 0 is NaN.*diverged.*FACTORS_MODEL/,
    ],
    ["no latents", { latents: 0 }, /0 latents.*FACTORS_MODEL/],
    ["no labels", { labels: [] }, /0 labels.*FACTORS_MODEL/],
  ])("an autoencoder that gives %s is refused", async (_, broken, message) => {
    await expect(lens({ ...autoencoder, ...broken }, pictures)).rejects.toThrowError(message);
  });
});

describe.each(Object.entries(lenses))("%s refuses", (_, lens) => {
  test.each<[string, Float32Array, RegExp]>([
    ["no pictures", new Float32Array(0), /there are none.*FACTORS_EMPTY/],
    ["part of a picture", draw(2 * length + 1), /13 numbers, each takes 1×2×3 = 6.*FACTORS_SHAPE/],
    ["NaN", pictures.with(3, Number.NaN), /NaN is no finite number.*FACTORS_NUMBER/],
    ["an infinite pixel", pictures.with(3, Number.POSITIVE_INFINITY), /Infinity.*FACTORS_NUMBER/],
    ["another kind of array", [...pictures] as unknown as Float32Array, /FACTORS_SHAPE/],
  ])("%s", async (_, wrong, message) => {
    await expect(lens(autoencoder, wrong)).rejects.toThrowError(message);
  });

  test("an encoder that answers with another count", async () => {
    const broken = {
      ...autoencoder,
      encode: async () => ({ labels: new Float32Array(3), latents: new Float32Array(5) }),
    };
    await expect(lens(broken, pictures)).rejects.toThrowError(/encoder's (labels|latents).*FACTORS_MODEL/);
  });
});

test("more than 256 pictures go through in portions, and come out the same", async () => {
  const seen: number[] = [];
  const counting: Autoencoder = {
    ...autoencoder,
    encode: (p) => {
      seen.push(p.length / length);
      return autoencoder.encode(p);
    },
  };
  const many = draw(600 * length);
  const { panels } = await transfer(counting, many, { labels: ["sad"] });
  expect(seen).toEqual([256, 256, 88]);
  // Rebuilt: the first five pixels, which are the label and the latents.
  const row = panels[0].pictures.subarray(2 * 599 * length, (2 * 599 + 1) * length);
  expect([...row.subarray(0, 5)]).toEqual([...many.subarray(599 * length, 599 * length + 5)]);
});

test("a view that no memory could hold is refused before anything is drawn", async () => {
  const large = { ...autoencoder, picture: { channels: 3, height: 1024, width: 1024 } };
  const one = new Float32Array(3 * 1024 * 1024);
  const values = Array.from({ length: 100 }, (_, i) => i);
  await expect(sweep(large, one, { values })).rejects.toThrowError(/301 pictures.*may hold 85.*fewer.*FACTORS_MANY/);
});
