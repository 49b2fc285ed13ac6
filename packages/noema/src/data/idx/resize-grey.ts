/** @file resizeGrey: many small grey pictures in another size. */
import sharp from "sharp";
import type { Terminal } from "../../terminal/command.js";
import { checkStopped } from "../reading/read-pictures.js";

interface Sides {
  readonly width: number;
  readonly height: number;
}

export interface GreyPictures extends Sides {
  readonly count: number;
  /** N×H×W, 0..255. */
  readonly pixels: Uint8Array;
}

/** So many at once: sharp spreads them over the cores. */
const together = 64;

/**
 * By Lanczos 3, as photographs are; what has another shape is distorted.
 *
 * @returns N×H×W, 0..255
 * @throws NoemaError STOPPED after Ctrl-C
 */
export async function resizeGrey(
  { count, width, height, pixels }: GreyPictures,
  size: Sides,
  terminal: Pick<Terminal, "progress" | "signal">,
): Promise<Uint8Array> {
  const [from, to] = [width * height, size.width * size.height];
  const out = new Uint8Array(count * to);
  const progress = terminal.progress(count, "pictures");
  try {
    for (let first = 0; first < count; first += together) {
      checkStopped(terminal, first, count);
      const batch = Array.from({ length: Math.min(together, count - first) }, async (_, i) => {
        const raw = { width, height, channels: 1 } as const;
        const one = sharp(pixels.subarray((first + i) * from, (first + i + 1) * from), { raw });
        const resized = one.resize({ width: size.width, height: size.height, fit: "fill" }).toColourspace("b-w");
        out.set(await resized.raw().toBuffer(), (first + i) * to);
      });
      await Promise.all(batch);
      progress.update(first + batch.length);
    }
  } finally {
    progress.stop();
  }
  return out;
}
