/** @file drawScatter: pictures as points of their latents, coloured by a factor, with axes and a legend. */
import type { Scatter } from "@noema/lenses";
import { drawSvg, escapeXml } from "../pictures/lettering.js";
import type { Pixels } from "../pictures/png.js";
import { fitText, textWidth } from "../pictures/text-width.js";
import { classColours, classShapes, type Legend, legendOf, otherColour } from "./class-colours.js";
import { wrapped } from "./draw-view.js";
import { readings } from "./reading.js";
import { niceTicks, tickText } from "./ticks.js";

export interface ScatterPlotOptions {
  /** Name of the factor that gives the colours. Default: the first. */
  readonly factor?: string;
  /** Default: "Scatter", and the factor. */
  readonly title?: string;
}

const ink = "#1c1c1c";
const faint = "#6b6b6b";
const rule = "#e7e4dd";

const px = { margin: 36, left: 64, plot: 720, legend: 240, line: 23, bottom: 58 } as const;

/** How large and how opaque points are: many lie over each other. */
export function pointStyle(count: number): { readonly radius: number; readonly opacity: number } {
  if (count > 3000) return { radius: 2.2, opacity: 0.5 };
  return count > 600 ? { radius: 3, opacity: 0.65 } : { radius: 4.2, opacity: 0.85 };
}

