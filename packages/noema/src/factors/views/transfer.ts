/** @file The transfer: every label put onto some pictures. */
import { transfer } from "@noema/lenses";
import type { ViewMaker } from "./view-maker.js";

export const transferMaker: ViewMaker = {
  name: "transfer",
  summary: "every label, such as every expression, onto a person",
  pictures: 8,
  make: ({ run, exhibit, labels, strength }) =>
    transfer(run.autoencoder, exhibit.pictures, {
      names: exhibit.names,
      ...(labels && { labels }),
      ...(strength !== undefined && { strength }),
    }),
};
