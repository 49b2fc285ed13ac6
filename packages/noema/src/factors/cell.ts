/** @file cellPixels: a small picture as pixels to be looked at: within 0..1, and larger by a whole factor. */
import type { View } from "@noema/lenses";
import { type Pixels, pixelsOf } from "../pictures/png.js";

export type PictureShape = View["picture"];

export interface CellOptions {
  /** How many pixels a side of one becomes; a whole number. Default 1. */
  readonly factor?: number;
  /** `smooth`: interpolated, as the eye sees a small picture. `pixels`: squares. */
  readonly enlarged?: "smooth" | "pixels";
  /**
   * What is darker than black or lighter than white. `clip`: is black or white. `rescale`: a picture that has some is drawn
   * with less contrast, so that all of it shows; one that has none is left as it is.
   */
  readonly outside?: "clip" | "rescale";
}

/** @param picture C×H×W */
export function cellPixels(picture: Float32Array, shape: PictureShape, options: CellOptions = {}): Pixels {
  const { factor = 1, enlarged = "smooth", outside = "clip" } = options;
  const { channels, height, width } = shape;
  const shown = outside === "clip" ? picture.map((v) => Math.min(1, Math.max(0, v))) : rescaled(picture);
  const size = { batch: 1, channels, height: factor * height, width: factor * width };
  if (factor === 1) return pixelsOf(shown, size, 0);
  const larger = new Float32Array(shown.length * factor * factor);
  for (let c = 0; c < channels; c++) {
    const plane = shown.subarray(c * height * width, (c + 1) * height * width);
    larger.set(largerPlane(plane, shape, { factor, enlarged }), c * plane.length * factor * factor);
  }
  return pixelsOf(larger, size, 0);
}

/** How many pixels wide a picture of this shape comes out, times `factor`: other than grey or colours stand side by side. */
export function cellWidth({ channels, width }: PictureShape): number {
  return channels === 1 || channels === 3 ? width : channels * width;
}

function rescaled(picture: Float32Array): Float32Array {
  let [low, high] = [0, 1];
  for (const v of picture) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  return picture.map((v) => (v - low) / (high - low));
}

function largerPlane(
  plane: Float32Array,
  { height, width }: PictureShape,
  { factor, enlarged }: { factor: number; enlarged: "smooth" | "pixels" },
): Float32Array {
  const out = new Float32Array(plane.length * factor * factor);
  if (enlarged === "pixels") {
    for (let i = 0; i < out.length; i++) {
      const [x, y] = [i % (factor * width), Math.floor(i / (factor * width))];
      out[i] = plane[Math.floor(y / factor) * width + Math.floor(x / factor)];
    }
    return out;
  }
  // First along the rows, then down the columns.
  const wide = new Float32Array(plane.length * factor);
  const [across, down] = [taps(width, factor), taps(height, factor)];
  for (let y = 0; y < height; y++)
    blend(plane, wide, { taps: across, from: [y * width, 1], to: [y * factor * width, 1] });
  for (let x = 0; x < factor * width; x++)
    blend(wide, out, { taps: down, from: [x, factor * width], to: [x, factor * width] });
  return out;
}

/** Four places and four weights for every pixel to be drawn. */
interface Taps {
  readonly places: Uint16Array;
  readonly weights: Float64Array;
}

/** The cubic curve through the four pixels around a place (Catmull and Rom 1974); beyond the edge, the edge goes on. */
function taps(count: number, factor: number): Taps {
  const places = new Uint16Array(4 * count * factor);
  const weights = new Float64Array(4 * count * factor);
  for (let to = 0; to < count * factor; to++) {
    const place = (to + 0.5) / factor - 0.5;
    const low = Math.floor(place);
    const t = place - low;
    for (let k = 0; k < 4; k++) places[4 * to + k] = Math.min(count - 1, Math.max(0, low - 1 + k));
    weights.set(
      [
        (t * (2 * t - 1 - t * t)) / 2,
        (2 - 5 * t * t + 3 * t ** 3) / 2,
        (t * (1 + 4 * t - 3 * t * t)) / 2,
        (t ** 3 - t * t) / 2,
      ],
      4 * to,
    );
  }
  return { places, weights };
}

/** One line of pixels; `from` and `to` say where it begins and how far apart its pixels are. */
function blend(
  source: Float32Array,
  out: Float32Array,
  {
    taps: { places, weights },
    from,
    to,
  }: { taps: Taps; from: readonly [number, number]; to: readonly [number, number] },
): void {
  for (let i = 0; i < places.length / 4; i++) {
    let sum = 0;
    for (let k = 4 * i; k < 4 * i + 4; k++) sum += weights[k] * source[from[0] + places[k] * from[1]];
    out[to[0] + i * to[1]] = sum;
  }
}
