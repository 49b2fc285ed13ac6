/** @file Golden pictures: what a dream drew when it was last looked at, and how far from that it may be. */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const folder = fileURLToPath(new URL("./golden/", import.meta.url));

export interface GoldenSize {
  /** 1 to 4; two and four have opacity last. */
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * How far pictures may be from the golden ones, 0 … 1. Other processors round differently, and ascent amplifies that: for
 * a coefficient whose gradient is almost nothing, Adam takes as long a step as for any other, in whichever direction the
 * rounding points. In 24 steps that is not seen: noise of 1e-6 on the start moves no picture by 0.01/255, but where the slope
 * jumps, as that of total variation does, by 1.2/255 at most. Over hundreds of steps it is, so golden pictures are of few.
 */
export interface GoldenTolerance {
  /** Mean difference over all numbers. Default 2/255. */
  readonly meanTolerance?: number;
  /** Largest difference of one number. Default 24/255. */
  readonly maxTolerance?: number;
}

export interface GoldenDifference {
  readonly mean: number;
  readonly max: number;
}

export const goldenTolerance = { meanTolerance: 2 / 255, maxTolerance: 24 / 255 } as const;

/**
 * Compares pictures with `golden/NAME.png`; UPDATE_GOLDEN=1 writes that in place of comparing.
 *
 * @param pictures C×H×W, 0 … 1, or several of them one after the other, which are laid side by side
 * @throws Error where there is no golden picture, or it differs: out/golden then holds what was drawn, and the difference
 */
export async function expectGolden(
  name: string,
  pictures: Float32Array,
  size: GoldenSize,
  tolerance: GoldenTolerance = {},
): Promise<void> {
  const path = join(folder, `${name}.png`);
  const actual = sideBySide(pictures, size);
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(folder, { recursive: true });
    return writePng(path, actual);
  }
  if (!existsSync(path)) {
    const shown = await writeAside(`${name}.actual.png`, actual);
    throw new Error(`There is no golden picture "${name}". Look at ${shown}, then run again with UPDATE_GOLDEN=1.`);
  }
  const golden = await readPng(path);
  const { mean, max } = difference(name, actual, golden);
  const { meanTolerance, maxTolerance } = { ...goldenTolerance, ...tolerance };
  if (mean <= meanTolerance && max <= maxTolerance) return;
  const shown = await writeAside(`${name}.actual.png`, actual);
  const apart = actual.data.map((v, i) => Math.min(1, 4 * Math.abs(v - golden.data[i])));
  await writeAside(`${name}.difference.png`, { ...actual, data: apart });
  const parts = (v: number) => `${(255 * v).toFixed(2)}/255`;
  throw new Error(
    `"${name}" is not the golden picture any more: differs by ${parts(mean)} on average (at most ${parts(meanTolerance)}) ` +
      `and ${parts(max)} somewhere (at most ${parts(maxTolerance)}). See ${shown} and, four times enlarged, the difference ` +
      "beside it. If it should look like that, run again with UPDATE_GOLDEN=1.",
  );
}

/** How far two golden pictures are from each other. */
export async function goldenDifference(a: string, b: string): Promise<GoldenDifference> {
  return difference(a, await readPng(join(folder, `${a}.png`)), await readPng(join(folder, `${b}.png`)));
}

/** Row by row, channels together, 0 … 1. */
interface Raster extends GoldenSize {
  readonly data: Float32Array;
}

function sideBySide(pictures: Float32Array, { channels, height, width }: GoldenSize): Raster {
  const plane = height * width;
  const count = pictures.length / (channels * plane);
  if (!Number.isInteger(count) || count < 1 || !pictures.every((v) => v >= 0 && v <= 1)) {
    throw new Error(`${pictures.length} numbers are no pictures ${channels}×${height}×${width}, 0 … 1`);
  }
  const data = new Float32Array(pictures.length);
  pictures.forEach((v, i) => {
    const picture = Math.floor(i / (channels * plane));
    const channel = Math.floor(i / plane) % channels;
    const [y, x] = [Math.floor((i % plane) / width), i % width];
    data[(y * count * width + picture * width + x) * channels + channel] = v;
  });
  return { channels, height, width: count * width, data };
}

function difference(name: string, a: Raster, b: Raster): GoldenDifference {
  const form = ({ channels, height, width }: GoldenSize) => `${channels}×${height}×${width}`;
  if (form(a) !== form(b)) throw new Error(`"${name}" is ${form(a)}, its golden picture ${form(b)}`);
  const apart = a.data.map((v, i) => Math.abs(v - b.data[i]));
  return { mean: apart.reduce((sum, v) => sum + v) / apart.length, max: apart.reduce((most, v) => Math.max(most, v)) };
}

async function readPng(path: string): Promise<Raster> {
  const { channels } = await sharp(path).metadata();
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  // Grey arrives as three equal channels.
  const kept = channels === 1 ? [0] : channels === 2 ? [0, 3] : [...Array(channels).keys()];
  const pixels = Array.from({ length: info.width * info.height }, (_, i) =>
    kept.map((c) => data[i * info.channels + c]),
  );
  return { channels, height: info.height, width: info.width, data: Float32Array.from(pixels.flat(), (v) => v / 255) };
}

async function writePng(path: string, { channels, height, width, data }: Raster): Promise<void> {
  const bytes = Uint8Array.from(data, (v) => Math.round(255 * v));
  const raw = { width, height, channels: channels as 1 | 2 | 3 | 4 };
  const colours = channels < 3 ? "b-w" : "srgb";
  await sharp(bytes, { raw }).toColourspace(colours).png({ compressionLevel: 9 }).toFile(path);
}

async function writeAside(file: string, raster: Raster): Promise<string> {
  const path = join(root, "out/golden", file);
  mkdirSync(dirname(path), { recursive: true });
  await writePng(path, raster);
  return relative(root, path);
}
