/** @file Sparsity curves: what share of some vectors few atoms explain, more and more of them, and how sure the differences are. */
import { NoemaError, seededRandom } from "@noema/engine";

/** How wrong the codes of some held-out vectors are. */
export interface CodedVectors {
  /** N×(K+1): ‖x − x̂‖² of the best codes of 0, 1 … K atoms; none: the mean. */
  readonly errors: Float64Array;
  /** K. */
  readonly sparsity: number;
  /** N: vectors of one picture are drawn together, since they are not independent. Default: each is its own. */
  readonly group?: Int32Array;
}

/** An estimate, and the interval in which it lies with 95 % confidence. */
export interface ExplainedShare {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface SparsityCurve {
  /** K+1: explained variance, 1 − Σ‖x − x̂‖² / Σ‖x − mean‖², of 0, 1 … K atoms; 0 at the first. */
  readonly explained: readonly ExplainedShare[];
}

/** Of the intervals. */
const confidence = 0.95;

const usualResamples = 1000;

/** Resamples draw from streams of the seed from here on. */
const firstStream = 2 ** 20;

interface Resampling {
  readonly seed: number;
  /** Default 1000. */
  readonly resamples?: number;
}

/**
 * ExplainedShare variance against sparsity. Numerator and denominator are summed over all vectors before they are divided: a mean of
 * shares would count vectors near the mean as much as those far from it.
 *
 * @throws NoemaError STUDY_VECTORS, STUDY_NUMBERS
 */
export function sparsityCurve(coded: CodedVectors, options: Resampling): SparsityCurve {
  const drawn = drawCurves(coded, options);
  return { explained: drawn.own.map((value, k) => intervalOf(value, drawn.curves, (curve) => curve[k])) };
}

/**
 * By how much one explained variance is above another's, number by number of atoms: of vectors and their control, say. The two are
 * resampled apart, since vectors of a control have nothing to do with those of the layer.
 *
 * @throws NoemaError STUDY_VECTORS, STUDY_NUMBERS
 */
export function excess(of: CodedVectors, over: CodedVectors, options: Resampling): SparsityCurve {
  const [one, other] = [drawCurves(of, options), drawCurves(over, { ...options, seed: options.seed + 1 })];
  const depth = Math.min(of.sparsity, over.sparsity) + 1;
  const differences = one.curves.map((curve, i) => curve.map((value, k) => value - other.curves[i][k]));
  return {
    explained: Array.from({ length: depth }, (_, k) =>
      intervalOf(one.own[k] - other.own[k], differences, (curve) => curve[k]),
    ),
  };
}

/**
 * By how much the first excess is above the second: of a trained layer over its Gaussian control, and of an untrained one over its
 * own, since each has a covariance of its own.
 */
export function excessBeyond(
  trained: { readonly of: CodedVectors; readonly over: CodedVectors },
  untrained: { readonly of: CodedVectors; readonly over: CodedVectors },
  options: Resampling,
): SparsityCurve {
  const drawn = [trained.of, trained.over, untrained.of, untrained.over].map((coded, i) =>
    drawCurves(coded, { ...options, seed: options.seed + i }),
  );
  const depth = Math.min(...[trained, untrained].flatMap(({ of, over }) => [of.sparsity, over.sparsity])) + 1;
  const gap = (curves: readonly (readonly number[])[], k: number) =>
    curves[0][k] - curves[1][k] - (curves[2][k] - curves[3][k]);
  const own = drawn.map((one) => one.own);
  const differences = drawn[0].curves.map((_, i) => {
    const curves = drawn.map((one) => one.curves[i]);
    return Array.from({ length: depth }, (_, k) => gap(curves, k));
  });
  return {
    explained: Array.from({ length: depth }, (_, k) => intervalOf(gap(own, k), differences, (curve) => curve[k])),
  };
}

/** The curve, and as it would be had other vectors of the same kind been looked at (Rubin 1981, "The Bayesian bootstrap"). */
function drawCurves(coded: CodedVectors, { seed, resamples = usualResamples }: Resampling) {
  const sums = sumsOfGroups(coded);
  const depth = coded.sparsity + 1;
  const groups = sums.length / depth;
  const weighed = (weights: Float64Array | undefined) => {
    const total = new Float64Array(depth);
    for (let g = 0; g < groups; g++) {
      const weight = weights === undefined ? 1 : weights[g];
      for (let k = 0; k < depth; k++) total[k] += weight * sums[g * depth + k];
    }
    return Array.from(total, (error) => 1 - error / total[0]);
  };
  const curves = Array.from({ length: resamples }, (_, i) => {
    const random = seededRandom(seed, firstStream + i);
    return weighed(Float64Array.from({ length: groups }, () => -Math.log(1 - random.uniform())));
  });
  return { own: weighed(undefined), curves };
}

/** G×(K+1). */
function sumsOfGroups({ errors, sparsity, group }: CodedVectors): Float64Array {
  const depth = sparsity + 1;
  const count = errors.length / depth;
  if (!Number.isInteger(count) || count < 1 || (group !== undefined && group.length !== count)) {
    throw new NoemaError("STUDY_VECTORS", {
      where: "sparsity curve",
      found: `${errors.length} errors of ${depth} codes each${group === undefined ? "" : `, and groups of ${group.length} vectors`}`,
      needed: "as many errors of each vector as there are codes of it, and one group of each",
    });
  }
  let spread = 0;
  for (let n = 0; n < count; n++) spread += errors[n * depth];
  if (!(spread > 0) || !errors.every(Number.isFinite)) {
    throw new NoemaError("STUDY_NUMBERS", {
      where: "sparsity curve",
      found: spread === 0 ? "vectors that are all alike" : "vectors with NaN or an infinity",
      needed: "vectors that differ, in finite numbers",
    });
  }
  if (group === undefined) return errors;
  const places = new Map<number, number>();
  for (const one of group) if (!places.has(one)) places.set(one, places.size);
  const sums = new Float64Array(places.size * depth);
  for (let n = 0; n < count; n++) {
    const at = places.get(group[n])! * depth;
    for (let k = 0; k < depth; k++) sums[at + k] += errors[n * depth + k];
  }
  return sums;
}

function intervalOf<T>(value: number, draws: readonly T[], of: (draw: T) => number): ExplainedShare {
  const sorted = Float64Array.from(draws, of).sort();
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(share * (sorted.length - 1))))];
  return { value, low: at((1 - confidence) / 2), high: at((1 + confidence) / 2) };
}
