/** @file resample: a picture at another size, by triangles as wide as the coarser of both grids, so that nothing aliases. */

export interface PlaneSize {
  readonly width: number;
  readonly height: number;
}

/** What a pixel of the new axis is made of. */
interface Taps {
  /** The first pixel of the old axis, for each of the new one. */
  readonly first: Int32Array;
  /** How many there are, the same for all. */
  readonly count: number;
  /** `count` for each; they sum to 1. */
  readonly weights: Float32Array;
}

/**
 * Samples each channel anew. Pixels beyond the border count as those at it.
 *
 * @param picture C×H×W
 * @returns C×H'×W'
 */
export function resample(picture: Float32Array, from: PlaneSize, to: PlaneSize): Float32Array {
  const channels = picture.length / (from.width * from.height);
  const result = new Float32Array(channels * to.width * to.height);
  addResampled(result, to, picture, from);
  return result;
}

/** Adds to `target` what `resample` would return. */
export function addResampled(target: Float32Array, to: PlaneSize, picture: Float32Array, from: PlaneSize): void {
  const down = tapsOf(from.height, to.height);
  const across = tapsOf(from.width, to.width);
  const row = new Float32Array(from.width);
  const rows = target.length / to.width;
  for (let y = 0; y < rows; y++) {
    const plane = Math.floor(y / to.height);
    const at = y - plane * to.height;
    row.fill(0);
    for (let tap = 0; tap < down.count; tap++) {
      const weight = down.weights[at * down.count + tap];
      if (weight === 0) continue;
      const source = (plane * from.height + down.first[at] + tap) * from.width;
      for (let x = 0; x < from.width; x++) row[x] += weight * picture[source + x];
    }
    for (let x = 0; x < to.width; x++) {
      let sum = 0;
      for (let tap = 0; tap < across.count; tap++) {
        sum += across.weights[x * across.count + tap] * row[across.first[x] + tap];
      }
      target[y * to.width + x] += sum;
    }
  }
}

function tapsOf(from: number, to: number): Taps {
  const scale = from / to;
  const reach = Math.max(1, scale);
  const count = Math.min(from, 2 * Math.ceil(reach) + 1);
  const first = new Int32Array(to);
  const weights = new Float32Array(to * count);
  for (let i = 0; i < to; i++) {
    const middle = (i + 0.5) * scale - 0.5;
    const wanted = Math.ceil(middle - reach);
    first[i] = Math.min(Math.max(0, wanted), from - count);
    let sum = 0;
    for (let tap = wanted; tap <= middle + reach; tap++) {
      const weight = Math.max(0, 1 - Math.abs(tap - middle) / reach);
      const inside = Math.min(from - 1, Math.max(0, tap));
      weights[i * count + inside - first[i]] += weight;
      sum += weight;
    }
    for (let tap = 0; tap < count; tap++) weights[i * count + tap] /= sum;
  }
  return { first, count, weights };
}
