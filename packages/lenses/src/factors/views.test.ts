import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Panel } from "../panel.js";
import { analogy } from "./analogy.js";
import { average } from "./average.js";
import { linearAutoencoder } from "./linear-autoencoder.testing.js";
import { scatter } from "./scatter.js";
import { swap } from "./swap.js";
import { evenValues, sweep } from "./sweep.js";
import { transfer } from "./transfer.js";
import { latentQuantiles, traverse } from "./traverse.js";

/** Pictures are label, latents and a pixel that is forgotten: happy, sad, neutral, z1, z2, 9. */
const autoencoder = linearAutoencoder(["happy", "sad", "neutral"], 2);
const picture = (...numbers: number[]) => [...numbers, 9];
const cell = ({ pictures, columns }: Panel, row: number, column: number) =>
  [...pictures.subarray((row * columns.length + column) * 6, (row * columns.length + column + 1) * 6)].slice(0, 5);

const kim = picture(0, 1, 0, 0.25, 0.5);
const lee = picture(0.75, 0, 0.25, -1, 2);
const both = Float32Array.from([...kim, ...lee]);
const texts = (captions: Panel["rows"]) => captions.map(({ text }) => text);

describe("sweep", () => {
  test("writes values onto nothing, and keeps the latents", async () => {
    const { panels } = await sweep(autoencoder, both, { values: [-5, 0.5], labels: ["neutral", "happy"] });
    expect(panels.map(({ heading }) => [heading?.text, heading?.note])).toEqual([
      ["picture 1", "read as sad"],
      ["picture 2", "read as happy"],
    ]);
    expect([texts(panels[1].rows), texts(panels[1].columns)]).toEqual([
      ["neutral", "happy"],
      ["−5", "0.5"],
    ]);
    expect(cell(panels[0], 0, 0)).toEqual([0, 0, -5, 0.25, 0.5]);
    expect(cell(panels[1], 1, 1)).toEqual([0.5, 0, 0, -1, 2]);
    expect([...panels[1].from![0].picture!]).toEqual(lee);
    expect([...panels[1].from![1].picture!]).toEqual([...lee.slice(0, 5), 0]);
  });

  test("or onto the picture's own label: 0 changes nothing", async () => {
    const { panels } = await sweep(autoencoder, both, { values: [0, 2], onto: "own" });
    expect(texts(panels[1].rows)).toEqual(autoencoder.labels);
    expect(texts(panels[1].columns)).toEqual(["0", "+2"]);
    for (const row of [0, 1, 2]) expect(cell(panels[1], row, 0)).toEqual(lee.slice(0, 5));
    expect(cell(panels[1], 2, 1)).toEqual([0.75, 0, 2.25, -1, 2]);
  });

  test("goes from −5 to 5 by itself", async () => {
    const { values } = await sweep(autoencoder, both);
    expect(values).toEqual([-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5]);
  });

  test("a label that is not known lists those that are", async () => {
    await expect(sweep(autoencoder, both, { labels: ["hapy"] })).rejects.toThrowError(
      /label "hapy": no such name\. Nearest: "happy", .*code: FACTORS_LABEL/,
    );
    await expect(sweep(autoencoder, both, { labels: [] })).rejects.toThrowError(/FACTORS_EMPTY/);
    await expect(sweep(autoencoder, both, { values: [] })).rejects.toThrowError(/FACTORS_EMPTY/);
    await expect(sweep(autoencoder, both, { values: [1, Number.NaN] })).rejects.toThrowError(/FACTORS_NUMBER/);
  });

  test("even values hold both ends, and the middle of a symmetric range, exactly", () => {
    fc.assert(
      fc.property(fc.float({ min: 1, max: 1e6, noNaN: true }), fc.integer({ min: 1, max: 200 }), (end, half) => {
        const values = evenValues(-end, end, 2 * half + 1);
        expect([values[0], values[half] + 0, values.at(-1)]).toEqual([-end, 0, end]);
        expect(values.every((v, i) => i === 0 || v > values[i - 1])).toBe(true);
      }),
    );
    expect(evenValues(3, 0, 4)).toEqual([3, 2, 1, 0]);
    for (const [from, to, count] of [
      [0, 0, 5],
      [0, Number.NaN, 5],
      [0, 1, 1],
      [0, 1, 2.5],
      [0, 1, 1e9],
    ]) {
      expect(() => evenValues(from, to, count)).toThrowError(/FACTORS_RANGE/);
    }
  });
});

