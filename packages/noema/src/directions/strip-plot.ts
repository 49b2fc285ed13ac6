/** @file stripPlot: the selectivity of every direction as a dot, kind under kind, with means and intervals. */
import type { Comparison } from "@noema/lenses";
import { escapeXml } from "../pictures/lettering.js";
import type { MeasuredKind } from "./measure-kinds.js";

export interface Plot {
  readonly width: number;
  readonly height: number;
  /** What stands between <svg> and </svg>. */
  readonly svg: string;
}

/** Colours of the question, of its controls, and of directions that were learned from activations. */
const colours = { unit: "#b3402a", control: "#8a8f94", fitted: "#27618c" };
const ink = "#1c1c1c";
const faint = "#6b6b6b";
const rule = "#d9d6cf";

const px = { left: 236, right: 148, row: 46, top: 34, bottom: 40 };

const headings: Readonly<Record<string, string>> = {
  unit: "Basis: single channels",
  random: "Random",
  standardised: "Random, standardised channels",
  matched: "Random, layer's covariance",
  pca: "PCA",
  ica: "ICA",
  nmf: "NMF",
};

/** A kind's name as a heading. */
export function heading(kind: string): string {
  return headings[kind] ?? kind;
}

export function colourOf(kind: string): string {
  if (kind === "unit") return colours.unit;
  return ["random", "standardised", "matched"].includes(kind) ? colours.control : colours.fitted;
}

export function stripPlot(kinds: readonly MeasuredKind[], comparison: Comparison, width: number): Plot {
  const values = kinds.flatMap(({ directions }) => directions.map((one) => one.beyondChance));
  const [low, high] = [Math.min(0, ...values), Math.max(0.1, ...values)];
  const inner = width - px.left - px.right;
  const x = (value: number) => px.left + (inner * (value - low)) / (high - low);
  const height = px.top + kinds.length * px.row + px.bottom;
  const floor = px.top + kinds.length * px.row;
  const text = (
    at: readonly [number, number],
    words: string,
    { size = 13, fill = ink, anchor = "start", bold = false } = {},
  ) =>
    `<text x="${round(at[0])}" y="${round(at[1])}" font-size="${size}" fill="${fill}" text-anchor="${anchor}"${bold ? ' font-weight="700"' : ""}>${escapeXml(words)}</text>`;
  const line = (x1: number, y1: number, x2: number, y2: number, stroke: string, thick = 1) =>
    `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${stroke}" stroke-width="${thick}"/>`;
  const parts = [
    ...ticks(low, high).flatMap((tick) => [
      line(x(tick), px.top - 6, x(tick), floor, tick === 0 ? faint : rule),
      text([x(tick), floor + 18], tick === 0 ? "chance" : tick.toFixed(1), { fill: faint, anchor: "middle" }),
    ]),
    text([px.left, floor + 36], "average precision beyond chance, on pictures the label was not chosen on", {
      fill: faint,
    }),
    text([width - px.right + 16, px.top - 14], "mean (95 %)", { fill: faint }),
  ];
  kinds.forEach(({ name, directions }, k) => {
    const middle = px.top + (k + 0.5) * px.row;
    const colour = colourOf(name);
    const { value, low: from, high: to } = comparison.kinds[k].means.precision;
    parts.push(
      text([0, middle + 5], heading(name), { size: 15, bold: name === "unit" }),
      ...directions.map((one, i) => {
        // A fixed scatter: golden steps spread dots evenly, whatever their number.
        const offset = (((i + 1) * 0.618034) % 1) - 0.5;
        return `<circle cx="${round(x(one.beyondChance))}" cy="${round(middle + offset * 22)}" r="3" fill="${colour}" fill-opacity="0.38"/>`;
      }),
      line(x(from), middle, x(to), middle, ink, 2.5),
      line(x(value), middle - 10, x(value), middle + 10, ink, 2.5),
      text([width - px.right + 16, middle + 5], `${decimal(value)} (${decimal(from)}–${decimal(to)})`),
    );
  });
  return { width, height, svg: parts.join("") };
}

function ticks(low: number, high: number): number[] {
  const step = high - low > 0.5 ? 0.2 : 0.1;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => (first + i) * step).map((v) => Math.round(v * 10) / 10 + 0);
}

/** Two decimals, with a minus sign proper. */
function decimal(value: number): string {
  const text = value.toFixed(2);
  return Number(text) === 0 ? "0.00" : text.replace("-", "−");
}

const round = (value: number) => Math.round(value * 10) / 10;
