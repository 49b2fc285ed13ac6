/** @file zoomed: a picture a little nearer, and turned: the next frame of a flight into a dream. */
import type { Photograph } from "./deepdream.js";

export interface ZoomOptions {
  /** How many times nearer; below 1, farther. */
  readonly factor: number;
  /** Clockwise. */
  readonly degrees?: number;
}

/** Samples it anew about its middle, bilinearly. What lies beyond the border is the picture's mirror image. */
export function zoomed(picture: Photograph, { factor, degrees = 0 }: ZoomOptions): Photograph {
  const { width, height, channels, data } = picture;
  const plane = width * height;
  const result = new Float32Array(data.length);
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle) / factor, Math.sin(angle) / factor];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [right, down] = [x - (width - 1) / 2, y - (height - 1) / 2];
      const [fromX, fromY] = [
        mirrored(cos * right + sin * down + (width - 1) / 2, width),
        mirrored(cos * down - sin * right + (height - 1) / 2, height),
      ];
      const [left, top] = [Math.floor(fromX), Math.floor(fromY)];
      const [over, under] = [fromX - left, fromY - top];
      const next = left + 1 < width ? 1 : 0;
      const below = top + 1 < height ? width : 0;
      for (let c = 0; c < channels; c++) {
        const at = c * plane + top * width + left;
        const upper = data[at] * (1 - over) + data[at + next] * over;
        const lower = data[at + below] * (1 - over) + data[at + below + next] * over;
        result[c * plane + y * width + x] = upper * (1 - under) + lower * under;
      }
    }
  }
  return { width, height, channels, data: result };
}

/** A place on an axis that goes to and fro between its first pixel and its last. */
function mirrored(place: number, length: number): number {
  const last = length - 1;
  if (last === 0) return 0;
  const around = Math.abs(place) % (2 * last);
  return Math.min(around, 2 * last - around);
}
