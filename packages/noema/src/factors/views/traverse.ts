/** @file The traverse: latents through the range that they have in the data. */
import { latentQuantiles, traverse } from "@noema/lenses";
import { latentsOf } from "../../training/read-latents.js";
import { chosen } from "../exhibit.js";
import { oneOf } from "./one-of.js";
import type { ViewMaker } from "./view-maker.js";

/** Pictures whose latents say what their range is. */
const mostPictures = 2000;

const quantiles = { table: 9, rows: 9 };

/** With one picture given, around that; else a table or rows for each label. */
export const traverseMaker: ViewMaker = {
  name: "traverse",
  summary: "each latent through its range; two latents as a grid for every label",
  pictures: 0,
  make: async ({ run, exhibit, labels, values, as }) => {
    const manner = oneOf("--as", as ?? (run.autoencoder.latents === 2 ? "table" : "rows"), ["table", "rows"]);
    const subject = await run.subject();
    const latents = await latentsOf(run, subject, chosen(subject, mostPictures));
    const given = values?.length;
    const around = exhibit.names.length > 0 ? exhibit.pictures : undefined;
    return traverse(run.autoencoder, {
      values: latentQuantiles(latents, run.autoencoder.latents, given ?? quantiles[manner]),
      as: manner,
      ...(labels && { labels }),
      ...(around && { around }),
    });
  },
};
