import { describe, expect, test } from "vitest";
import type { Pixels } from "../pictures/png.js";
import { commonParts, drawDreamSheet } from "./dream-sheet.js";
import type { Recipe } from "./recipe.js";

/** A run of channels by seeds, as far as a sheet looks at it. */
function recipe(channels: number, seeds: number): Recipe {
  const jobs = Array.from({ length: channels * seeds }, (_, i) => ({
    objective: `channel:a/layer:${Math.floor(i / seeds)}`,
    seed: i % seeds,
  }));
  const [model, size] = [{ name: "m.onnx" }, { width: 100, height: 100 }];
  return { jobs, titles: {}, model, size, steps: 8, tries: 1 } as unknown as Recipe;
}

/** One colour that no letter has. */
const picture = (side: number): Pixels => {
  const data = new Uint8Array(3 * side * side);
  for (let i = 0; i < data.length; i += 3) data.set([200, 10, 90], i);
  return { width: side, height: side, channels: 3, data };
};
const came = (count: number, steps = [8], side = 100) => {
  const pixels = picture(side);
  return Array.from({ length: count }, () => steps.map((step) => ({ step, pixels })));
};

/** Pixels of the pictures' colour, and how many pictures stand beside and above each other. */
function seen({ width, height, data }: Pixels) {
  const isPicture = (x: number, y: number) => data[3 * (y * width + x)] === 200 && data[3 * (y * width + x) + 1] === 10;
  let pixels = 0;
  const [columns, rows] = [new Set<number>(), new Set<number>()];
  for (let y = 1; y < height; y++) {
    for (let x = 1; x < width; x++) {
      if (!isPicture(x, y)) continue;
      pixels++;
      if (!isPicture(x - 1, y)) columns.add(x);
      if (!isPicture(x, y - 1)) rows.add(y);
    }
  }
  return { pixels, columns: columns.size, rows: rows.size };
}

describe("as many beside and above each other as can be seen at once", () => {
  test.each<[channels: number, seeds: number, columns: number, rows: number]>([
    [8, 2, 8, 2],
    [2, 8, 8, 2],
    [6, 3, 6, 3],
    [1, 12, 4, 3],
    [12, 1, 4, 3],
    [40, 2, 10, 8],
    [5, 1, 3, 2],
  ])("%i channels of %i seeds: %i × %i", async (channels, seeds, columns, rows) => {
    const sheet = await drawDreamSheet(recipe(channels, seeds), came(channels * seeds));
    expect(seen(sheet)).toEqual({ pixels: channels * seeds * 100 ** 2, columns, rows });
  });
});

test("units of each layer stand together", async () => {
  const run = recipe(6, 2);
  const jobs = run.jobs.map((job, i) => (i < 4 ? { ...job, objective: job.objective.replace("a/layer", "b") } : job));
  const sheet = await drawDreamSheet({ ...run, jobs }, came(12));
  // Two units by two seeds in one table, four by two in the other.
  expect(seen(sheet)).toEqual({ pixels: 12 * 100 ** 2, columns: 4, rows: 4 });
});

test("a row for each picture, a column for each step", async () => {
  const sheet = await drawDreamSheet(recipe(3, 1), came(3, [1, 2, 8]));
  expect(seen(sheet)).toMatchObject({ columns: 3, rows: 3, pixels: 9 * 100 ** 2 });
});

test("a picture that is missing leaves its place empty", async () => {
  const all: ReturnType<typeof came> = came(4);
  const sheet = await drawDreamSheet(recipe(4, 1), [all[0], undefined, ...all.slice(2)]);
  expect(seen(sheet).pixels).toBe(3 * 100 ** 2);
});

test("very many are made smaller, very small ones larger", async () => {
  const many = await drawDreamSheet(recipe(30, 1), came(30, [8], 1000));
  expect([many.width, many.height].every((side) => side < 7000 && side > 3000)).toBe(true);
  const small = await drawDreamSheet(recipe(4, 1), came(4, [8], 12));
  expect(seen(small).pixels).toBe(4 * 96 ** 2);
});

test.each<[string[], string, string[]]>([
  [["channel:a:1"], "channel:a:1", ["channel:a:1"]],
  [["channel:a:1", "channel:a:12"], "channel:a", ["1", "12"]],
  [["class:1", "class:11"], "class", ["1", "11"]],
  [["0.5*channel:a:1 - l1", "0.5*channel:b:1 - l1"], "0.5*channel:…:1 - l1", ["a", "b"]],
  [["channel:a:1", "class:3"], "", ["channel:a:1", "class:3"]],
  [["channel:a1/b:1", "channel:a2/b:1"], "channel:…:1", ["a1/b", "a2/b"]],
])("%j have %s in common", (texts, common, labels) => {
  expect(commonParts(texts)).toEqual({ common, labels });
});
