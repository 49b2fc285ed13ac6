/** @file convCoder: convolutions from a picture down to one dense layer, and the mirror of them back up to a picture. */
import { build, NoemaError } from "@noema/engine";
import type { PictureShape } from "../factors/autoencoder.js";
import { convolution, upConvolution } from "./convolution.js";
import { dense, flatten, unflatten } from "./dense.js";
import { type Net, plain, sequence } from "./net.js";

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
 * Every hidden size but the last is a convolution that halves the sides, upwards where they are odd; the way out doubles them
 * and cuts off the row or column that is too many. The last size is that of the dense layer behind them. The first kernel is
 * 5×5: it sees pixels, of which a 3×3 window shows little. Weights are called `encoder.1` …, `decoder.1` … and `picture`.
 *
 * @throws NoemaError ARCHITECTURE_SHAPE
 */
export function convCoder({ picture, hidden, code, where }: ConvCoderOptions): ConvCoder {
  const { channels } = picture;
  const levels = hidden.slice(0, -1);
  const wide = hidden[hidden.length - 1];
  if (levels.length === 0) {
    throw new NoemaError("ARCHITECTURE_SHAPE", {
      where,
      found: `hidden layers of ${hidden.join(", ") || "no"} sizes`,
      needed: "at least two: channels of a convolution, and the size of the dense layer behind it",
    });
  }
  // Of the picture, and behind each convolution.
  const sides: Sides[] = [picture];
  for (const i of levels.keys()) sides.push(halved(sides[i]));
  const { height: h, width: w } = sides[levels.length];
  const deepest = levels[levels.length - 1];
  const down = levels.map((outputs, i) =>
    convolution(`encoder.${i + 1}`, i === 0 ? channels : levels[i - 1], outputs, {
      kernel: i === 0 ? 5 : 3,
      stride: 2,
    }),
  );
  const up = [...levels.keys()].reverse().map((i) => {
    const doubled =
      i === 0
        ? upConvolution("picture", levels[0], channels, "linear")
        : upConvolution(`decoder.${i}`, levels[i], levels[i - 1]);
    return cutTo(sides[i], doubled);
  });
  return {
    trunk: sequence(
      ...down,
      flatten,
      dense(`encoder.${levels.length + 1}`, deepest * h * w, wide, { activation: "relu" }),
    ),
    wide,
    decoder: sequence(
      dense(`decoder.${levels.length + 1}`, code, wide, { activation: "relu" }),
      dense(`decoder.${levels.length}`, wide, deepest * h * w, { activation: "relu" }),
      unflatten(deepest, h, w),
      ...up,
    ),
  };
}

interface Sides {
  readonly height: number;
  readonly width: number;
}

const halved = ({ height, width }: Sides): Sides => ({ height: Math.ceil(height / 2), width: Math.ceil(width / 2) });

/** A net whose pictures are so large, or a row or column larger, which is cut off. */
function cutTo({ height, width }: Sides, net: Net): Net {
  if (height % 2 === 0 && width % 2 === 0) return net;
  return sequence(
    net,
    plain((x) => build.slice(x, [0, 0], [height, width], [2, 3])),
  );
}
