/** @file Pictures as PNG: the same pixels give the same bytes. */
import type { PictureSize } from "@noema/lenses";
import sharp from "sharp";

/** Pixels of a picture, 8 bits a channel, row by row, channels together. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

/** One picture of a batch N×C×H×W, 0 … 1. */
export function pixelsOf(pictures: Float32Array, size: PictureSize, index: number): Pixels {
  const { channels, height, width } = size;
  const plane = height * width;
  const first = index * channels * plane;
  const data = new Uint8Array(channels * plane);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < plane; i++) {
      data[i * channels + c] = Math.min(255, Math.max(0, Math.round(255 * pictures[first + c * plane + i])));
    }
  }
  return { width, height, channels: channels as 1 | 3, data };
}

/** Encodes them without loss. */
export async function encodePng({ width, height, channels, data }: Pixels): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels } }).png({ compressionLevel: 9 }).toBuffer();
}
