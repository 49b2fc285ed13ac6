/** @file greyDifference: what one picture has over another, around mid grey. */

/** @returns 0.5 + gain · (picture − other): may leave 0..1 where they differ much */
export function greyDifference(picture: Float32Array, other: Float32Array, gain = 1): Float32Array {
  return picture.map((v, i) => 0.5 + gain * (v - other[i]));
}
