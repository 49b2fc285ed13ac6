import { seededRandom } from "@noema/engine";
import { describe, expect, test } from "vitest";
import { figuresInAll, layerFigures } from "./layer-figures.js";
import { drawLayerSheet } from "./layer-sheet.js";

async function* pieces(all: Float32Array, length: number, rows: number) {
  for (let at = 0; at < all.length; at += rows * length) yield all.slice(at, at + rows * length);
}

test("figures are those of all numbers, even far from 0", async () => {
  const [count, length] = [500, 4];
  const random = seededRandom(1);
  // Of the third, single precision leaves seven digits of each number: sums of squares would leave none of the deviation.
  const all = Float32Array.from({ length: count * length }, (_, i) =>
    i % 4 === 0 ? Math.max(0, random.normal()) : i % 4 === 1 ? 7 : i % 4 === 2 ? 1e6 + random.normal() : 0,
  );
  const figures = await layerFigures(count, length, pieces(all, length, 7));
  for (let c = 0; c < length; c++) {
    const own = Array.from({ length: count }, (_, n) => all[n * length + c]);
    const mean = own.reduce((a, b) => a + b) / count;
    const deviation = Math.sqrt(own.reduce((sum, v) => sum + (v - mean) ** 2, 0) / count);
    expect(figures.means[c]).toBeCloseTo(mean, 6);
    expect(figures.deviations[c]).toBeCloseTo(deviation, 6);
    expect(figures.zeros[c]).toBe(own.filter((v) => v === 0).length / count);
    expect([figures.least[c], figures.most[c]]).toEqual([Math.min(...own), Math.max(...own)]);
  }
  expect(figures.lengths).toHaveLength(count);
  expect(figures.sample.length).toBe(all.length);
  const together = figuresInAll(figures);
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  expect(together).toMatchObject({ least: 0, constantChannels: 2 });
  expect(together.mean).toBeCloseTo(mean, 3);
  expect(together.zeros).toBeCloseTo(all.filter((v) => v === 0).length / all.length, 10);
  const deviation = Math.sqrt(all.reduce((sum, v) => sum + (v - mean) ** 2, 0) / all.length);
  expect(together.deviation / deviation).toBeCloseTo(1, 6);
});

describe("the sheet is drawn of", () => {
  const about = { layer: { name: "a<b&c", channels: 1, positions: [3, 3], of: "drawn", perPicture: 2 } } as const;
  test.each<[string, Float32Array, number]>([
    ["one number", Float32Array.of(3), 1],
    ["zeros alone", new Float32Array(20), 4],
    ["one vector", Float32Array.of(1, 2, 3), 3],
    ["more channels than there are pixels", Float32Array.from({ length: 3000 }, (_, i) => Math.sin(i)), 1500],
  ])("%s", async (_, all, length) => {
    const figures = await layerFigures(all.length / length, length, pieces(all, length, 2));
    const { width, height, data } = drawLayerSheet(figures, { ...about, layer: { ...about.layer, positions: [3, 3] } });
    expect(data).toHaveLength(3 * width * height);
    // Letters, and bars of the histograms.
    const dark = data.filter((v) => v < 60).length / data.length;
    expect(dark).toBeGreaterThan(0.005);
  });
});
