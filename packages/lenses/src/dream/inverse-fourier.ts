/** @file inverseFourier: planes of half a spectrum each to planes of pixels, in matrix products that grow with n·√n, not n². */
import { build, constant, Tensor, type Value } from "@noema/engine";
import type { PictureSize } from "../preprocessing.js";

export interface InverseFourier {
  /**
   * Shape of the spectra, N×C×2W×F, F = ⌊H/2⌋ + 1: real and imaginary parts of vertical frequencies 0 … H/2 and all
   * horizontal ones. The other vertical frequencies are their mirror images.
   */
  readonly shape: readonly [batch: number, channels: number, rows: number, columns: number];
  /** The same with the two parts on an axis of their own, the second before the last: N×C×(blocks)×2×(W/blocks)×F. */
  readonly parts: readonly [batch: number, channels: number, blocks: number, parts: 2, length: number, columns: number];
  /** Place of a horizontal frequency 0 … W − 1 among those of its part, block by block. */
  place(horizontal: number): number;
  /** Row of its real (0) or imaginary (1) part. */
  row(horizontal: number, part: 0 | 1): number;
  /** Sums of waves, N×C×H×W; nothing divides them. Frequencies that stand for their mirror image too count twice. */
  pictures(spectra: Value): Value;
}

/**
 * The transform of an axis of length n = n₁·n₂ is two products (Cooley and Tukey 1965): frequency l = n₂·l₁ + l₂ is
 * summed over l₁ for each l₂, with the factors between the two sums in those matrices, then over l₂. Each sum is a
 * product from the left, which leaves its new index in front, where it is the high part of the pixel's number: pixels come
 * out in order. Axes are exchanged only between the two transforms, in two steps that ONNX Runtime has fast ways for:
 * one exchange of all of them at once took twenty times as long.
 */
export function inverseFourier({ batch, channels, height, width }: PictureSize): InverseFourier {
  const columns = Math.floor(height / 2) + 1;
  const across = split(width);
  const down = split(height);
  const perBlock = Math.ceil(columns / down.blocks);
  const lead = [batch, channels];
  return {
    shape: [batch, channels, 2 * width, columns],
    parts: [batch, channels, across.blocks, 2, across.length, columns],
    place: (horizontal) => (horizontal % across.blocks) * across.length + Math.floor(horizontal / across.blocks),
    row: (horizontal, part) =>
      (2 * (horizontal % across.blocks) + part) * across.length + Math.floor(horizontal / across.blocks),
    pictures: (spectra) => {
      const blocks = build.reshape(spectra, [...lead, across.blocks, 2 * across.length, columns]);
      const within = build.matmul(
        wavesWithin(across, across.length, 2, () => 1),
        blocks,
      );
      const lines =
        across.blocks === 1
          ? within
          : build.matmul(
              wavesAcross(across, 2),
              build.reshape(within, [...lead, 2 * across.blocks, across.length * columns]),
            );
      const missing = perBlock * down.blocks - columns;
      const turned = build.transpose(build.reshape(lines, [...lead, 2, width, columns]), [0, 1, 2, 4, 3]);
      const whole = build.pad(turned, [0, 0, 0, 0, 0, 0, 0, 0, missing, 0]);
      const exchanged = build.transpose(
        build.reshape(whole, [...lead, 2, perBlock, down.blocks, width]),
        [0, 1, 4, 2, 3, 5],
      );
      const times = (k: number) => (k >= columns ? 0 : k === 0 || 2 * k === height ? 1 : 2);
      const rows = build.matmul(
        wavesWithin(down, perBlock, down.blocks === 1 ? 1 : 2, times),
        build.reshape(exchanged, [...lead, down.blocks, 2 * perBlock, width]),
      );
      const planes =
        down.blocks === 1
          ? rows
          : build.matmul(wavesAcross(down, 1), build.reshape(rows, [...lead, 2 * down.blocks, down.length * width]));
      return build.reshape(planes, [...lead, height, width]);
    },
  };
}

/** An axis of `blocks · length` pixels. */
interface Split {
  readonly blocks: number;
  readonly length: number;
}

/** The two factors that are nearest to each other; a prime has none. */
function split(n: number): Split {
  for (let blocks = Math.floor(Math.sqrt(n)); blocks > 1; blocks--) {
    if (n % blocks === 0) return { blocks, length: n / blocks };
  }
  return { blocks: 1, length: n };
}

/**
 * One matrix per block: from (part, frequency of the block) to (part, low number of the pixel).
 *
 * @param count how many frequencies a block has
 * @param parts 1 leaves the imaginary part of the result out
 * @param times what a frequency counts
 */
function wavesWithin(
  { blocks, length }: Split,
  count: number,
  parts: 1 | 2,
  times: (frequency: number) => number,
): Value {
  const n = blocks * length;
  return matrices([blocks, parts * length, 2 * count], (block, row, column) => {
    const frequency = blocks * (column % count) + block;
    return times(frequency) * wave(frequency * (row % length), n, row >= length, column >= count);
  });
}

/** From (block, part) to (part, high number of the pixel). */
function wavesAcross({ blocks }: Split, parts: 1 | 2): Value {
  return matrices([1, parts * blocks, 2 * blocks], (_, row, column) =>
    wave(Math.floor(column / 2) * (row % blocks), blocks, row >= blocks, column % 2 === 1),
  );
}

function matrices(
  dims: readonly [number, number, number],
  entry: (block: number, row: number, column: number) => number,
): Value {
  const [count, rows, columns] = dims;
  const data = new Float32Array(count * rows * columns);
  for (let i = 0; i < data.length; i++) {
    data[i] = entry(Math.floor(i / (rows * columns)), Math.floor(i / columns) % rows, i % columns);
  }
  return constant(Tensor.of("float32", count === 1 ? [rows, columns] : dims, data));
}

/** What a part of a coefficient adds to a part of the sum: an entry of the matrix of multiplying by e^(2πi·turns/n). */
function wave(turns: number, n: number, toImaginary: boolean, fromImaginary: boolean): number {
  // Reduced first, so that large pictures lose no digits.
  const angle = (2 * Math.PI * (turns % n)) / n;
  if (toImaginary === fromImaginary) return Math.cos(angle);
  return toImaginary ? Math.sin(angle) : -Math.sin(angle);
}
