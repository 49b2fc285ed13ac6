/** @file drawStudy: explained variance against sparsity, a chart for each layer: what it makes, and its controls. */
import type { ExplainedShare, StudyKind } from "@noema/lenses";
import { wrapped } from "../../factors/draw-view.js";
import { niceTicks } from "../../factors/ticks.js";
import { drawSvg, escapeXml } from "../../pictures/lettering.js";
import type { Pixels } from "../../pictures/png.js";
import { fitText, textWidth } from "../../pictures/text-width.js";
import type { StudiedLayer } from "./study-file.js";

const ink = "#1c1c1c";
const faint = "#6b6b6b";
const rule = "#e2dfd8";

/** What each kind is called and drawn as: what is the network's own in full lines, what is made of it in broken ones. */
const kindLooks: Readonly<
  Record<StudyKind, { readonly words: string; readonly colour: string; readonly dashes: string }>
> = {
  layer: { words: "the layer", colour: "#b3402a", dashes: "" },
  gaussian: { words: "Gaussian, same covariance", colour: "#b3402a", dashes: "3 5" },
  shuffled: { words: "coordinates shuffled", colour: "#c79a2b", dashes: "9 5" },
  untrained: { words: "untrained network", colour: "#27618c", dashes: "" },
  "untrained-gaussian": { words: "Gaussian of the untrained", colour: "#27618c", dashes: "3 5" },
};

/** Pixels. */
const px = {
  margin: 36,
  gap: 48,
  width: 460,
  height: 300,
  left: 46,
  right: 12,
  heading: 54,
  bottom: 46,
  legend: 24,
} as const;

export interface StudyAbout {
  readonly title: string;
  readonly subtitle: string;
}

/** One chart beside the other, three to a row. */
export function drawStudy(layers: readonly StudiedLayer[], { title, subtitle }: StudyAbout): Pixels {
  const columns = Math.min(3, layers.length);
  const width = 2 * px.margin + columns * px.width + (columns - 1) * px.gap;
  const inner = width - 2 * px.margin;
  const lines = wrapped(subtitle, inner, { size: 15, weight: 400 });
  const shown = (Object.keys(kindLooks) as StudyKind[]).filter((kind) =>
    layers.some(({ study }) => study.curves[kind] !== undefined),
  );
  const legend = legendOf(shown, inner);
  const top = px.margin + 44 + 22 * lines.length + 14 + legend.height;
  const block = px.heading + px.height + px.bottom;
  const height = top + Math.ceil(layers.length / columns) * (block + 12) + px.margin / 2;
  const charts = layers.map((layer, i) => {
    const [x, y] = [px.margin + (i % columns) * (px.width + px.gap), top + Math.floor(i / columns) * (block + 12)];
    return `<g transform="translate(${x} ${y})">${chart(layer)}</g>`;
  });
  return drawSvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${Math.ceil(height)}" font-family="Atkinson Hyperlegible">${[
      words(px.margin, px.margin + 24, fitText(title, inner, 28, 700), { size: 28, weight: 700 }),
      ...lines.map((line, i) => words(px.margin, px.margin + 58 + 22 * i, line, { size: 15, fill: faint })),
      `<g transform="translate(${px.margin} ${px.margin + 58 + 22 * lines.length})">${legend.svg}</g>`,
      ...charts,
    ].join("")}</svg>`,
  );
}

/** In as many lines as it takes. */
function legendOf(kinds: readonly StudyKind[], inner: number) {
  let [x, y] = [0, 0];
  const parts = kinds.map((kind) => {
    const look = kindLooks[kind];
    const wide = 44 + textWidth(look.words, 14, 400) + 28;
    if (x > 0 && x + wide > inner) [x, y] = [0, y + px.legend];
    const part = `<path d="M${x} ${y + 10}h34" ${stroke(kind)}/>${words(x + 44, y + 15, look.words, { size: 14 })}`;
    x += wide;
    return part;
  });
  return { svg: parts.join(""), height: y + px.legend + 14 };
}

function chart({ layer, study, verdict }: StudiedLayer): string {
  const depth = study.curves.layer!.length - 1;
  const all = Object.values(study.curves).flatMap((curve) => curve!.map(({ high }) => high));
  const most = Math.min(1, Math.max(...all) * 1.04);
  const [across, down] = [px.width - px.left - px.right, px.height];
  const x = (k: number) => round(px.left + (across * k) / depth);
  const y = (share: number) => round(px.heading + down * (1 - Math.max(0, share) / most));
  const ticks = niceTicks(0, most, 5);
  const grid = ticks.map(
    (tick) =>
      `<line x1="${px.left}" x2="${px.width - px.right}" y1="${y(tick)}" y2="${y(tick)}" stroke="${rule}"/>${words(px.left - 8, y(tick) + 4, `${Math.round(100 * tick)} %`, { size: 13, fill: faint, anchor: "end" })}`,
  );
  const floor = px.heading + down;
  const below = niceTicks(0, depth, Math.min(8, depth))
    .filter(Number.isInteger)
    .map((tick) => words(x(tick), floor + 20, `${tick}`, { size: 13, fill: faint, anchor: "middle" }));
  const kinds = Object.keys(study.curves) as StudyKind[];
  const bands = kinds.map((kind) => band(study.curves[kind]!, { x, y, colour: kindLooks[kind].colour }));
  const lines = [...kinds].reverse().map((kind) => {
    const path = study.curves[kind]!.map(({ value }, k) => `${x(k)} ${y(value)}`).join("L");
    return `<path d="M${path}" ${stroke(kind)}/>`;
  });
  return [
    words(0, 18, fitText(layer, px.width, 18, 700), { size: 18, weight: 700 }),
    words(0, 38, fitText(verdict.answer, px.width, 14, 400), { size: 14, fill: verdict.exceeds ? "#2f6b3a" : faint }),
    ...grid,
    ...below,
    ...bands,
    ...lines,
    words(px.left, floor + 40, "atoms of a vector; explained variance of held-out vectors", { size: 13, fill: faint }),
  ].join("");
}

/** The 95 % intervals. */
function band(
  curve: readonly ExplainedShare[],
  { x, y, colour }: { x: (k: number) => number; y: (share: number) => number; colour: string },
): string {
  const above = curve.map(({ high }, k) => `${x(k)} ${y(high)}`);
  const under = curve.map(({ low }, k) => `${x(k)} ${y(low)}`).reverse();
  return `<path d="M${[...above, ...under].join("L")}Z" fill="${colour}" fill-opacity="0.14"/>`;
}

function stroke(kind: StudyKind): string {
  const { colour, dashes } = kindLooks[kind];
  return `stroke="${colour}" stroke-width="2.5" stroke-linecap="round" fill="none"${dashes === "" ? "" : ` stroke-dasharray="${dashes}"`}`;
}

interface WordsOptions {
  readonly size: number;
  readonly weight?: 400 | 700;
  readonly fill?: string;
  readonly anchor?: "start" | "middle" | "end";
}

function words(
  x: number,
  y: number,
  text: string,
  { size, weight = 400, fill = ink, anchor = "start" }: WordsOptions,
): string {
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${escapeXml(text)}</text>`;
}

const round = (value: number) => Math.round(value * 10) / 10;
