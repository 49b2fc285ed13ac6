/**
 * @file redirected-relu: where a Relu lets nothing of a picture's gradient through, what would raise its inputs passes.
 * A channel that is silent on the first noise gets a direction to start in (Lucid, misc/redirected_relu_grad.py).
 */
import { build, type GradientCall, gradient, type Value } from "@noema/engine";
import { defineOverride, type OverrideScene } from "./override.js";

type Call = GradientCall<Readonly<Record<string, unknown>>>;

export const redirectedRelu = defineOverride({
  name: "redirected-relu",
  summary: "lets what raises silent units pass a Relu that blocks a picture's whole gradient, in the first 16 steps",
  when: "blocked",
  // Lucid redirects while its global step is at most 16.
  steps: 16,
  rules: (scene) => ({
    Relu: (call: Call) => [redirected(call, scene)],
    // Relu6 and its kin; their bounds are no parameters of a picture.
    Clip: (call: Call) => [redirected(call, scene), ...call.inputs.slice(1).map(() => null)],
  }),
});

/**
 * Uphill is where the objective grows. An input below the range may rise and one above it may fall: both ways lead back to
 * where the operator answers.
 */
function redirected({ inputs: [x], outputs: [y], outputGradients: [g] }: Call, { blocked }: OverrideScene): Value {
  const [own] = gradient(y, [x], { outputGradients: [g], independent: true });
  const [batch, ...others] = g.shape;
  // A network that folds pictures into another axis has no gradient of one picture.
  if (batch !== blocked.shape[0]) return own;
  const axes = others.map((_, i) => i + 1);
  const most = axes.length === 0 ? build.abs(own) : build.reduceMax(build.abs(own), axes, { keepdims: true });
  const isAsked = build.greater(build.reshape(blocked, [batch, ...others.map(() => 1)]), 0);
  const rises = build.and(build.greater(g, 0), build.greaterOrEqual(y, x));
  const falls = build.and(build.less(g, 0), build.lessOrEqual(y, x));
  const back = build.where(build.or(rises, falls), g, 0);
  return build.where(build.and(build.equal(most, 0), isAsked), back, own);
}
