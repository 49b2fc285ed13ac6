/** @file drawLayerSheet: one picture of how a layer's numbers are spread, to see at a glance what was recorded. */
import { niceTicks, tickText } from "../factors/ticks.js";
import { drawSvg, escapeXml } from "../pictures/lettering.js";
import type { Pixels } from "../pictures/png.js";
import { fitText } from "../pictures/text-width.js";
import type { ActivationsAbout } from "../store/activations-file.js";
import type { LayerFigures } from "./layer-figures.js";

const ink = "#1c1c1c";
const faint = "#6b6b6b";
const rule = "#d9d6cf";
const bar = "#27618c";
const mark = "#b3402a";

/** Pixels: two columns of two charts under a title. */
const px = { margin: 32, gap: 40, chartWidth: 460, chartHeight: 220, heading: 30, axis: 42, top: 104 } as const;

/** Bars of a histogram. */
const bins = 48;

/** Histograms leave out this share of the numbers at either end, so that a single one does not press all others together. */
const tail = 0.001;

export function drawLayerSheet(figures: LayerFigures, about: ActivationsAbout): Pixels {
  const { means, deviations, zeros } = figures;
  const { model, layer, pictures } = about;
  const width = 2 * px.margin + 2 * px.chartWidth + px.gap;
  const block = px.heading + px.chartHeight + px.axis;
  const height = px.top + 2 * block + px.gap / 2 + px.margin;
  const taken = { mean: "mean over positions", max: "maximum over positions", centre: "position in the middle" };
  const of = layer === undefined ? "" : (taken[layer.of as keyof typeof taken] ?? `${layer.perPicture} positions each`);
  const count = (n: number) => n.toLocaleString("en-US");
  const title = layer === undefined ? "Activations" : `${layer.name} of ${model?.name ?? "a network"}`;
  const subtitle = `${count(figures.count)} vectors of ${count(means.length)} numbers, ${count(pictures?.used ?? 0)} pictures of ${pictures?.data ?? "?"}${layer?.positions.length ? `, ${of}` : ""}`;
  const places = [0, 1, 2, 3].map((i) => ({
    x: px.margin + (i % 2) * (px.chartWidth + px.gap),
    y: px.top + Math.floor(i / 2) * (block + px.gap / 2),
  }));
  const zero = zeros.reduce((a, b) => a + b, 0) / zeros.length;
  const charts = [
    histogram(figures.sample, {
      heading: "All numbers",
      note: `${(100 * zero).toFixed(1)} % are 0${zero > 0 ? ", not drawn" : ""}`,
      drop: zero > 0,
    }),
    byRank(means, deviations),
    histogram(
      Float32Array.from(zeros, (v) => 100 * v),
      {
        heading: "How often a channel is 0",
        note: `% of vectors; ${count(zeros.filter((v) => v === 1).length)} of ${count(zeros.length)} channels always`,
        range: [0, 100],
      },
    ),
    histogram(figures.lengths, { heading: "Lengths of vectors", note: "square root of the sum of squares" }),
  ];
  const drawn = charts.map((chart, i) => `<g transform="translate(${places[i].x} ${places[i].y})">${chart}</g>`);
  const text = (words: string, y: number, size: number, weight: 400 | 700, fill: string) =>
    `<text x="${px.margin}" y="${y}" font-family="Atkinson Hyperlegible" font-size="${size}" font-weight="${weight}" fill="${fill}">${escapeXml(fitText(words, width - 2 * px.margin, size, weight))}</text>`;
  return drawSvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${text(title, 52, 26, 700, ink)}${text(subtitle, 80, 15, 400, faint)}${drawn.join("")}</svg>`,
  );
}

interface HistogramOptions {
  readonly heading: string;
  readonly note: string;
  readonly range?: readonly [number, number];
  /** Whether what is exactly 0 is left out: after a ReLU it would be most. */
  readonly drop?: boolean;
}

function histogram(given: Float32Array, { heading, note, range, drop = false }: HistogramOptions): string {
  const values = (drop ? given.filter((v) => v !== 0) : given.slice()).sort();
  const at = (share: number) => values[Math.round(share * (values.length - 1))] ?? 0;
  const [low, high] = range ?? widened(at(tail), at(1 - tail));
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    if (value < low || value > high) continue;
    counts[Math.min(bins - 1, Math.floor((bins * (value - low)) / (high - low)))]++;
  }
  const most = Math.max(1, ...counts);
  const wide = px.chartWidth / bins;
  const bars = counts.map((count, i) => {
    const tall = (px.chartHeight * count) / most;
    return count === 0
      ? ""
      : `<rect x="${round(i * wide)}" y="${round(px.heading + px.chartHeight - tall)}" width="${round(wide - 1)}" height="${round(Math.max(tall, 1))}" fill="${bar}"/>`;
  });
  return frame(heading, note, [low, high], bars.join(""));
}

/** Channels from the smallest mean to the largest, each with the deviation on either side of it. */
function byRank(means: Float64Array, deviations: Float64Array): string {
  const order = [...means.keys()].sort((a, b) => means[a] - means[b]);
  // More than there are pixels are not to be told apart.
  const step = Math.max(1, order.length / px.chartWidth);
  const shown = Array.from({ length: Math.ceil(order.length / step) }, (_, i) => order[Math.floor(i * step)]);
  const [low, high] = widened(
    Math.min(0, ...shown.map((c) => means[c] - deviations[c])),
    Math.max(0, ...shown.map((c) => means[c] + deviations[c])),
  );
  const y = (value: number) => round(px.heading + px.chartHeight * (1 - (value - low) / (high - low)));
  const wide = px.chartWidth / shown.length;
  const parts = shown.map((c, i) => {
    const [x, thick] = [round(i * wide), round(Math.max(1, wide - (wide > 3 ? 1 : 0)))];
    const [top, bottom] = [y(means[c] + deviations[c]), y(means[c] - deviations[c])];
    const middle = y(means[c]);
    return `<rect x="${x}" y="${top}" width="${thick}" height="${round(Math.max(1, bottom - top))}" fill="${bar}" fill-opacity="0.35"/><rect x="${x}" y="${round(middle - 1)}" width="${thick}" height="2" fill="${mark}"/>`;
  });
  const ticks = niceTicks(low, high, 4);
  const lines = ticks.map(
    (tick) =>
      `<line x1="0" x2="${px.chartWidth}" y1="${y(tick)}" y2="${y(tick)}" stroke="${rule}"/>${label(4, y(tick) - 4, tickText(tick, ticks), { fill: faint })}`,
  );
  const below = label(0, px.heading + px.chartHeight + 20, `${order.length} channels, by their means`, { fill: faint });
  return `${head("Means of channels", "bars: one standard deviation to either side")}${parts.join("")}${lines.join("")}${below}`;
}

function frame(heading: string, note: string, [low, high]: readonly [number, number], inside: string): string {
  const ticks = niceTicks(low, high, 5);
  const floor = px.heading + px.chartHeight;
  const x = (value: number) => round((px.chartWidth * (value - low)) / (high - low));
  const marks = ticks.map(
    (tick) =>
      `<line x1="${x(tick)}" x2="${x(tick)}" y1="${floor}" y2="${floor + 5}" stroke="${faint}"/>${label(x(tick), floor + 20, tickText(tick, ticks), { fill: faint, anchor: "middle" })}`,
  );
  return `${head(heading, note)}${inside}<line x1="0" x2="${px.chartWidth}" y1="${floor}" y2="${floor}" stroke="${faint}"/>${marks.join("")}`;
}

function head(heading: string, note: string): string {
  const beside = label(px.chartWidth, 14, note, { fill: faint, anchor: "end" });
  return `${label(0, 14, heading, { size: 17, weight: 700 })}${beside}`;
}

function label(
  x: number,
  y: number,
  words: string,
  {
    size = 13,
    weight = 400,
    fill = ink,
    anchor = "start",
  }: { size?: number; weight?: number; fill?: string; anchor?: string } = {},
): string {
  return `<text x="${x}" y="${y}" font-family="Atkinson Hyperlegible" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${escapeXml(words)}</text>`;
}

/** A range that is not empty. */
function widened(low: number, high: number): [number, number] {
  if (high > low) return [low, high];
  const beside = Math.max(Math.abs(low) * 0.5, 0.5);
  return [low - beside, high + beside];
}

const round = (value: number) => Math.round(value * 10) / 10;
