/** @file An animation of pictures of one size, as WebP. */
import { NoemaError } from "@noema/engine";
import sharp from "sharp";
import type { Pixels } from "./png.js";

/** WebP's largest side, and what sharp is given in one piece. */
const largestSide = 16383;
const mostBytes = 2 ** 31 - 1;

export interface AnimationOptions {
  /** Milliseconds that a frame is shown, or each of them; and the last one. */
  readonly delayMs?: number | readonly number[];
  readonly lastMs?: number;
  /** Of WebP: 0..100, default 90; and how hard it tries to make the file small, 0..6, default 4. */
  readonly quality?: number;
  readonly effort?: number;
}

/**
 * Refuses, before the work, what could not be written later.
 *
 * @param advice where it was asked for, and what to do
 * @throws NoemaError FRAMES_TOO_LARGE
 */
export function checkAnimation(
  frames: number,
  { width, height, channels }: Omit<Pixels, "data">,
  advice = { where: "--frames", remedy: "Take fewer with --every, or smaller ones with --size." },
): void {
  const bytes = frames * width * height * channels;
  if (bytes <= mostBytes && width <= largestSide && height <= largestSide) return;
  throw new NoemaError("FRAMES_TOO_LARGE", {
    ...advice,
    found: `${frames} frames of ${width}×${height}`,
    needed: `together they must take less than 2 GB, and no side may be longer than ${largestSide}`,
  });
}

/** Plays once more and again; the last frame stays for a while. */
export async function encodeAnimation(frames: readonly Pixels[], options: AnimationOptions = {}): Promise<Uint8Array> {
  const { delayMs = 60, quality = 90, effort = 4 } = options;
  const { lastMs = typeof delayMs === "number" ? 1500 : delayMs.at(-1)! } = options;
  const [{ width, height, channels, data }] = frames;
  const all = new Uint8Array(frames.length * data.length);
  frames.forEach((frame, i) => {
    all.set(frame.data, i * data.length);
  });
  const delay = frames.map((_, i) =>
    i === frames.length - 1 ? lastMs : typeof delayMs === "number" ? delayMs : delayMs[i],
  );
  return sharp(all, {
    raw: { width, height: height * frames.length, channels, pageHeight: height },
    limitInputPixels: false,
  })
    .webp({ quality, effort, delay, loop: 0 })
    .toBuffer();
}
