/** @file Thumbnails of photographs, as the network is shown them; kept as WebP, so that each is made once. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import sharp from "sharp";
import { type Pixels, pixelsOf } from "../pictures/png.js";
import { readPicture } from "../pictures/read-picture.js";
import { writeBeside } from "../pictures/write-beside.js";
import type { Terminal } from "../terminal/command.js";
import type { Photograph, TopPictures } from "./top-pictures.js";

/** In the folder of the tour. */
const thumbnailFolder = "photographs";

/** The longer side in pixels, where the network is not shown less: parts of it are enlarged. */
const mostPx = 224;

const quality = 78;

/** How many are made at once: decoding is spread over the cores. */
const together = 4;

export const thumbnailFile = ({ id }: Photograph) => `${thumbnailFolder}/${id}.webp`;

/**
 * Makes those that are missing, and takes away those that no channel shows any more.
 *
 * @param folder of the photographs
 * @param out the folder of the tour
 * @returns their bytes, null for a photograph that is gone; undefined after Ctrl-C
 */
export async function thumbnails(
  { photographs, size }: TopPictures,
  { folder, out, channels, terminal }: { folder: string; out: string; channels: 1 | 3; terminal: Terminal },
): Promise<(Uint8Array | null)[] | undefined> {
  const missing = photographs.filter((one) => !existsSync(join(out, thumbnailFile(one))));
  const scale = Math.min(1, mostPx / Math.max(size.width, size.height));
  const [width, height] = [size.width, size.height].map((side) => Math.max(1, Math.round(side * scale)));
  const progress = missing.length > 0 ? terminal.progress(missing.length, "thumbnails") : undefined;
  try {
    for (let first = 0; first < missing.length; first += together) {
      if (terminal.signal.aborted) return undefined;
      await Promise.all(
        missing.slice(first, first + together).map(async (one) => {
          const bytes = await thumbnail(join(folder, one.name), { width, height, channels });
          if (bytes !== undefined) await writeBeside(join(out, thumbnailFile(one)), bytes);
        }),
      );
      progress?.update(Math.min(missing.length, first + together));
    }
  } finally {
    progress?.stop();
  }
  removeOthers(join(out, thumbnailFolder), new Set(photographs.map(({ id }) => `${id}.webp`)));
  return photographs.map((one) => {
    const path = join(out, thumbnailFile(one));
    return existsSync(path) ? readFileSync(path) : null;
  });
}

async function thumbnail(path: string, size: { width: number; height: number; channels: 1 | 3 }) {
  try {
    const { data } = await readPicture(path, size);
    return await encodeWebp(pixelsOf(data, { batch: 1, ...size }, 0), quality);
  } catch (error) {
    // It was readable when the network was shown it: since then it was moved or changed.
    if (error instanceof NoemaError) return undefined;
    throw error;
  }
}

async function encodeWebp({ data, ...raw }: Pixels, webpQuality: number): Promise<Uint8Array> {
  return sharp(data, { raw }).webp({ quality: webpQuality, smartSubsample: true }).toBuffer();
}

function removeOthers(folder: string, own: ReadonlySet<string>): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (/^[0-9a-f]{16}\.webp$/.test(name) && !own.has(name)) rmSync(join(folder, name), { force: true });
  }
}
