/** @file LayerFigures: how the numbers of many vectors are spread: over all of them, by channel, and by how long vectors are. */

export interface Spread {
  /** By channel. */
  readonly means: Float64Array;
  readonly deviations: Float64Array;
  /** Share of vectors in which it is exactly 0, 0..1. */
  readonly zeros: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
}

export interface LayerFigures extends Spread {
  readonly count: number;
  /** Some of all numbers, evenly from all vectors. */
  readonly sample: Float32Array;
  /** Lengths (L2) of some vectors, evenly from all. */
  readonly lengths: Float32Array;
}

/** Of so many vectors, or numbers, histograms are drawn. */
const sampled = { vectors: 20_000, numbers: 400_000 } as const;

/**
 * @param count N
 * @param length D
 * @param vectors all of them, in pieces of whole vectors
 */
export async function layerFigures(
  count: number,
  length: number,
  vectors: AsyncIterable<Float32Array>,
): Promise<LayerFigures> {
  const [sums, squares, zeros] = Array.from({ length: 3 }, () => new Float64Array(length));
  const least = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(length).fill(Number.NEGATIVE_INFINITY);
  // Sums of what differs from the first vector: of channels far from 0 nothing is lost.
  let shift: Float32Array | undefined;
  const step = Math.max(1, Math.ceil(count / sampled.vectors));
  const each = Math.max(1, Math.floor((length * Math.ceil(count / step)) / sampled.numbers));
  const [sample, lengths]: [number[], number[]] = [[], []];
  let row = 0;
  for await (const piece of vectors) {
    shift ??= piece.slice(0, length);
    for (let at = 0; at < piece.length; at += length, row++) {
      let square = 0;
      for (let c = 0; c < length; c++) {
        const value = piece[at + c];
        const apart = value - shift[c];
        sums[c] += apart;
        squares[c] += apart * apart;
        if (value === 0) zeros[c]++;
        if (value < least[c]) least[c] = value;
        if (value > most[c]) most[c] = value;
        square += value * value;
      }
      if (row % step !== 0) continue;
      lengths.push(Math.sqrt(square));
      for (let c = (row / step) % each; c < length; c += each) sample.push(piece[at + c]);
    }
  }
  return {
    count,
    means: sums.map((sum, c) => shift![c] + sum / count),
    deviations: sums.map((sum, c) => Math.sqrt(Math.max(0, squares[c] / count - (sum / count) ** 2))),
    zeros: zeros.map((n) => n / count),
    least,
    most,
    sample: Float32Array.from(sample),
    lengths: Float32Array.from(lengths),
  };
}

/** What of them stands in activations.json: over all numbers; and how many channels are the same in all vectors. */
export function figuresInAll({ means, deviations, zeros, least, most }: Spread): Record<string, number> {
  const channels = means.length;
  const average = (of: ArrayLike<number>) => Array.from(of).reduce((a, b) => a + b, 0) / channels;
  const mean = average(means);
  const square = average(means.map((m, c) => (m - mean) ** 2 + deviations[c] ** 2));
  return {
    mean,
    deviation: Math.sqrt(square),
    least: least.reduce((a, b) => Math.min(a, b)),
    most: most.reduce((a, b) => Math.max(a, b)),
    zeros: average(zeros),
    constantChannels: Array.from(least).filter((low, c) => low === most[c]).length,
  };
}
