/** @file The sweep: each label of some pictures turned from −5 to 5. */
import { sweep } from "@noema/lenses";
import type { ViewMaker } from "./view-maker.js";

export const sweepMaker: ViewMaker = {
  name: "sweep",
  summary: "each label turned down and up, far past anything in the data",
  pictures: 2,
  make: ({ run, exhibit, labels, values, onto }) =>
    sweep(run.autoencoder, exhibit.pictures, {
      names: exhibit.names,
      ...(labels && { labels }),
      ...(values && { values }),
      ...(onto && { onto }),
    }),
};
