/** @file mutualInformation: what each latent, cut into bins, tells about each factor, in nats. */
import { equalWidthBins } from "./equal-width-bins.js";
import { checkOption } from "./metric-option.js";
import type { Checked, VaryingFactor } from "./representation.js";

/** disentanglement_lib's number of bins in all published figures. */
export const defaultBins = 20;

/** Nats: what is less is the rounding of the entropies' difference. */
const rounding = 1e-12;

export interface BinOptions {
  /** Equally wide bins that each latent is cut into, 2 … 1024. Default: 20. */
  readonly bins?: number;
}

export interface Information {
  /** Factors × latents: I(factor; latent) in nats, 0 … the factor's entropy. */
  readonly values: Float64Array;
  /** H(factor) in nats. */
  readonly entropies: Float64Array;
}

/**
 * The plug-in estimate: entropies of the relative frequencies themselves. It is too high by about
 * (bins − 1)(values − 1) / 2N nats (Miller 1955), which for few pictures of many values is much.
 *
 * @throws NoemaError METRIC_OPTION
 */
export function mutualInformation({ pictures, columns, factors }: Checked, bins = defaultBins): Information {
  checkOption("bins", bins, 2, 1024);
  const values = new Float64Array(factors.length * columns.length);
  const joints = factors.map(({ count }) => new Uint32Array(bins * count));
  const byValue = factors.map((factor) => entropy(counts(factor), pictures));
  const byBin = new Uint32Array(bins);
  columns.forEach((column, j) => {
    const found = equalWidthBins(column, bins);
    byBin.fill(0);
    for (const bin of found) byBin[bin]++;
    const latentEntropy = entropy(byBin, pictures);
    factors.forEach(({ of, count }, k) => {
      const joint = joints[k].fill(0);
      for (let i = 0; i < pictures; i++) joint[found[i] * count + of[i]]++;
      const shared = latentEntropy + byValue[k] - entropy(joint, pictures);
      values[k * columns.length + j] = shared < rounding ? 0 : Math.min(byValue[k], shared);
    });
  });
  return { values, entropies: Float64Array.from(byValue) };
}

function counts({ of, count }: VaryingFactor): Uint32Array {
  const result = new Uint32Array(count);
  for (const value of of) result[value]++;
  return result;
}

/** In nats, of these counts that sum to `total`. */
function entropy(counts: Uint32Array, total: number): number {
  let sum = 0;
  for (const count of counts) if (count > 0) sum += count * Math.log(count);
  return Math.max(0, Math.log(total) - sum / total);
}
