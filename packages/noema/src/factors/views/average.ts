/** @file The average: the mean picture of each label, and what the decoder makes of mean latents. */
import { average } from "@noema/lenses";
import { picturesOf } from "../../training/subject.js";
import { chosen } from "../exhibit.js";
import type { ViewMaker } from "./view-maker.js";

const mostPictures = 2000;

export const averageMaker: ViewMaker = {
  name: "average",
  summary: "the mean picture of each label, beside what the decoder draws of mean latents",
  pictures: 0,
  make: async ({ run }) => {
    const subject = await run.subject();
    const indices = chosen(subject, mostPictures);
    return average(run.autoencoder, picturesOf(subject.dataset, indices), {
      of: indices.map((i) => subject.label.of[i]),
    });
  },
};