describe("swap", () => {
  test("of a table: the row's label with the column's latents; its diagonal is marked", async () => {
    const { panels } = await swap(autoencoder, both, { names: ["Kim", "Lee"] });
    expect(texts(panels[0].columns)).toEqual(["Kim", "Lee"]);
    expect(cell(panels[0], 0, 1)).toEqual([0, 1, 0, -1, 2]);
    expect(cell(panels[0], 1, 0)).toEqual([0.75, 0, 0.25, 0.25, 0.5]);
    expect(cell(panels[0], 1, 1)).toEqual(lee.slice(0, 5));
    expect(panels[0].marked).toEqual([0, 3]);
  });

  test("of pairs: both as they are, rebuilt, and swapped", async () => {
    const { panels } = await swap(autoencoder, Float32Array.from([...both, ...lee, ...kim]), { as: "pairs" });
    expect(panels[0].rows.map(({ note }) => note)).toEqual(["read as sad, happy", "read as happy, sad"]);
    expect(panels[0].columns).toHaveLength(6);
    expect(cell(panels[0], 0, 0)).toEqual(kim.slice(0, 5));
    expect(cell(panels[0], 0, 3)).toEqual(lee.slice(0, 5));
    expect(cell(panels[0], 0, 4)).toEqual([0, 1, 0, -1, 2]);
    expect(cell(panels[0], 1, 4)).toEqual([0.75, 0, 0.25, 0.25, 0.5]);
    expect(cell(panels[0], 1, 5)).toEqual([0, 1, 0, -1, 2]);
    // The forgotten pixel: a picture has it, what is decoded has not.
    expect([panels[0].pictures[5], panels[0].pictures[2 * 6 + 5]]).toEqual([9, 0]);
  });

  test("takes two pictures or more, for pairs an even number", async () => {
    const one = Float32Array.from(kim);
    await expect(swap(autoencoder, one)).rejects.toThrowError(/FACTORS_PAIRS/);
    await expect(swap(autoencoder, Float32Array.from([...both, ...kim]), { as: "pairs" })).rejects.toThrowError(
      /3, pairs take an even number.*FACTORS_PAIRS/,
    );
  });
});

test("transfer puts every label onto every picture, and marks its own", async () => {
  const { panels } = await transfer(autoencoder, both, { strength: 2 });
  expect(texts(panels[0].columns)).toEqual(["rebuilt", ...autoencoder.labels]);
  expect(cell(panels[0], 1, 0)).toEqual(lee.slice(0, 5));
  expect(cell(panels[0], 1, 3)).toEqual([0, 0, 2, -1, 2]);
  expect(panels[0].marked).toEqual([2, 5]);
  const { panels: one } = await transfer(autoencoder, both, { labels: ["neutral"] });
  expect(one[0].marked).toEqual([]);
  await expect(transfer(autoencoder, both, { labels: ["s"] })).rejects.toThrowError(/FACTORS_LABEL/);
});

describe("analogy", () => {
  test("carries over the label, the latents, and both", async () => {
    const [a, b] = [Float32Array.from(kim), Float32Array.from(lee)];
    const { panels } = await analogy(autoencoder, { a, b, c: Float32Array.from(picture(0, 0, 1, 1, 1)) });
    expect(cell(panels[0], 0, 3)).toEqual([0.75, -1, 1.25, 1, 1]);
    expect(cell(panels[0], 0, 4)).toEqual([0, 0, 1, -0.25, 2.5]);
    expect(cell(panels[0], 0, 5)).toEqual([0.75, -1, 1.25, -0.25, 2.5]);
    expect(panels[0].rows[0].note).toBe("sad is to happy as neutral is to");
  });

  test("wants as many of each", async () => {
    const a = Float32Array.from(kim);
    await expect(analogy(autoencoder, { a, b: both, c: a })).rejects.toThrowError(/1, 2, 1 pictures.*FACTORS_COUNT/);
  });
});

