/** @file drawCurves: how figures went during training, a small line chart for each, in the colours of the page. */
import { escapeXml as text } from "../pictures/lettering.js";
import { niceTicks, tickText } from "./ticks.js";

export interface CurvePoint {
  readonly epoch: number;
  /** What was measured; a chart each. */
  readonly name: string;
  readonly value: number;
  /** On what, such as "training" and "held out"; a line each. */
  readonly series?: string;
}

const size = { width: 360, height: 210, left: 50, right: 14, top: 12, bottom: 30 } as const;

/** Curves that fall further than so many times are drawn by their logarithm. */
const widestRatio = 30;

/** @returns HTML: a figure for each name, in the order of their first points; numbers that are not finite are left out */
export function drawCurves(points: readonly CurvePoint[], bestEpoch?: number): string {
  const names = [...new Set(points.map(({ name }) => name))];
  const series = [...new Set(points.map((point) => point.series ?? ""))];
  return names
    .map((name) => {
      const own = points.filter((point) => point.name === name && Number.isFinite(point.value));
      return own.length === 0 ? "" : chart(name, own, { series, bestEpoch });
    })
    .join("\n");
}

function chart(
  name: string,
  points: readonly CurvePoint[],
  { series, bestEpoch }: { series: readonly string[]; bestEpoch: number | undefined },
): string {
  const values = points.map(({ value }) => value);
  const epochs = points.map(({ epoch }) => epoch);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const byLog = least > 0 && most / least > widestRatio;
  const scale = byLog ? Math.log10 : (value: number) => value;
  const [low, high] = most > least ? [scale(least), scale(most)] : [scale(least) - 0.5, scale(most) + 0.5];
  const [first, last] = [Math.min(...epochs), Math.max(...epochs)];
  const across = size.width - size.left - size.right;
  const down = size.height - size.top - size.bottom;
  const x = (epoch: number) =>
    round(size.left + (last > first ? (across * (epoch - first)) / (last - first) : across / 2));
  const y = (value: number) => round(size.top + down * (1 - (scale(value) - low) / (high - low)));
  const ticks = byLog ? powers(least, most) : niceTicks(low, high, 4);
  const lines = series.flatMap((one, s) => {
    const own = points.filter((point) => (point.series ?? "") === one).sort((a, b) => a.epoch - b.epoch);
    if (own.length === 0) return [];
    const path = own.map(({ epoch, value }) => `${x(epoch)} ${y(value)}`).join("L");
    const end = own[own.length - 1];
    return [
      `<path class="line s${s % 4}" d="M${path}"/><circle class="end s${s % 4}" cx="${x(end.epoch)}" cy="${y(end.value)}" r="3.5"/>`,
    ];
  });
  const ends = series.flatMap((one, s) => {
    const own = points.filter((point) => (point.series ?? "") === one);
    const end = own.reduce((a, b) => (b.epoch >= a.epoch ? b : a), own[0]);
    return end === undefined ? [] : [`<span class="s${s % 4}">${text(`${one} `)}<b>${figure(end.value)}</b></span>`];
  });
  const best =
    bestEpoch === undefined || bestEpoch < first || bestEpoch > last
      ? ""
      : `<line class="best" x1="${x(bestEpoch)}" x2="${x(bestEpoch)}" y1="${size.top}" y2="${size.top + down}"/>`;
  const grid = ticks.map(
    (tick) =>
      `<line class="rule" x1="${size.left}" x2="${size.width - size.right}" y1="${y(tick)}" y2="${y(tick)}"/><text x="${size.left - 7}" y="${y(tick) + 4}" text-anchor="end">${byLog ? power(tick) : tickText(tick, ticks)}</text>`,
  );
  const marks = niceTicks(first, last, 5).filter(Number.isInteger);
  const below = marks.map((tick) => `<text x="${x(tick)}" y="${size.height - 10}" text-anchor="middle">${tick}</text>`);
  const label = `${name} from epoch ${first} to ${last}: ${figure(values[0])} to ${figure(values[values.length - 1])}`;
  return `<figure class="curve"><figcaption><b>${text(name)}</b>${byLog ? " <small>logarithmic</small>" : ""}<span class="ends">${ends.join("")}</span></figcaption><svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${text(label)}">${grid.join("")}${below.join("")}${best}${lines.join("")}</svg></figure>`;
}

/** Powers of ten within; where there is none, the ends. */
function powers(least: number, most: number): number[] {
  const first = Math.ceil(Math.log10(least));
  const found = Array.from(
    { length: Math.max(0, Math.floor(Math.log10(most)) - first + 1) },
    (_, i) => 10 ** (first + i),
  );
  return found.length === 0 ? [least, most] : found;
}

const power = (value: number) =>
  value >= 0.001 && value < 1e5
    ? `${Number(value.toPrecision(2))}`
    : value.toExponential(0).replace("-", "−").replace("+", "");

/** Four digits. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "not finite";
  const small = value !== 0 && Math.abs(value) < 1e-3;
  const shown = small || Math.abs(value) >= 1e6 ? value.toExponential(2) : `${Number(value.toPrecision(4))}`;
  return shown.replace("-", "−").replace("e−", "e−").replace("e+", "e");
}

const round = (value: number) => Math.round(value * 10) / 10;
