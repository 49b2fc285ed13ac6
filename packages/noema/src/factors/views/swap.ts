/** @file The swap: labels of some pictures with latents of others. */
import { swap } from "@noema/lenses";
import { oneOf } from "./one-of.js";
import type { ViewMaker } from "./view-maker.js";

export const swapMaker: ViewMaker = {
  name: "swap",
  summary: "latents of pictures exchanged, labels kept, and the reverse",
  pictures: 6,
  make: ({ run, exhibit, as }) =>
    swap(run.autoencoder, exhibit.pictures, {
      names: exhibit.names,
      as: oneOf("--as", as ?? "table", ["table", "pairs"]),
    }),
};
