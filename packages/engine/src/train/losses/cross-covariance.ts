/** @file crossCovariance: the XCov penalty, which keeps two groups of units from saying the same. */
import { reduceMean, sub } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import type { Value } from "../../graph/value.js";
import { checkRows, squaresOver } from "./loss-inputs.js";

/**
 * ½ Σij [ (1/N) Σn (a_ni − ā_i)(b_nj − b̄_j) ]², the means being those of the batch (Cheung et al. 2014, "Discovering
 * Hidden Factors of Variation in Deep Networks", equation 3). 0 where no unit of one varies along with one of the other.
 *
 * @param a N×I, such as the probabilities of labels
 * @param b N×J, such as a latent code
 * @returns a scalar of at least 0
 * @throws NoemaError LOSS_INPUTS
 */
export function crossCovariance(a: Value, b: Value): Value {
  const rows = checkRows("crossCovariance", a, b);
  // One of them centred would be enough on paper; in float32 a large mean of the other would drown what is left.
  const [left, right] = [a, b].map((x) => sub(x, reduceMean(x, [0])));
  const [products] = emit("Gemm", [left!, right!], { transA: 1 });
  return squaresOver(products!, 2 * rows ** 2);
}
