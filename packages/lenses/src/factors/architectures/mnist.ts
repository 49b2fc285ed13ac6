/** @file mnist: the architecture for handwritten digits. */
import { initializers } from "@noema/engine";
import { denseArchitecture } from "./dense-architecture.js";

/**
 * Cheung et al. 2014; Jambigi, table 1, column MNIST: 500-500, 10 softmax and 2 linear. The error after ten epochs is smaller by a
 * tenth than from He's weights: what chance puts into a code of two numbers has to be unlearned. Wide networks begin late
 * from them: `jaffe` told 54 of 80 faces of Olivetti right (rate 0.0002, seed 0), from He's 70 (0.00025).
 */
export const architecture = denseArchitecture({
  name: "mnist",
  summary: "dense 500-500, 2 latents: handwritten digits",
  hidden: [500, 500],
  latents: 2,
  picture: { channels: 1, height: 28, width: 28 },
  pairs: false,
  initialize: initializers.smallUniform,
});
