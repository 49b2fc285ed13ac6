/** @file Charts of atoms as parts of an SVG: lines and bars, in colours for a picture on white or for a page. */
import { niceTicks, tickText } from "../factors/ticks.js";
import { drawSvg, escapeXml } from "../pictures/lettering.js";
import type { Pixels } from "../pictures/png.js";
import { fitText } from "../pictures/text-width.js";

interface ChartColours {
  readonly ink: string;
  readonly faint: string;
  readonly rule: string;
  /** Of the first line, the second …; bars have the first. */
  readonly series: readonly string[];
}

/** On white. */
export const onPaper: ChartColours = {
  ink: "#1c1c1c",
  faint: "#6b6b6b",
  rule: "#d9d6cf",
  series: ["#c2370e", "#27618c"],
};

/** As the style of a page has them, by day and by night. */
export const onPage: ChartColours = {
  ink: "var(--ink)",
  faint: "var(--faint)",
  rule: "var(--rule)",
  series: ["var(--mark)", "var(--second)"],
};

/** Pixels, with the words around the plot. */
export const chartSize = { width: 500, height: 330 } as const;

const plot = { left: 52, top: 48, width: 436, height: 228 } as const;

interface Axis {
  /** What it counts. */
  readonly words: string;
  readonly range?: readonly [number, number];
  readonly ticks?: readonly number[];
  readonly tick?: (value: number) => string;
}

interface Chart {
  readonly heading: string;
  /** Under the heading. */
  readonly note?: string;
  readonly x: Axis;
  readonly y: Axis;
}

export interface LineChart extends Chart {
  readonly lines: readonly {
    readonly name?: string;
    readonly points: readonly (readonly [x: number, y: number])[];
    /** Whether each point is drawn, of few. */
    readonly dots?: boolean;
    /** Said beside the last point. */
    readonly end?: string;
  }[];
}

export interface BarChart extends Chart {
  /** From and to along x, and how high. */
  readonly bars: readonly { readonly from: number; readonly to: number; readonly height: number }[];
}

/** @returns SVG: what stands in a picture of `chartSize` */
export function lineChart({ lines, ...chart }: LineChart, colours: ChartColours): string {
  const points = lines.flatMap((line) => line.points).filter((point) => point.every(Number.isFinite));
  const frame = frameOf(chart, points, colours);
  const drawn = lines.map((line, i) => {
    const colour = colours.series[i % colours.series.length];
    const own = line.points.filter((point) => point.every(Number.isFinite));
    if (own.length === 0) return "";
    const path = own.map(([x, y]) => `${frame.x(x)} ${frame.y(y)}`).join("L");
    const dots = line.dots === true ? own : own.slice(-1);
    const [lastX, lastY] = own[own.length - 1];
    const above = frame.y(lastY) - 10 < plot.top + 12 ? frame.y(lastY) + 20 : frame.y(lastY) - 10;
    const end =
      line.end === undefined
        ? ""
        : label(Math.min(frame.x(lastX) + 4, plot.left + plot.width), above, line.end, {
            fill: colour,
            anchor: "end",
            weight: 700,
          });
    return `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"/>${dots
      .map(([x, y]) => `<circle cx="${frame.x(x)}" cy="${frame.y(y)}" r="3.5" fill="${colour}"/>`)
      .join("")}${end}`;
  });
  const named = lines.filter(({ name }) => name !== undefined);
  const legend = named.map(({ name }, i) =>
    label(plot.left + plot.width - 90 * (named.length - 1 - i), 16, name!, {
      fill: colours.series[lines.findIndex((one) => one.name === name) % colours.series.length],
      anchor: "end",
      weight: 700,
    }),
  );
  return `${frame.drawn}${drawn.join("")}${legend.join("")}`;
}