describe("average", () => {
  test("means of data, decoded from the label's mean latents and from everyone's", async () => {
    const three = Float32Array.from([...both, ...picture(0, 0, 0, 3, 4)]);
    const { panels, absent } = await average(autoencoder, three, { of: [0, 2, 2] });
    expect(absent).toEqual(["sad"]);
    expect(panels[0].columns.map(({ text, note }) => [text, note])).toEqual([
      ["happy", "1"],
      ["neutral", "2"],
    ]);
    expect(cell(panels[0], 0, 1)).toEqual([0.375, 0, 0.125, 1, 3]);
    expect(cell(panels[0], 1, 1)).toEqual([0, 0, 1, 1, 3]);
    expect(cell(panels[0], 2, 0)).toEqual([1, 0, 0, 0.75, Math.fround(6.5 / 3)]);
  });

  test.each<[string, number[], RegExp]>([
    ["too few labels", [0], /1 labels of 2 pictures.*FACTORS_COUNT/],
    ["a label beyond the last", [0, 3], /label of picture 2: 3, it must be 0 to 2.*FACTORS_LABEL/],
    ["a label that is unknown", [-1, 0], /FACTORS_LABEL/],
    ["half a label", [0.5, 0], /FACTORS_LABEL/],
  ])("refuses %s", async (_, of, message) => {
    await expect(average(autoencoder, both, { of })).rejects.toThrowError(message);
  });
});

describe("traverse", () => {
  const values = [
    [-1, 0, 1],
    [10, 20, 30],
  ];
  test("two latents as a plot: the second grows upwards", async () => {
    const { panels } = await traverse(autoencoder, { values, labels: ["sad"] });
    expect(panels).toHaveLength(1);
    expect([texts(panels[0].rows), texts(panels[0].columns)]).toEqual([
      ["30", "20", "10"],
      ["−1", "0", "1"],
    ]);
    expect(cell(panels[0], 0, 2)).toEqual([0, 1, 0, 1, 30]);
  });

  test("rows: those that change pictures most come first, the others stand in their middle", async () => {
    const { panels } = await traverse(autoencoder, { values, as: "rows", most: 1 });
    expect(panels.map(({ heading }) => heading?.text)).toEqual(autoencoder.labels);
    expect(texts(panels[0].rows)).toEqual(["z2"]);
    // Of six pixels one changes, by 20.
    expect(panels[0].rows[0].note).toBe(`10 to 30, changes ${Number(((100 * 20) / Math.sqrt(6)).toPrecision(2))} %`);
    expect(cell(panels[2], 0, 2)).toEqual([0, 0, 1, 0, 30]);
  });

  test("around a picture: its own label and latents", async () => {
    const { panels } = await traverse(autoencoder, { values, as: "rows", around: Float32Array.from(lee) });
    expect(cell(panels[0], 1, 0)).toEqual([0.75, 0, 0.25, -1, 2]);
    expect(cell(panels[0], 0, 0)).toEqual([0.75, 0, 0.25, -1, 10]);
    await expect(traverse(autoencoder, { values, around: both })).rejects.toThrowError(/2 pictures.*FACTORS_COUNT/);
  });

  test.each<[string, number[][], object, RegExp]>([
    ["values of too few latents", [[1, 2]], {}, /values of 1 latents.*FACTORS_COUNT/],
    ["one value", [[1], [1, 2]], {}, /z1: 1, there must be two.*FACTORS_EMPTY/],
    ["NaN", [values[0], [1, Number.NaN]], {}, /values of z2, number 1: NaN.*FACTORS_NUMBER/],
    ["rows of different lengths", [values[0], [1, 2]], { as: "rows" }, /FACTORS_COUNT/],
    ["no rows", values, { as: "rows", most: 0 }, /FACTORS_RANGE/],
    ["an unknown label", values, { labels: ["happier"] }, /Nearest: "happy".*FACTORS_LABEL/],
  ])("refuses %s", async (_, wrong, options, message) => {
    await expect(traverse(autoencoder, { values: wrong, ...options })).rejects.toThrowError(message);
  });

  test("a table takes two latents", async () => {
    const three = linearAutoencoder(["a"], 3);
    await expect(traverse(three, { values: [values[0], values[0], values[0]], as: "table" })).rejects.toThrowError(
      /table: 3 latents.*FACTORS_COUNT/,
    );
  });

  test("quantiles leave equal shares between them", () => {
    // Two latents: 0 … 100, and the same backwards and tenfold.
    const latents = Float32Array.from({ length: 202 }, (_, i) => (i % 2 === 0 ? i / 2 : 10 * (100 - (i - 1) / 2)));
    const found = latentQuantiles(latents, 2, 5);
    expect(found[0]).toEqual([10, 30, 50, 70, 90]);
    expect(found[1].map((v) => Math.round(v))).toEqual([100, 300, 500, 700, 900]);
    expect(latentQuantiles(Float32Array.of(7), 1, 3)).toEqual([[7, 7, 7]]);
    expect(() => latentQuantiles(latents, 2, 1)).toThrowError(/FACTORS_RANGE/);
    expect(() => latentQuantiles(latents, 3, 5)).toThrowError(/FACTORS_SHAPE/);
  });
});

