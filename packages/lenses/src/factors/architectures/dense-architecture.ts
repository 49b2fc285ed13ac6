/** @file denseArchitecture: encoder and decoder of dense layers with ReLU, the decoder mirroring the encoder. */
import { NoemaError } from "@noema/engine";
import { dense, flatten, perceptron, unflatten } from "../../nets/dense.js";
import { type Initializer, sequence } from "../../nets/net.js";
import type { Architecture, ArchitectureCall, XCovNets } from "./architecture.js";

interface DenseParts extends Omit<Architecture, "build" | "dense"> {
  /** What its weights begin with. Default: He's before a ReLU, else Glorot's. */
  readonly initialize?: Initializer;
}

/** Declares an architecture of dense layers. */
export function denseArchitecture({ initialize, ...parts }: DenseParts): Architecture {
  return { ...parts, dense: true, build: (call) => buildDense(parts.name, call, initialize) };
}

function buildDense(
  name: string,
  { picture, labels, latents, hidden }: ArchitectureCall,
  initialize: Initializer | undefined,
): XCovNets {
  if (hidden.length === 0) {
    throw new NoemaError("ARCHITECTURE_SHAPE", {
      where: `architecture ${name}`,
      found: "no hidden layer",
      needed: "at least one",
    });
  }
  const { channels, height, width } = picture;
  const pixels = channels * height * width;
  const last = hidden[hidden.length - 1];
  const weights = initialize === undefined ? {} : { initialize };
  return {
    trunk: sequence(flatten, perceptron("encoder", [pixels, ...hidden], initialize)),
    label: dense("label", last, labels, weights),
    latents: dense("latents", last, latents, weights),
    decoder: sequence(
      perceptron("decoder", [labels + latents, ...[...hidden].reverse()], initialize),
      dense("picture", hidden[0], pixels, weights),
      unflatten(channels, height, width),
    ),
  };
}
