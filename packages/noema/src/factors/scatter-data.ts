/** @file scatterData: a scatter as the page draws it: places in 16 bits, classes in 8, and what each is drawn as. */
import type { Scatter } from "@noema/lenses";
import sharp from "sharp";
import { cellPixels, type PictureShape } from "./cell.js";
import { classColours, classShapes, type Legend, legendOf, otherColour } from "./class-colours.js";
import { axisWords, meansOf, pointStyle, rangeOf } from "./scatter-plot.js";
import { niceTicks, tickText } from "./ticks.js";

/** The pictures of the points, shown where one points at them. */
export interface ScatterPictures {
  readonly shape: PictureShape;
  /** N×C×H×W, 0..1 */
  readonly pictures: Float32Array;
}

/** WebP's largest side. */
const largestSide = 16383;

interface AxisData {
  readonly name: string;
  /** Where each point is: 16 bits, little-endian, 0 to 65535 along the axis; base64. */
  readonly places: string;
  /** Where, as a share of the axis, and what is written there. */
  readonly ticks: readonly (readonly [number, string])[];
}

/** What the script reads. */
interface ScatterData {
  readonly count: number;
  readonly point: { readonly radius: number; readonly opacity: number };
  readonly axes: readonly AxisData[];
  readonly colours: typeof classColours;
  readonly other: typeof otherColour;
  readonly shapes: typeof classShapes;
  readonly factors: readonly {
    readonly name: string;
    readonly entries: Legend["entries"];
    /** Which entry each point has: 8 bits; base64. */
    readonly of: string;
    /** Which entry, and where its points have their middle, as shares of the axes. */
    readonly means: readonly (readonly [number, number, number])[];
  }[];
}

export function scatterData(scatter: Scatter): ScatterData {
  const { x, y, axes, factors } = scatter;
  const axis = (values: Float32Array, name: string): AxisData => {
    const [low, high] = rangeOf(values);
    const quantized = Uint16Array.from(values, (v) => Math.round((65535 * (v - low)) / (high - low)));
    const ticks = niceTicks(low, high, 8);
    return {
      name,
      places: base64(new Uint8Array(quantized.buffer)),
      ticks: ticks.map((tick) => [share(tick, low, high), tickText(tick, ticks)]),
    };
  };
  const [rangeX, rangeY] = [rangeOf(x), rangeOf(y)];
  const all = { name: "nothing", values: ["pictures"], of: new Uint8Array(x.length) };
  return {
    count: x.length,
    point: pointStyle(x.length),
    axes: [axis(x, axisWords(axes[0])), axis(y, axisWords(axes[1]))],
    colours: classColours,
    other: otherColour,
    shapes: classShapes,
    factors: (factors.length === 0 ? [all] : factors).map((factor) => {
      const legend = legendOf(factor);
      return {
        name: factor.name,
        entries: legend.entries,
        of: base64(legend.of),
        means: meansOf(scatter, legend).map(({ entry, at }) => [
          legend.entries.indexOf(entry),
          share(at[0], ...rangeX),
          share(at[1], ...rangeY),
        ]),
      };
    }),
  };
}

/** All pictures in one, row by row: its address, and how it is cut up. Undefined where they do not fit into one. */
export async function scatterSprite({ shape, pictures }: ScatterPictures, count: number) {
  const columns = Math.ceil(Math.sqrt(count));
  const rows = Math.ceil(count / columns);
  const [width, height] = [columns * shape.width, rows * shape.height];
  if ((shape.channels !== 1 && shape.channels !== 3) || Math.max(width, height) > largestSide) return undefined;
  const length = shape.channels * shape.height * shape.width;
  const data = new Uint8Array(width * height * shape.channels);
  for (let i = 0; i < count; i++) {
    const cell = cellPixels(pictures.subarray(i * length, (i + 1) * length), shape);
    const [left, top] = [(i % columns) * shape.width, Math.floor(i / columns) * shape.height];
    for (let y = 0; y < shape.height; y++) {
      const row = cell.data.subarray(y * shape.width * shape.channels, (y + 1) * shape.width * shape.channels);
      data.set(row, ((top + y) * width + left) * shape.channels);
    }
  }
  const webp = await sharp(data, { raw: { width, height, channels: shape.channels }, limitInputPixels: false })
    .webp({ quality: 60 })
    .toBuffer();
  return {
    source: `data:image/webp;base64,${webp.toString("base64")}`,
    columns,
    width: shape.width,
    height: shape.height,
  };
}

const share = (value: number, low: number, high: number) => Number(((value - low) / (high - low)).toFixed(5));

/** Little-endian, as every machine that runs us is. */
const base64 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
