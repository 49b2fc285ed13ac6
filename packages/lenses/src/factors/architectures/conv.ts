/** @file conv: convolutions, for colour pictures of 32 to 256 pixels. */
import { convCoder } from "../../nets/conv-coder.js";
import { dense } from "../../nets/dense.js";
import type { Architecture, ArchitectureCall, XCovNets } from "./architecture.js";

/** Convolutions as `convCoder` has them, with label and latents behind their dense layer. */
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
  const { trunk, wide, decoder } = convCoder({ picture, hidden, code: labels + latents, where: "architecture conv" });
  return { trunk, label: dense("label", wide, labels), latents: dense("latents", wide, latents), decoder };
}
