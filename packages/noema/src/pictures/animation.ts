/** @file An animation of pictures of one size, as WebP. */
import { NoemaError } from "@noema/engine";
import sharp from "sharp";
import type { Pixels } from "./png.js";

/** WebP's largest side, and what sharp is given in one piece. */
const largestSide = 16383;
const mostBytes = 2 ** 31 - 1;

export interface AnimationOptions {
  /** Milliseconds that a frame is shown, and the last one. */
  readonly delayMs?: number;
  readonly lastMs?: number;
}

/**
 * Refuses, before the work, what could not be written later.
 *
 * @throws NoemaError FRAMES_TOO_LARGE
 */
export function checkAnimation(frames: number, { width, height, channels }: Omit<Pixels, "data">): void {
  const bytes = frames * width * height * channels;
  if (bytes <= mostBytes && width <= largestSide && height <= largestSide) return;
  throw new NoemaError("FRAMES_TOO_LARGE", {
    where: "--frames",
    found: `${frames} frames of ${width}×${height}`,
    needed: `together they must take less than 2 GB, and no side may be longer than ${largestSide}`,
    remedy: "Take fewer with --every, or smaller ones with --size.",
  });
}

/** Plays once more and again; the last frame stays for a while. */
export async function encodeAnimation(frames: readonly Pixels[], options: AnimationOptions = {}): Promise<Uint8Array> {
  const { delayMs = 60, lastMs = 1500 } = options;
  const [{ width, height, channels, data }] = frames;
  const all = new Uint8Array(frames.length * data.length);
  frames.forEach((frame, i) => {
    all.set(frame.data, i * data.length);
  });
  const delay = frames.map((_, i) => (i === frames.length - 1 ? lastMs : delayMs));
  return sharp(all, {
    raw: { width, height: height * frames.length, channels, pageHeight: height },
    limitInputPixels: false,
  })
    .webp({ quality: 90, delay, loop: 0 })
    .toBuffer();
}
