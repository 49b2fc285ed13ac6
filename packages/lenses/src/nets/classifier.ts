/** @file classifierTask: a small convolutional network that tells pictures apart. */
import { build, input, losses, NoemaError, type Value } from "@noema/engine";
import type { PictureShape } from "../factors/autoencoder.js";
import { convolution } from "./convolution.js";
import { dense, flatten } from "./dense.js";
import { type Net, sequence, type Weights } from "./net.js";
import type { Task } from "./task.js";

export interface ClassifierOptions {
  readonly picture: PictureShape;
  /** L: how many classes. */
  readonly labels: number;
  /** Channels of the convolutions, each of which halves the sides, and the size of the dense layer behind them. */
  readonly hidden: readonly number[];
  /** Share of the target that is spread over all classes, 0 … 1. Default 0. */
  readonly labelSmoothing?: number;
}

/** Enough for digits and drawn faces. */
export const classifierHidden: readonly number[] = [16, 32, 64, 128];

/** One model, `classifier`: `picture` (N×C×H×W, 0..1) to `probabilities` and `logits` (N×L). */
export function classifierTask(options: ClassifierOptions): Task {
  const net = classifierNet(options);
  const { picture, labelSmoothing = 0 } = options;
  return {
    nets: [net],
    draws: 1,
    loss: ({ parameters, rows: [{ pixels, label }] }) => {
      const logits = net.apply(shown(pixels), parameters);
      const loss = losses.crossEntropy(logits, label, { labelSmoothing });
      return { loss, figures: { accuracy: losses.accuracy(logits, label) } };
    },
    models: (weights: Weights) => {
      const x = input("picture", [1, picture.channels, picture.height, picture.width]);
      const logits = net.apply(x, weights);
      return { classifier: { inputs: { picture: x }, outputs: { probabilities: build.softmax(logits), logits } } };
    },
  };
}

/** Bytes as a network sees them: 0..1. */
export function shown(pixels: Value): Value {
  return build.mul(build.cast(pixels, "float32"), 1 / 255);
}

function classifierNet({ picture, labels, hidden }: ClassifierOptions): Net {
  const levels = hidden.slice(0, -1);
  if (levels.length === 0 || labels < 2) {
    throw new NoemaError("ARCHITECTURE_SHAPE", {
      where: "classifier",
      found: `${levels.length} convolutions and ${labels} classes`,
      needed: "at least one convolution, a dense layer and two classes",
    });
  }
  const half = (side: number) => levels.reduce((rest) => Math.ceil(rest / 2), side);
  const wide = hidden[hidden.length - 1];
  const down = levels.map((outputs, i) =>
    convolution(`convolution.${i + 1}`, i === 0 ? picture.channels : levels[i - 1], outputs, {
      kernel: i === 0 ? 5 : 3,
      stride: 2,
    }),
  );
  const size = levels[levels.length - 1] * half(picture.height) * half(picture.width);
  return sequence(...down, flatten, dense("dense", size, wide, { activation: "relu" }), dense("classes", wide, labels));
}
