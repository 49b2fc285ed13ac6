/** @file noema atoms: thought vectors as sums of a few atoms: learned, looked at, added to pictures, asked for. */
import { atomsCommands } from "../atoms/commands/index.js";
import { defineGroup } from "../terminal/command.js";

export const command = defineGroup({
  name: "atoms",
  summary: "takes vectors of a network apart into a few atoms each: learns them, shows, adds and finds them",
  commands: atomsCommands,
  examples: [
    "noema activations runs/faces --out activations/faces",
    "noema atoms learn activations/faces --out atoms/faces",
    "noema atoms show atoms/faces",
    "noema atoms report atoms/faces",
  ],
});
