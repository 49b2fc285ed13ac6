/** @file Convolutions of the networks we train: down to half the side, up to double, and between. */
import { build, emit, initializers } from "@noema/engine";
import { type Net, plain, sequence } from "./net.js";

const relu = plain(build.relu);

export interface ConvolutionOptions {
  /** Side of the kernel, odd. Default 3. */
  readonly kernel?: number;
  /** Default 1. */
  readonly stride?: number;
  readonly activation?: "relu" | "linear";
}

/** N×inputs×H×W to N×outputs×⌈H/stride⌉×⌈W/stride⌉; weights `NAME.weight` (outputs×inputs×k×k) and `NAME.bias`. */
export function convolution(name: string, inputs: number, outputs: number, options: ConvolutionOptions = {}): Net {
  const { kernel = 3, stride = 1, activation = "relu" } = options;
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  const edge = (kernel - 1) / 2;
  const linear: Net = {
    parameters: {
      [weight]: { shape: [outputs, inputs, kernel, kernel], initialize: initializers.heNormal },
      [bias]: { shape: [outputs], initialize: initializers.zeros },
    },
    apply: (x, weights) =>
      emit("Conv", [x, weights[weight], weights[bias]], {
        kernel_shape: [kernel, kernel],
        strides: [stride, stride],
        pads: [edge, edge, edge, edge],
      })[0],
  };
  return activation === "relu" ? sequence(linear, relu) : linear;
}

/**
 * To double the sides: a convolution to four times the channels, which are then laid out as 2×2 pixels (Shi et al. 2016).
 * Cheaper than convolving the larger picture, and without the checkerboards of strided transposes (Odena et al. 2016).
 */
export function upConvolution(
  name: string,
  inputs: number,
  outputs: number,
  activation: "relu" | "linear" = "relu",
): Net {
  const spread = plain((x) => emit("DepthToSpace", [x], { blocksize: 2, mode: "CRD" })[0]);
  const wide = convolution(name, inputs, 4 * outputs, { activation: "linear" });
  return activation === "relu" ? sequence(wide, spread, relu) : sequence(wide, spread);
}
