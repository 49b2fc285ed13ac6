/** @file Pictures as PNG: the same pixels give the same bytes. */
import type { PictureSize } from "@noema/lenses";
import sharp from "sharp";

/** Pixels of a picture, 8 bits a channel, row by row, channels together. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Grey, grey and how opaque, red green blue, red green blue and how opaque. */
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array;
}

/**
 * One picture of a batch N×C×H×W, 0 … 1. Pictures of one channel are grey, of three in colour; of any other count, the
 * channels stand side by side as grey pictures.
 *
 * @param size of the pictures; their channels without that of transparency
 * @param transparent the last channel, one more than `size` says, is how opaque they are
 */
export function pixelsOf(pictures: Float32Array, size: PictureSize, index: number, transparent = false): Pixels {
  const { channels, height, width } = size;
  const [planes, plane] = [channels + (transparent ? 1 : 0), height * width];
  const picture = pictures.subarray(index * planes * plane, (index + 1) * planes * plane);
  const colours = channels === 1 || channels === 3 ? channels : 1;
  const columns = channels / colours;
  const depth = colours + (transparent ? 1 : 0);
  const data = new Uint8Array(columns * plane * depth);
  for (let column = 0; column < columns; column++) {
    for (let c = 0; c < depth; c++) {
      const source = plane * (c < colours ? column * colours + c : channels);
      for (let i = 0; i < plane; i++) {
        const [x, y] = [i % width, Math.floor(i / width)];
        const at = (y * columns + column) * width + x;
        data[at * depth + c] = Math.min(255, Math.max(0, Math.round(255 * picture[source + i])));
      }
    }
  }
  return { width: columns * width, height, channels: depth as Pixels["channels"], data };
}

/** Encodes them without loss. */
export async function encodePng({ width, height, channels, data }: Pixels): Promise<Uint8Array> {
  // Left to itself, sharp writes grey as colours.
  const colours = channels < 3 ? "b-w" : "srgb";
  const raw = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  return raw.toColourspace(colours).png({ compressionLevel: 9 }).toBuffer();
}
