/** @file Options that every command has that opens a network: which one it is, and how it is opened. */
import { z } from "zod";

export const modelOption = z
  .string()
  .meta({ description: "an ONNX file, the model.json of a TensorFlow.js model, or centernet (built in)" });

export const openingOptions = {
  sidecar: z.string().optional().meta({
    description: "how the model wants its pictures (default: MODEL.noema.json, else guessed)",
    placeholder: "FILE.json",
  }),
  input: z.string().optional().meta({ description: "the model's input that takes the picture", placeholder: "NAME" }),
  threads: z.int().min(1).max(1024).optional().meta({ description: "threads of one operator (default: one per core)" }),
};
