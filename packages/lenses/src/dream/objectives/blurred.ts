/** @file blurred: pictures blurred a little; beyond their edge is nothing that would count. */
import { build, constant, emit, Tensor, type Value } from "@noema/engine";

/**
 * Every pixel becomes a weighted mean of those around it that there are: weight 1 within, ½ on the rim of the window (Lucid,
 * objectives.py: _tf_blur).
 *
 * @param pictures N×C×H×W
 * @param window its side, odd
 */
export function blurred(pictures: Value, window: 3 | 5): Value {
  const [batch, channels, height, width] = pictures.shape;
  const planes = build.reshape(pictures, [batch * channels, 1, height, width]);
  const weights = Float64Array.from({ length: window * window }, (_, i) => {
    const [y, x] = [Math.floor(i / window), i % window];
    return Math.min(y, x, window - 1 - y, window - 1 - x) === 0 ? 0.5 : 1;
  });
  const kernel = constant(Tensor.ofNumbers("float32", [1, 1, window, window], weights));
  const margin = (window - 1) / 2;
  const sum = emit("Conv", [planes, kernel], { pads: [margin, margin, margin, margin] })[0];
  return build.reshape(build.mul(sum, reciprocalOfWeights(weights, window, height, width)), pictures.shape);
}

/** 1 / (the sum of the weights that lie on the picture), 1×1×H×W. */
function reciprocalOfWeights(weights: Float64Array, window: number, height: number, width: number): Value {
  const margin = (window - 1) / 2;
  const out = new Float64Array(height * width);
  for (let i = 0; i < out.length; i++) {
    const [y, x] = [Math.floor(i / width), i % width];
    let sum = 0;
    weights.forEach((weight, k) => {
      const [v, u] = [y + Math.floor(k / window) - margin, x + (k % window) - margin];
      if (v >= 0 && v < height && u >= 0 && u < width) sum += weight;
    });
    out[i] = 1 / sum;
  }
  return constant(Tensor.ofNumbers("float32", [1, 1, height, width], out));
}
