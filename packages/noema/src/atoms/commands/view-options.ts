/** @file Options that every look at atoms has: where what belongs to them is, and how pictures are drawn. */

import { z } from "zod";

export const atomsOption = z
  .string()
  .meta({ description: "the folder that noema atoms learn has written", placeholder: "ATOMS" });

export const placeOptions = {
  decoder: z.string().optional().meta({
    description: "what draws pictures of vectors (default: the decoder of the run, or what lies behind the layer)",
    placeholder: "FILE.onnx",
    group: "where things are",
  }),
  label: z.string().optional().meta({
    description: "of a run of noema train xcov: the label that all is drawn with (default: of each as much)",
    group: "where things are",
  }),
  activations: z.string().optional().meta({
    description: "the vectors, where they are not where they were",
    placeholder: "FOLDER",
    group: "where things are",
  }),
  model: z
    .string()
    .optional()
    .meta({ description: "the network, where it is not where it was", group: "where things are" }),
  data: z
    .string()
    .optional()
    .meta({ description: "the pictures, where they are not where they were", group: "where things are" }),
  threads: z.int().min(1).max(1024).optional().meta({
    description: "threads of one operator (default: one per core)",
    group: "where things are",
  }),
};

export const cellOption = z
  .int()
  .min(16)
  .max(1024)
  .optional()
  .meta({ description: "pixels to a side that pictures are brought near to" });

/** Which pictures are looked at. */
export const exhibitOptions = {
  images: z.string().optional().meta({
    description: "your own pictures, joined by commas (default: some that the atoms were not learned from)",
    placeholder: "FILE,FILE,…",
  }),
  count: z.int().min(1).max(64).optional().meta({ description: "how many of those set apart are shown" }),
  skip: z.int().min(0).default(0).meta({ description: "how many of them are passed over first" }),
};

/** @param name of the file in the folder, unless another is said */
export const outOption = (name: string) =>
  z
    .string()
    .optional()
    .meta({ description: `the file to write (default: ATOMS/${name})`, placeholder: "FILE" });