export function drawScatter(scatter: Scatter, options: ScatterPlotOptions = {}): Pixels {
  const { x, y, axes, factors } = scatter;
  const factor = factors.find(({ name }) => name === options.factor) ?? factors[0];
  const legend = legendOf(factor ?? { values: ["pictures"], of: new Uint8Array(x.length) });
  const title = options.title ?? (factor === undefined ? "Scatter" : `Scatter, coloured by ${factor.name}`);
  const columns = Math.max(1, Math.ceil(legend.entries.length / 24));
  const legendPx = legendWidth(legend, factor?.name ?? "");
  const width = px.margin + px.left + px.plot + (factor === undefined ? 0 : 36 + columns * legendPx) + px.margin;
  const parts: string[] = [];
  const write = (words: string, [atX, atY]: readonly [number, number], style: TextStyle = {}) =>
    parts.push(textAt(words, [atX, atY], style));
  let top = px.margin + 28;
  write(fitText(title, width - 2 * px.margin, 28, 700), [px.margin, top], { size: 28, bold: true });
  top += 8;
  for (const line of wrapped(
    `${readings.scatter.words} ${factor === undefined ? "" : "The large markers are the means. "}${varianceWords(scatter)}`,
    900,
    { size: 15, weight: 400 },
  )) {
    top += 22;
    write(line, [px.margin, top], { size: 15, fill: faint });
  }
  top += 30;
  const [atX, atY] = [scaleOf(x, px.plot), scaleOf(y, px.plot)];
  const left = px.margin + px.left;
  const place = (i: number): [number, number] => [left + atX.place(x[i]), top + px.plot - atY.place(y[i])];
  for (const tick of atX.ticks) {
    const at = left + atX.place(tick);
    parts.push(line([at, top], [at, top + px.plot], tick === 0 ? faint : rule));
    write(tickText(tick, atX.ticks), [at, top + px.plot + 20], { fill: faint, anchor: "middle" });
  }
  for (const tick of atY.ticks) {
    const at = top + px.plot - atY.place(tick);
    parts.push(line([left, at], [left + px.plot, at], tick === 0 ? faint : rule));
    write(tickText(tick, atY.ticks), [left - 10, at + 4.5], { fill: faint, anchor: "end" });
  }
  write(axisWords(axes[0]), [left + px.plot / 2, top + px.plot + 44], { anchor: "middle" });
  parts.push(
    `<g transform="translate(${px.margin + 10} ${top + px.plot / 2}) rotate(-90)">${textAt(axisWords(axes[1]), [0, 0], { anchor: "middle" })}</g>`,
  );
  parts.push(points(legend, x.length, place));
  for (const { entry, at } of meansOf(scatter, legend)) {
    const [meanX, meanY] = [left + atX.place(at[0]), top + px.plot - atY.place(at[1])];
    parts.push(marker(undefined, [meanX, meanY], 9.5, 1, "#ffffff"), marker(entry.style, [meanX, meanY], 7.5, 1));
  }
  if (factor !== undefined) {
    const legendX = left + px.plot + 36;
    write(fitText(factor.name, columns * legendPx, 15, 700), [legendX, top + 12], { size: 15, bold: true });
    legend.entries.forEach(({ name, count, style }, i) => {
      const at = [legendX + Math.floor(i / 24) * legendPx, top + 22 + ((i % 24) + 0.5) * px.line] as const;
      parts.push(marker(style, [at[0] + 6, at[1]], 5.5, 1));
      const many = count.toLocaleString("en-US");
      const room = legendPx - 34 - textWidth(many, 13, 400) - 12;
      const shown = fitText(name, room, 14, 400);
      write(shown, [at[0] + 20, at[1] + 5], { size: 14 });
      write(many, [at[0] + 28 + textWidth(shown, 14, 400), at[1] + 5], { fill: faint });
    });
  }
  const height = top + px.plot + px.bottom + px.margin - 10;
  return drawSvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="Atkinson Hyperlegible">${parts.join("")}</svg>`,
  );
}

/** How much of what varies the two axes show. */
export function varianceWords({ axes, projected }: Scatter): string {
  if (!projected) return "";
  const both = axes[0].share + axes[1].share;
  return `Of the latents’ variance, these two directions hold ${(100 * both).toFixed(0)} %.`;
}

export function axisWords({ name, share }: Scatter["axes"][number]): string {
  return share > 0 && share < 1 ? `${name}, ${(100 * share).toFixed(0)} % of the variance` : name;
}

interface Mean {
  readonly entry: Legend["entries"][number];
  readonly at: readonly [number, number];
}

/** Where the points of each class have their middle. */
export function meansOf({ x, y }: Scatter, { entries, of }: Legend): Mean[] {
  const sums = entries.map(() => [0, 0]);
  for (let i = 0; i < of.length; i++) {
    sums[of[i]][0] += x[i];
    sums[of[i]][1] += y[i];
  }
  return entries.flatMap((entry, e) =>
    entry.style === undefined || entries.length < 2
      ? []
      : [{ entry, at: [sums[e][0] / entry.count, sums[e][1] / entry.count] }],
  );
}

function legendWidth({ entries }: Legend, name: string): number {
  const widths = entries.map(
    (entry) => textWidth(entry.name, 14, 400) + textWidth(entry.count.toLocaleString("en-US"), 13, 400) + 60,
  );
  return Math.ceil(Math.min(px.legend, Math.max(120, textWidth(name, 15, 700), ...widths)));
}

function scaleOf(values: Float32Array, length: number) {
  const [low, high] = rangeOf(values);
  return { place: (value: number) => (length * (value - low)) / (high - low), ticks: niceTicks(low, high, 9) };
}

/** From the least to the largest, and a little beyond. */
export function rangeOf(values: Float32Array): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of values) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  const beyond = high > low ? 0.03 * (high - low) : Math.max(0.5, 0.1 * Math.abs(high));
  return [low - beyond, high + beyond];
}

/** In an order that favours no class: by golden steps through the data. */
function points({ entries, of }: Legend, count: number, place: (i: number) => [number, number]): string {
  const { radius, opacity } = pointStyle(count);
  const order = Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => ((a * 0.618034) % 1) - ((b * 0.618034) % 1) || a - b,
  );
  return order.map((i) => marker(entries[of[i]].style, place(i), radius, opacity)).join("");
}

function marker(
  style: Legend["entries"][number]["style"],
  [x, y]: readonly [number, number],
  radius: number,
  opacity: number,
  colour: string = style === undefined ? otherColour.onLight : classColours.onLight[style.colour],
): string {
  const paint = `fill="${colour}"${opacity < 1 ? ` fill-opacity="${opacity}"` : ""}`;
  const shape = classShapes[style?.shape ?? 0];
  if (shape === "circle") return `<circle cx="${round(x)}" cy="${round(y)}" r="${radius}" ${paint}/>`;
  return `<path d="${shapePath(shape, radius)}" transform="translate(${round(x)} ${round(y)})" ${paint}/>`;
}

/** Of the area of a circle of this radius, around 0, 0. */
function shapePath(shape: Exclude<(typeof classShapes)[number], "circle">, radius: number): string {
  const corner = { square: Math.PI / 4, triangle: Math.PI / 2, diamond: Math.PI / 2 }[shape];
  const sides = shape === "triangle" ? 3 : 4;
  const reach = radius * Math.sqrt(Math.PI / ((sides / 2) * Math.sin((2 * Math.PI) / sides)));
  const at = Array.from({ length: sides }, (_, i) => {
    const angle = corner + (2 * Math.PI * i) / sides;
    return `${round(reach * Math.cos(angle))} ${round(-reach * Math.sin(angle))}`;
  });
  return `M${at.join("L")}Z`;
}

interface TextStyle {
  readonly size?: number;
  readonly fill?: string;
  readonly anchor?: "start" | "middle" | "end";
  readonly bold?: boolean;
}

function textAt(words: string, [x, y]: readonly [number, number], style: TextStyle): string {
  const { size = 13, fill = ink, anchor = "start", bold = false } = style;
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${fill}" text-anchor="${anchor}"${bold ? ' font-weight="700"' : ""}>${escapeXml(words)}</text>`;
}

function line([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number], stroke: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${stroke}"/>`;
}

const round = (value: number) => Math.round(value * 100) / 100;
