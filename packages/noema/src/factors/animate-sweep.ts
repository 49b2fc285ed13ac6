/** @file animateSweep: labels turned up and down again, of all pictures and labels at once, as an animation. */
import type { Sweep } from "@noema/lenses";
import { checkAnimation, encodeAnimation } from "../pictures/animation.js";
import { drawSvg, escapeXml } from "../pictures/lettering.js";
import type { Pixels } from "../pictures/png.js";
import { lay } from "../pictures/sheet.js";
import { fitText } from "../pictures/text-width.js";
import { type CellOptions, cellPixels, cellWidth } from "./cell.js";

export interface SweepAnimationOptions extends Omit<CellOptions, "factor"> {
  /** Pixels to a side that pictures are brought near to, by whole factors. Default 84, of more than eight labels 56. */
  readonly cellPx?: number;
  /** Seconds there and back. Default 6. */
  readonly seconds?: number;
}

const px = { margin: 20, gap: 4, captions: 26, track: 62, original: 16 } as const;
const ink = "#1c1c1c";
const faint = "#6b6b6b";
const rule = "#d9d6cf";
const mark = "#c2370e";

/** How long it stays at either end, in milliseconds. */
const restMs = 500;

/** Far labels make noisy pictures, whose file is large: this halves it, and it cannot be seen in motion. */
const file = { quality: 80, effort: 2 };

/** Frames faster than this are not shown as fast by browsers. */
const fastestMs = 20;

/**
 * A row per picture, which stands left of it, and a column per label; each frame is one value. It needs no fewer than some
 * thirty values to run smoothly: `evenValues(−5, 5, 41)`.
 *
 * @returns WebP, plays again and again
 * @throws NoemaError FRAMES_TOO_LARGE
 */
export function animateSweep(sweep: Sweep, options: SweepAnimationOptions = {}): Promise<Uint8Array> {
  const { picture, panels, values } = sweep;
  const { seconds = 6, cellPx = panels[0].rows.length > 8 ? 56 : 84 } = options;
  const factor = Math.max(1, Math.round(cellPx / Math.max(picture.height, cellWidth(picture))));
  const cell = { width: factor * cellWidth(picture), height: factor * picture.height };
  const labels = panels[0].rows;
  const left = px.margin + cell.width + px.original;
  const width = left + labels.length * (cell.width + px.gap) - px.gap + px.margin;
  const top = px.margin + px.track + px.captions;
  const height = top + panels.length * (cell.height + px.gap) - px.gap + px.margin;
  const steps = Math.max(1, 2 * (values.length - 1));
  const delayMs = Math.max(fastestMs, Math.round((1000 * seconds - 2 * restMs) / steps));
  const order = thereAndBack(values.length);
  checkAnimation(
    order.length,
    { width, height, channels: 3 },
    { where: "animation of a sweep", remedy: "Take fewer pictures, labels or values, or smaller cells." },
  );
  const length = picture.channels * picture.height * picture.width;
  const drawnCell = (pictures: Float32Array, index: number) =>
    cellPixels(pictures.subarray(index * length, (index + 1) * length), picture, { ...options, factor });
  const captions = labels.map(({ text }, i) => {
    const middle = left + i * (cell.width + px.gap) + cell.width / 2;
    return `<text x="${middle}" y="${top - 9}" font-size="14" font-weight="700" text-anchor="middle" fill="${ink}">${escapeXml(fitText(text, cell.width + px.gap, 14, 700))}</text>`;
  });
  const ground = drawSvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="Atkinson Hyperlegible">${captions.join("")}</svg>`,
  );
  panels.forEach(({ from }, row) => {
    const original = from?.[0].picture;
    if (original !== undefined) lay(ground, drawnCell(original, 0), px.margin, top + row * (cell.height + px.gap));
  });
  const frames = values.map((_, k) => {
    const frame: Pixels = { ...ground, data: ground.data.slice() };
    lay(frame, drawTrack(sweep, k, width - 2 * px.margin), px.margin, px.margin);
    panels.forEach(({ pictures }, row) => {
      labels.forEach((_, column) => {
        const x = left + column * (cell.width + px.gap);
        lay(frame, drawnCell(pictures, column * values.length + k), x, top + row * (cell.height + px.gap));
      });
    });
    return frame;
  });
  return encodeAnimation(
    order.map((k) => frames[k]),
    { ...file, delayMs: order.map((k) => (k === 0 || k === values.length - 1 ? delayMs + restMs : delayMs)) },
  );
}

/** Places of the values: up to the last, and back to the second. */
export function thereAndBack(count: number): number[] {
  const up = Array.from({ length: count }, (_, k) => k);
  return [...up, ...up.slice(1, -1).reverse()];
}

/** Where between the first value and the last one this is, and what training has shown. */
function drawTrack({ values, onto }: Sweep, k: number, width: number): Pixels {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [start, end] = [10, width - 10];
  const at = (value: number) => (high > low ? start + ((end - start) * (value - low)) / (high - low) : width / 2);
  const y = 34;
  const text = (value: number, words: string, style: string) =>
    `<text x="${at(value)}" y="${y + 21}" text-anchor="middle" font-size="13" ${style}>${words}</text>`;
  const number = (value: number) => `${Number(value.toPrecision(3))}`.replace("-", "−");
  const shown = values[k].toFixed(1).replace("-", "−");
  const seen = onto === "nothing" && low <= 0 && high >= 1;
  const parts = [
    `<line x1="${start}" x2="${end}" y1="${y}" y2="${y}" stroke="${rule}" stroke-width="2"/>`,
    ...(seen
      ? [
          `<line x1="${at(0)}" x2="${at(1)}" y1="${y}" y2="${y}" stroke="${mark}" stroke-width="4"/>`,
          text(0.5, "as in training", `fill="${mark}"`),
        ]
      : [text(0, "0", `fill="${faint}"`)]),
    ...[low, high].map((value) => text(value, number(value), `fill="${faint}"`)),
    `<circle cx="${at(values[k])}" cy="${y}" r="7" fill="${ink}"/>`,
    `<text x="${Math.min(end - 8, Math.max(start + 8, at(values[k])))}" y="${y - 14}" text-anchor="middle" font-size="17" font-weight="700" fill="${ink}">${shown === "−0.0" ? "0.0" : shown}</text>`,
  ];
  return drawSvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${px.track}" font-family="Atkinson Hyperlegible">${parts.join("")}</svg>`,
  );
}
