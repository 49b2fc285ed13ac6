/**
 * @file redirected-relu: where a Relu lets nothing of a picture's gradient through, what would raise its inputs passes.
 * A channel that is silent on the first noise gets a direction to start in (Lucid, misc/redirected_relu_grad.py).
 */
import { build, type GradientCall, type Value } from "@noema/engine";
import { defineOverride, type OverrideScene } from "./override.js";

type Call = GradientCall<Readonly<Record<string, unknown>>>;

export const redirectedRelu = defineOverride({
  name: "redirected-relu",
  summary: "lets what raises silent units pass a Relu that blocks a picture's whole gradient, in the first 16 steps",
  when: "blocked",
  // Lucid redirects while its global step is at most 16.
  steps: 16,
  rules: (scene) => ({
    Relu: ({ inputs: [x], outputGradients: [g] }) => [redirected(g, greaterThan(x, 0), g, scene)],
    // Relu6 and its kin: the lower bound silences, the upper one only saturates.
    Clip: ({ inputs, outputs: [y], outputGradients: [g] }: Call) => {
      const [x] = inputs;
      const inside = build.cast(build.equal(x, y), "float32");
      return [redirected(g, inside, g, scene), ...inputs.slice(1).map(() => null)];
    },
  }),
});

const greaterThan = (x: Value, least: number) => build.cast(build.greater(x, least), "float32");

/**
 * @param passes 1 where the operator's own rule lets the gradient through
 * @param uphill the gradient: uphill is where the objective grows, so of blocked inputs those are moved that it pulls up
 */
function redirected(g: Value, passes: Value, uphill: Value, { blocked }: OverrideScene): Value {
  const own = build.mul(g, passes);
  const [batch] = g.shape;
  // A network that folds pictures into another axis has no gradient of one picture.
  if (batch !== blocked.shape[0]) return own;
  const others = [...g.shape.keys()].slice(1);
  const most = build.reduceMax(build.abs(own), others, { keepdims: true });
  const nothing = build.cast(build.equal(most, 0), "float32");
  const wanted = build.mul(nothing, build.reshape(blocked, [batch, ...others.map(() => 1)]));
  const rising = build.mul(
    uphill,
    build.cast(build.or(build.greater(uphill, 0), build.cast(passes, "bool")), "float32"),
  );
  return build.add(own, build.mul(wanted, build.sub(rising, own)));
}
