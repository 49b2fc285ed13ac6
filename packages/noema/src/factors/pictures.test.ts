import sharp from "sharp";
import { describe, expect, test } from "vitest";
import type { Pixels } from "../pictures/png.js";
import { animateSweep, thereAndBack } from "./animate-sweep.js";
import { classColours } from "./class-colours.js";
import { drawView } from "./draw-view.js";
import { drawScatter } from "./scatter-plot.js";
import { flatSweep, flatView, ringScatter } from "./stub-views.testing.js";

/** How many pixels are just of this colour. */
function countOf({ data }: Pixels, [r, g, b]: readonly number[]): number {
  let count = 0;
  for (let i = 0; i < data.length; i += 3) if (data[i] === r && data[i + 1] === g && data[i + 2] === b) count++;
  return count;
}
const grey = (shade: number) => [shade, shade, shade];
const mark = [0xc2, 0x37, 0x0e];
const hostile = `</text><script>&"'`;

describe("a view", () => {
  const view = flatView(
    {
      rows: [
        { text: "row", picture: new Float32Array(24).fill(31 / 255) },
        { text: hostile, note: "x".repeat(300) },
      ],
      columns: [{ text: "a" }, { text: "b".repeat(99) }, { text: "c", note: hostile }],
      heading: { text: hostile, note: hostile },
      from: [{ text: "picture", picture: new Float32Array(24).fill(33 / 255) }],
      axes: { down: "down", along: hostile },
      marked: [4],
    },
    [11, 12, 13, 14, 15, 16],
  );

  test("shows every picture in full, enlarged by whole factors", () => {
    const sheet = drawView("transfer", view, { cellPx: 19 });
    // 6 pixels wide, 19 wanted: three times.
    for (const shade of [11, 12, 13, 14, 15, 16, 31, 33]) {
      expect(countOf(sheet, grey(shade)), `${shade}`).toBeGreaterThanOrEqual(6 * 4 * 9);
      expect(countOf(sheet, grey(shade))).toBeLessThan(6 * 4 * 9 + 60);
    }
  });

  test("frames the cells that are marked, and nothing else", () => {
    const plain = { ...view, panels: view.panels.map((panel) => ({ ...panel, marked: [] })) };
    expect(countOf(drawView("transfer", plain), mark)).toBe(0);
    expect(countOf(drawView("transfer", view), mark)).toBeGreaterThan(2 * (84 + 56));
  });

  test("rules off the columns that training has shown", () => {
    const seen = { ...view, panels: [{ ...view.panels[0], marked: [], seen: { first: 1, last: 2 } }] };
    expect(countOf(drawView("sweep", seen), mark)).toBeGreaterThan(2 * 84);
  });

  test("the same view gives the same bytes", () => {
    const [once, again] = [drawView("swap", view), drawView("swap", view)];
    expect(Buffer.compare(once.data, again.data)).toBe(0);
  });

  test("small panels stand beside each other, large ones under each other", () => {
    const panels = (count: number) => ({ ...view, panels: Array.from({ length: count }, () => view.panels[0]) });
    const [one, two, many] = [1, 2, 9].map((count) =>
      drawView("traverse", panels(count), { cellPx: 24, subtitle: "-" }),
    );
    expect(two.height).toBe(one.height);
    expect(many.height).toBeGreaterThan(one.height);
    expect(many.width).toBeLessThanOrEqual(1760);
  });

  test("a picture that nobody could open is refused", () => {
    const rows = Array.from({ length: 8 }, (_, i) => ({ text: `${i}` }));
    const endless = flatView({ rows, columns: rows }, Array(64).fill(9));
    expect(() => drawView("swap", endless, { cellPx: 2000 })).toThrowError(
      /pixels, it may have 100 million.*smaller cells.*SHEET_TOO_LARGE/,
    );
  });
});

describe("a scatter", () => {
  const colour = (i: number) => [1, 3, 5].map((at) => Number.parseInt(classColours.onLight[i].slice(at, at + 2), 16));

  test("has every class in its colour, in points and legend", () => {
    const plot = drawScatter(ringScatter(200, 10));
    for (let i = 0; i < 10; i++) expect(countOf(plot, colour(i)), `colour ${i}`).toBeGreaterThan(60);
  });

  test.each([
    ["one point", ringScatter(1, 1)],
    ["two points in one place", { ...ringScatter(2, 2), x: Float32Array.of(3, 3), y: Float32Array.of(0, 0) }],
    ["no factor", { ...ringScatter(50, 2), factors: [] }],
    ["sixty classes", ringScatter(600, 60)],
    ["hostile names", ringScatter(9, 3, hostile)],
  ])("of %s is drawn", (_, scatter) => {
    const plot = drawScatter(scatter);
    expect(plot.height).toBeGreaterThan(720);
    expect(countOf(plot, grey(255))).toBeLessThan(0.999 * plot.width * plot.height);
  });
});

describe("the animation of a sweep", () => {
  test("goes there and back, through every value, without a value twice in a row", () => {
    expect(thereAndBack(4)).toEqual([0, 1, 2, 3, 2, 1]);
    expect(thereAndBack(2)).toEqual([0, 1]);
    expect(thereAndBack(1)).toEqual([0]);
  });

  test("shows every picture with every label at each value, and rests at both ends", async () => {
    const webp = await animateSweep(flatSweep([-5, 0, 5], { step: 10 }), { cellPx: 60, seconds: 2 });
    const { pages, delay } = await sharp(webp).metadata();
    expect(pages).toBe(4);
    expect(delay).toEqual([750, 250, 750, 250]);
    const frames = await Promise.all([0, 1, 2].map((page) => sharp(webp, { page }).raw().toBuffer()));
    for (const [k, data] of frames.entries()) {
      for (const shade of [70, 90, 120, 140]) {
        // Lossy, so a shade may be met nearby.
        const near = data.filter((v) => Math.abs(v - shade - 10 * k) <= 3).length;
        expect(near, `frame ${k}, shade ${shade}`).toBeGreaterThan(0.8 * 60 * 40 * 3);
      }
    }
  });

  test("one value is a picture that stands still", async () => {
    const { pages } = await sharp(await animateSweep(flatSweep([1]))).metadata();
    expect(pages ?? 1).toBe(1);
  });

  test("what WebP cannot hold is refused before it is drawn", () => {
    expect(() => animateSweep(flatSweep([0, 1]), { cellPx: 6000 })).toThrowError(
      /animation of a sweep: 2 frames.*fewer pictures.*FRAMES_TOO_LARGE/,
    );
  });
});
