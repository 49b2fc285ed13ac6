/** @file conv: convolutions, for colour pictures of 32 to 256 pixels. */
import { build as graph, NoemaError } from "@noema/engine";
import { convolution, upConvolution } from "../../nets/convolution.js";
import { dense, flatten, unflatten } from "../../nets/dense.js";
import { type Net, plain, sequence } from "../../nets/net.js";
import type { Architecture, ArchitectureCall, XCovNets } from "./architecture.js";

/**
 * Every hidden size but the last is a convolution that halves the sides, upwards where they are odd; the way out doubles them
 * and cuts off the row or column that is too many. The last size is that of the dense layer behind them. The first kernel is
 * 5×5: it sees pixels, of which a 3×3 window shows little.
 */
export const architecture: Architecture = {
  name: "conv",
  summary: "convolutions 32-64-128-128 and 256 dense, 128 latents: colour pictures of 32 to 256 pixels",
  hidden: [32, 64, 128, 128, 256],
  latents: 128,
  picture: {},
  dense: false,
  pairs: false,
  build,
};

function build({ picture, labels, latents, hidden }: ArchitectureCall): XCovNets {
  const { channels } = picture;
  const levels = hidden.slice(0, -1);
  const wide = hidden[hidden.length - 1];
  if (levels.length === 0) {
    throw new NoemaError("ARCHITECTURE_SHAPE", {
      where: "architecture conv",
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
    label: dense("label", wide, labels),
    latents: dense("latents", wide, latents),
    decoder: sequence(
      dense(`decoder.${levels.length + 1}`, labels + latents, wide, { activation: "relu" }),
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
    plain((x) => graph.slice(x, [0, 0], [height, width], [2, 3])),
  );
}
