/** @file blur: a Gaussian blur of a picture whose ends join, in its place. */
import type { PlaneSize } from "./resample.js";

/** Taps go this many standard deviations far; beyond lies a hundredth of the sum. */
const reachInSigmas = 2.5;

/**
 * Blurs each channel.
 *
 * @param picture C×H×W; overwritten
 * @param sigma standard deviation in pixels; 0 leaves all as it is
 */
export function blur(picture: Float32Array, { width, height }: PlaneSize, sigma: number): void {
  if (sigma === 0) return;
  const taps = tapsOf(sigma);
  const reach = taps.length >> 1;
  const longest = Math.max(width, height) + 2 * reach;
  const line = new Float32Array(longest);
  const blurLine = (start: number, step: number, length: number) => {
    for (let i = 0; i < length + 2 * reach; i++) {
      line[i] = picture[start + step * ((((i - reach) % length) + length) % length)];
    }
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (let tap = 0; tap < taps.length; tap++) sum += taps[tap] * line[i + tap];
      picture[start + step * i] = sum;
    }
  };
  const plane = width * height;
  for (let start = 0; start < picture.length; start += plane) {
    for (let y = 0; y < height; y++) blurLine(start + y * width, 1, width);
    for (let x = 0; x < width; x++) blurLine(start + x, width, height);
  }
}

function tapsOf(sigma: number): Float32Array {
  const reach = Math.ceil(reachInSigmas * sigma);
  const taps = Float32Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)));
  const sum = taps.reduce((a, b) => a + b, 0);
  return taps.map((v) => v / sum);
}
