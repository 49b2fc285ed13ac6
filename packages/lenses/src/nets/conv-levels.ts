/** @file convLevels: convolutions that halve the sides of a picture, and the mirror of them that doubles them again. */
import { build } from "@noema/engine";
import type { PictureShape } from "../factors/autoencoder.js";
import { convolution, upConvolution } from "./convolution.js";
import { type Net, plain, sequence } from "./net.js";

export interface Sides {
  readonly height: number;
  readonly width: number;
}

interface ConvLevels {
  /** N×C×H×W to N×deepest×h×w. */
  readonly down: Net;
  /** Channels behind the last convolution. */
  readonly deepest: number;
  /** h and w. */
  readonly map: Sides;
  /** N×deepest×h×w to N×C×H×W. */
  readonly up: Net;
}

/**
 * Each convolution halves the sides, upwards where they are odd; the way out doubles them and cuts off the row or column that
 * is too many. The first kernel is 5×5: it sees pixels, of which a 3×3 window shows little. Weights are called `encoder.1` …,
 * `decoder.1` … and `picture`.
 *
 * @param levels channels of the convolutions, one at least
 */
export function convLevels(picture: PictureShape, levels: readonly number[]): ConvLevels {
  const { channels } = picture;
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
    return cutTo(sidesBehind(picture, i), doubled);
  });
  return {
    down: sequence(...down),
    deepest: levels[levels.length - 1],
    map: sidesBehind(picture, levels.length),
    up: sequence(...up),
  };
}

/** Of the map behind so many convolutions. */
export function sidesBehind({ height, width }: Sides, count: number): Sides {
  const scale = 2 ** count;
  return { height: Math.ceil(height / scale), width: Math.ceil(width / scale) };
}

/** A net whose pictures are so large, or a row or column larger, which is cut off. */
function cutTo({ height, width }: Sides, net: Net): Net {
  if (height % 2 === 0 && width % 2 === 0) return net;
  return sequence(
    net,
    plain((x) => build.slice(x, [0, 0], [height, width], [2, 3])),
  );
}