describe("scatter", () => {
  const factor = (of: number[]) => ({ name: "person", values: ["Kim", "Lee"], of });
  test("two latents as they are, and how much varies along each", () => {
    const found = scatter(Float32Array.of(0, 0, 4, 2), { width: 2, factors: [factor([1, -1])] });
    expect([[...found.x], [...found.y]]).toEqual([
      [0, 4],
      [0, 2],
    ]);
    expect(found.axes).toEqual([
      { name: "z1", share: 0.8 },
      { name: "z2", share: 0.2 },
    ]);
    expect(found.projected).toBe(false);
  });

  test("of more, two directions of the largest variance, and its share", () => {
    // Along (3, 4, 0) ten times as far as along (0, 0, 1); nothing else.
    const rows = [-1, 1].flatMap((far) => [-1, 1].flatMap((near) => [6 * far, 8 * far, near]));
    const found = scatter(Float32Array.from(rows), { width: 3, factors: [] });
    expect(found.axes[0].share).toBeCloseTo(100 / 101, 6);
    expect(found.axes[1].share).toBeCloseTo(1 / 101, 6);
    expect([...found.x].map(Math.abs)).toEqual([10, 10, 10, 10].map((v) => expect.closeTo(v, 4)));
    expect([...found.y].map(Math.abs)).toEqual([1, 1, 1, 1].map((v) => expect.closeTo(v, 4)));
    expect(found.projected).toBe(true);
  });

  test.each([1, 2, 3])("%i points that are all the same lie somewhere", (count) => {
    for (const width of [1, 2, 5]) {
      const { x, y, axes } = scatter(new Float32Array(count * width).fill(3), { width, factors: [] });
      expect([x.length, y.length]).toEqual([count, count]);
      expect([...x, ...y].every(Number.isFinite)).toBe(true);
      expect(axes.every(({ share }) => share >= 0 && share <= 1)).toBe(true);
    }
  });

  test.each<[string, number[], number[], RegExp]>([
    ["no points", [], [], /FACTORS_EMPTY/],
    ["part of a point", [1, 2, 3], [0], /FACTORS_SHAPE/],
    ["NaN", [1, Number.NaN], [0], /FACTORS_NUMBER/],
    ["a factor of more pictures", [1, 2], [0, 1], /factor "person": values of 2 pictures.*of 1.*FACTORS_COUNT/],
    ["a value without a name", [1, 2], [2], /factor "person", picture 1: 2.*FACTORS_LABEL/],
  ])("refuses %s", (_, latents, of, message) => {
    expect(() => scatter(Float32Array.from(latents), { width: 2, factors: [factor(of)] })).toThrowError(message);
  });
});
