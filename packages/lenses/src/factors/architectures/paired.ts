/** @file paired: the architecture for pairs of faces of one person. */
import { denseArchitecture } from "./dense-architecture.js";

/** Jambigi, table 1, column of the proposed model: 2048-1024-512, 7 softmax and 256 linear. */
export const architecture = denseArchitecture({
  name: "paired",
  summary: "dense 2048-1024-512, 256 latents, trained with pairs: grey faces of 48 pixels",
  hidden: [2048, 1024, 512],
  latents: 256,
  picture: { channels: 1, height: 48, width: 48 },
  pairs: true,
});