/** @returns SVG: what stands in a picture of `chartSize` */
export function barChart({ bars, ...chart }: BarChart, colours: ChartColours): string {
  const corners = bars.flatMap(({ from, to, height }) => [[from, 0] as const, [to, height] as const]);
  const frame = frameOf(chart, corners, colours);
  const floor = plot.top + plot.height;
  const drawn = bars.map(({ from, to, height }) => {
    if (height === 0) return "";
    const [left, right, top] = [frame.x(from), frame.x(to), Math.min(frame.y(height), floor - 1)];
    return `<rect x="${left}" y="${top}" width="${round(Math.max(1, right - left - 1))}" height="${round(floor - top)}" fill="${colours.series[1]}"/>`;
  });
  return `${frame.drawn}${drawn.join("")}`;
}

function frameOf(
  { heading, note, x, y }: Chart,
  points: readonly (readonly [number, number])[],
  { ink, faint, rule }: ChartColours,
) {
  const [xRange, yRange] = [x, y].map((axis, i) => axis.range ?? reach(points.map((point) => point[i])));
  const at = {
    x: (value: number) => round(plot.left + (plot.width * (value - xRange[0])) / (xRange[1] - xRange[0])),
    y: (value: number) => {
      const share = (value - yRange[0]) / (yRange[1] - yRange[0]);
      // What falls below the range is drawn at its end.
      return round(plot.top + plot.height * (1 - Math.max(0, Math.min(1, share))));
    },
  };
  const yTicks = y.ticks ?? niceTicks(yRange[0], yRange[1], 5);
  const xTicks = x.ticks ?? niceTicks(xRange[0], xRange[1], 6);
  const tickOf = (axis: Axis, ticks: readonly number[], value: number) => axis.tick?.(value) ?? tickText(value, ticks);
  const lines = yTicks.map(
    (tick) =>
      `<line x1="${plot.left}" x2="${plot.left + plot.width}" y1="${at.y(tick)}" y2="${at.y(tick)}" stroke="${rule}"/>${label(plot.left - 8, at.y(tick) + 4, tickOf(y, yTicks, tick), { fill: faint, anchor: "end" })}`,
  );
  const floor = plot.top + plot.height;
  const marks = xTicks.map((tick) =>
    label(at.x(tick), floor + 20, tickOf(x, xTicks, tick), { fill: faint, anchor: "middle" }),
  );
  const words = [
    label(0, 16, heading, { fill: ink, size: 17, weight: 700 }),
    note === undefined ? "" : label(0, 35, fitText(note, chartSize.width, 13, 400), { fill: faint }),
    label(plot.left + plot.width, floor + 42, x.words, { fill: faint, anchor: "end" }),
    label(plot.left, floor + 42, y.words === "" ? "" : `up: ${y.words}`, { fill: faint }),
  ];
  return { ...at, drawn: `${lines.join("")}${marks.join("")}${words.join("")}` };
}

/** A range that is not empty. */
function reach(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0) return [0, 1];
  if (high > low) return [low, high];
  return [low - Math.max(0.5, Math.abs(low) / 2), high + Math.max(0.5, Math.abs(high) / 2)];
}

function label(
  x: number,
  y: number,
  words: string,
  {
    fill,
    size = 13,
    weight = 400,
    anchor = "start",
  }: { fill: string; size?: number; weight?: number; anchor?: string },
): string {
  if (words === "") return "";
  return `<text x="${x}" y="${y}" font-family="Atkinson Hyperlegible" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${escapeXml(words)}</text>`;
}

/** Charts beside each other under a title, as a picture. */
export function drawCharts(
  charts: readonly string[],
  { title, subtitle }: { title: string; subtitle: string },
): Pixels {
  const [margin, top, gap] = [32, 104, 44];
  const width = 2 * margin + charts.length * (chartSize.width + gap) - gap;
  const height = top + chartSize.height + margin - 12;
  const line = (words: string, y: number, size: number, weight: 400 | 700, fill: string) =>
    label(margin, y, fitText(words, width - 2 * margin, size, weight), { fill, size, weight });
  const placed = charts.map(
    (chart, i) => `<g transform="translate(${margin + i * (chartSize.width + gap)} ${top})">${chart}</g>`,
  );
  return drawSvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${line(title, 52, 26, 700, onPaper.ink)}${line(subtitle, 80, 15, 400, onPaper.faint)}${placed.join("")}</svg>`,
  );
}

const round = (value: number) => Math.round(value * 10) / 10;
