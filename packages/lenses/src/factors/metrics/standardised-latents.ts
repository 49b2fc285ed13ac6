/** @file standardisedLatents: latents at mean 0 and standard deviation 1, without those that are constant. */
import { isConstant } from "./representation.js";

export interface StandardisedLatents {
  /** Pictures × latents that vary. */
  readonly values: Float32Array;
  /** Which latents these are. */
  readonly latents: readonly number[];
}

export function standardisedLatents(columns: readonly Float32Array[]): StandardisedLatents {
  const latents = [...columns.keys()].filter((j) => !isConstant(columns[j]));
  const pictures = columns[0].length;
  const values = new Float32Array(pictures * latents.length);
  latents.forEach((latent, at) => {
    const column = columns[latent];
    // From the first value on: a mean of large numbers that hardly differ would lose what they differ by.
    let [mean, squares] = [0, 0];
    for (const v of column) mean += (v - column[0]) / pictures;
    for (const v of column) squares += (v - column[0] - mean) ** 2 / pictures;
    const deviation = Math.sqrt(squares);
    for (let i = 0; i < pictures; i++) values[i * latents.length + at] = (column[i] - column[0] - mean) / deviation;
  });
  return { values, latents };
}
