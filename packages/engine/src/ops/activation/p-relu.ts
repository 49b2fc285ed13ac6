/** @file PRelu: y = x where x > 0, slope · x elsewhere; the slope broadcasts to x. */
import { greater, mul, reshape, where } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { tryBroadcast, zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import type { Value } from "../../graph/value.js";
import { uniform } from "../case.js";

/** Files have one slope per channel as [C], which only fits the standard's broadcasting as [C, 1, …]. */
function perChannel(x: Value, slope: Value): Value {
  const [shape, slopes] = [x.knownShape, slope.knownShape];
  if (shape === null || slopes?.length !== 1 || shape.length < 3) return slope;
  const fits = slopes[0] === 1 || slopes[0] === shape[shape.length - 1];
  return fits || slopes[0] !== shape[1] ? slope : reshape(slope, [slopes[0], ...shape.slice(2).map(() => 1)]);
}

export const PRelu = defineOp({
  name: "PRelu",
  since: 16,
  shape: ([x, slope]) => {
    const both = tryBroadcast([x.shape, slope.shape]);
    if (both === undefined || both.length !== x.rank || both.some((d, i) => d !== x.shape[i])) {
      throw new NoemaError("PRELU_SLOPE", {
        found: `slope has shape [${slope.shape.join(", ")}]`,
        needed: `it must broadcast to the input's [${x.shape.join(", ")}]`,
      });
    }
    return [x];
  },
  gradient: ({ inputs: [x, slope], outputGradients: [g], wanted }) => {
    const positive = greater(x, 0);
    return [wanted[0] ? where(positive, g, mul(g, slope)) : null, wanted[1] ? where(positive, 0, mul(g, x)) : null];
  },
  oracle: (inputs) => [zip(inputs, (x, slope) => (x < 0 ? slope * x : x))],
  cases: [
    { inputs: [uniform([2, 3, 4], { awayFrom: 0 }), uniform([3, 1])], note: "a slope per channel" },
    { inputs: [uniform([2, 3], { awayFrom: 0 }), uniform([1])], note: "one slope" },
    { inputs: [uniform([2, 3], { awayFrom: 0 }), uniform([2, 3])], note: "a slope per element" },
  ],
  import: ({ inputs: [x, slope] }) => (x && slope ? emit("PRelu", [x, perChannel(x, slope)]) : undefined),
});
