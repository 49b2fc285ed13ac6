/** @file jaffe: the architecture for faces with an expression. */
import { denseArchitecture } from "./dense-architecture.js";

/** Jambigi, table 1, column JAFFE: 2000-2000, 7 softmax and 793 linear. */
export const architecture = denseArchitecture({
  name: "jaffe",
  summary: "dense 2000-2000, 793 latents: grey faces of 48 pixels",
  hidden: [2000, 2000],
  latents: 793,
  picture: { channels: 1, height: 48, width: 48 },
  pairs: false,
});
