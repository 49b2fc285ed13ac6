/** @file measureColours: what the colours and the waves of pictures are like, from one picture after another. */
import { NoemaError } from "@noema/engine";
import { symmetricEigen } from "../symmetric-eigen.js";
import { forwardFourier } from "./forward-fourier.js";
import { placeOf, type Spectrum } from "./spectrum.js";

export interface MeasuredColours {
  /** A square root of the colours' covariance: one row per channel, one column per principal axis, the longest first. */
  readonly colours: readonly (readonly number[])[];
  /** Of each channel, 0 … 1. */
  readonly mean: readonly number[];
  readonly spectrum: Spectrum;
}

export interface ColourMeasurement {
  /** How many pictures were added. */
  readonly count: number;
  /**
   * @param picture C×H×W, 0 … 1
   * @throws NoemaError PICTURE_SIZE, PICTURE_NOT_NUMBERS
   */
  add(picture: Float32Array, size: { readonly height: number; readonly width: number }): void;
  /** @throws NoemaError COLOURS_NONE where no picture was added, COLOURS_FLAT where all have one and the same colour */
  result(): MeasuredColours;
}

/** Size of the table of waves: steps of 11.25° and of a third of an octave. */
const rows = 16;
const columns = 24;
/** The longest wave that is measured: 128 pixels. */
const lowest = 1 / 128;

/** Colours that vary less than this are taken to vary so much: half a step of an 8-bit picture. */
const leastDeviation = 1 / 510;

/**
 * Every picture counts alike in the waves, every pixel alike in the colours. Waves are measured under Hann's window, so
 * that the edges of a picture, where it does not go on from its other side, make none.
 */
export function measureColours(channels: number): ColourMeasurement {
  let count = 0;
  let pixels = 0;
  const sums = new Float64Array(channels);
  const products = new Float64Array(channels * channels);
  const waves = Array.from({ length: rows * columns }, () => new Float64Array(channels * channels));
  const hits = new Float64Array(rows * columns);

  return {
    get count() {
      return count;
    },
    add: (picture, { height, width }) => {
      const plane = height * width;
      if (plane === 0 || picture.length !== channels * plane) {
        throw new NoemaError("PICTURE_SIZE", {
          where: `picture ${count + 1}`,
          found: `${picture.length} numbers`,
          needed: `${channels}×${height}×${width}`,
        });
      }
      if (!picture.every(Number.isFinite)) {
        throw new NoemaError("PICTURE_NOT_NUMBERS", {
          where: `picture ${count + 1}`,
          found: "some of its values are not numbers",
        });
      }
      const planes = Array.from({ length: channels }, (_, c) => picture.subarray(c * plane, (c + 1) * plane));
      planes.forEach((one, c) => {
        for (const v of one) sums[c] += v;
        planes.slice(0, c + 1).forEach((other, d) => {
          let sum = 0;
          for (let i = 0; i < plane; i++) sum += one[i] * other[i];
          products[c * channels + d] += sum;
        });
      });
      addWaves(planes, height, width);
      pixels += plane;
      count++;
    },
    result: () => {
      if (count === 0) throw new NoemaError("COLOURS_NONE", { where: "colours", found: "there are no pictures" });
      const mean = [...sums].map((sum) => sum / pixels);
      const covariance = mean.map((_, c) =>
        mean.map((_, d) => products[Math.max(c, d) * channels + Math.min(c, d)] / pixels - mean[c] * mean[d]),
      );
      const { values, vectors } = symmetricEigen(covariance);
      const deviations = values.map((v) => Math.max(leastDeviation, Math.sqrt(Math.max(0, v))));
      if (deviations[0] === leastDeviation) {
        throw new NoemaError("COLOURS_FLAT", {
          where: "colours",
          found: "all pixels of all pictures have the same colour",
          needed: "pictures that show something",
        });
      }
      return {
        colours: mean.map((_, c) => deviations.map((deviation, axis) => deviation * vectors[axis][c])),
        mean,
        spectrum: { lowest, axes: deviations.map((deviation, axis) => tableOf(vectors[axis], deviation)) },
      };
    },
  };

  function addWaves(planes: readonly Float32Array[], height: number, width: number): void {
    const [down, right] = [hann(height), hann(width)];
    const spectra = planes.map((plane) => {
      const mean = plane.reduce((sum, v) => sum + v, 0) / plane.length;
      const shown = Float64Array.from(plane, (v, i) => (v - mean) * down[Math.floor(i / width)] * right[i % width]);
      return forwardFourier(shown, height, width);
    });
    for (let k = 0; k < spectra[0].rows; k++) {
      for (let l = 0; l < width; l++) {
        // Half of the mirror images are in the table already; those of its first and last row would be counted twice.
        if ((k === 0 || 2 * k === height) && 2 * l > width) continue;
        const across = (l > width / 2 ? l - width : l) / width;
        const place = placeOf(across, k / height, { lowest, rows, columns });
        // Longer waves than the table has would be mistaken for its longest.
        if (place.frequency < lowest * 0.9) continue;
        const at = (Math.round(place.row) % rows) * columns + Math.round(place.column);
        const weight = place.frequency ** 2 / (height * width);
        const i = k * width + l;
        hits[at]++;
        for (let c = 0; c < channels; c++) {
          for (let d = 0; d <= c; d++) {
            const both = spectra[c].re[i] * spectra[d].re[i] + spectra[c].im[i] * spectra[d].im[i];
            waves[at][c * channels + d] += weight * both;
          }
        }
      }
    }
  }

  /** Magnitude times frequency along one axis of the colours. */
  function tableOf(vector: readonly number[], deviation: number): number[][] {
    const known = waves.map((wave, at) => {
      if (hits[at] === 0) return undefined;
      let power = 0;
      for (let c = 0; c < channels; c++) {
        for (let d = 0; d < channels; d++) {
          const both = wave[Math.max(c, d) * channels + Math.min(c, d)];
          power += vector[c] * vector[d] * both;
        }
      }
      return Math.sqrt(Math.max(0, power) / hits[at]) / deviation;
    });
    return Array.from({ length: rows }, (_, row) =>
      Array.from({ length: columns }, (_, column) => nearest(known, row, column)),
    );
  }
}

/** Small pictures have few long waves: what no wave fell on is taken from the nearest that one did. */
function nearest(known: readonly (number | undefined)[], row: number, column: number): number {
  let [best, distance] = [0, Number.POSITIVE_INFINITY];
  known.forEach((value, at) => {
    if (value === undefined) return;
    const turn = Math.abs(Math.floor(at / columns) - row);
    const d = Math.hypot(Math.min(turn, rows - turn), (at % columns) - column);
    if (d < distance) [best, distance] = [value, d];
  });
  return best;
}

/** Hann's window, of mean square 1. An axis of one pixel is left as it is. */
function hann(n: number): Float64Array {
  const window = Float64Array.from({ length: n }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / n) ** 2);
  const level = Math.sqrt(window.reduce((sum, v) => sum + v * v, 0) / n);
  return window.map((v) => v / level);
}
