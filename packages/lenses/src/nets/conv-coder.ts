/** @file convCoder: convolutions from a picture down to one dense layer, and the mirror of them back up to a picture. */
import { NoemaError } from "@noema/engine";
import type { PictureShape } from "../factors/autoencoder.js";
import { convLevels } from "./conv-levels.js";
import { dense, flatten, unflatten } from "./dense.js";
import { type Net, sequence } from "./net.js";

export interface ConvCoderOptions {
  readonly picture: PictureShape;
  /** Channels of the convolutions, each of which halves the sides, and the size of the dense layer behind them. */
  readonly hidden: readonly number[];
  /** How many numbers the way back is given. */
  readonly code: number;
  /** Whose it is, for messages. */
  readonly where: string;
}

export interface ConvCoder {
  /** N×C×H×W to N×wide. */
  readonly trunk: Net;
  /** The size of the dense layer. */
  readonly wide: number;
  /** N×code to N×C×H×W. */
  readonly decoder: Net;
}

/**
 * Every hidden size but the last is a convolution of `convLevels`. The last is that of the dense layer behind them. Weights go on
 * from those of the convolutions: `encoder.K` and, the way back, `decoder.K` and `decoder.K−1`, for K hidden sizes.
 *
 * @throws NoemaError ARCHITECTURE_SHAPE
 */
export function convCoder({ picture, hidden, code, where }: ConvCoderOptions): ConvCoder {
  const levels = hidden.slice(0, -1);
  const wide = hidden[hidden.length - 1];
  if (levels.length === 0) {
    throw new NoemaError("ARCHITECTURE_SHAPE", {
      where,
      found: `hidden layers of ${hidden.join(", ") || "no"} sizes`,
      needed: "at least two: channels of a convolution, and the size of the dense layer behind it",
    });
  }
  const { down, deepest, map, up } = convLevels(picture, levels);
  const { height, width } = map;
  const flat = deepest * height * width;
  return {
    trunk: sequence(down, flatten, dense(`encoder.${levels.length + 1}`, flat, wide, { activation: "relu" })),
    wide,
    decoder: sequence(
      dense(`decoder.${levels.length + 1}`, code, wide, { activation: "relu" }),
      dense(`decoder.${levels.length}`, wide, flat, { activation: "relu" }),
      unflatten(deepest, height, width),
      up,
    ),
  };
}
