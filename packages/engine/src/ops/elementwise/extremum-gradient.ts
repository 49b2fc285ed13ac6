/** @file The gradient of Max and Min: to the input that is the extremum; where several are, each gets an equal part. */
import { add, cast, div, equal, greater, less, mul, where } from "../../graph/builder.js";
import type { GradientRule } from "../../graph/op.js";

export function extremumGradient(kind: "max" | "min"): GradientRule<Record<never, never>> {
  return ({ inputs, outputs: [y], outputGradients: [g], wanted }) => {
    if (inputs.length === 1) return [g];
    if (inputs.length === 2) {
      const [a, b] = inputs;
      const first = kind === "max" ? greater(a, b) : less(a, b);
      const tie = equal(a, b);
      const half = mul(g, 0.5);
      return [
        wanted[0] ? where(first, g, where(tie, half, 0)) : null,
        wanted[1] ? where(first, 0, where(tie, half, g)) : null,
      ];
    }
    const held = inputs.map((x) => equal(x, y));
    const part = div(
      g,
      held.map((m) => cast(m, "float32")).reduce((a, b) => add(a, b)),
    );
    return held.map((m, i) => (wanted[i] ? where(m, part, 0) : null));
  };
}
