/** @file openClassifier: a trained classifier, as a model file, to ask. */
import { type CompileOptions, compile, NoemaError } from "@noema/engine";
import type { PictureShape } from "../factors/autoencoder.js";
import { checkPorts } from "./check-ports.js";
import { inBatches, withBatch } from "./in-batches.js";
import { largest } from "./largest.js";

export interface ClassifierParts {
  /** ONNX: `picture` to `logits`. */
  readonly model: Uint8Array;
  readonly labels: readonly string[];
  /** Pictures of one run. Default 64. */
  readonly batch?: number;
  readonly compile?: CompileOptions;
}

/** A classifier that holds a program until it is disposed. */
export interface Classifier {
  readonly picture: PictureShape;
  readonly labels: readonly string[];
  /** @param pictures N×C×H×W, 0..1 @returns N×L */
  logits(pictures: Float32Array): Promise<Float32Array>;
  /** @param pictures N×C×H×W, 0..1 @returns N: the class of each, 0 … L − 1 */
  classes(pictures: Float32Array): Promise<Int32Array>;
  dispose(): Promise<void>;
}

/** @throws NoemaError CLASSIFIER_SHAPE where the model is of another kind or labels do not fit; MODEL_CORRUPT, INPUT_UNKNOWN and the like */
export async function openClassifier({
  model,
  labels,
  batch = 64,
  compile: how,
}: ClassifierParts): Promise<Classifier> {
  const read = withBatch(model, batch);
  const [input, output] = [read.input("picture"), read.output("logits")];
  checkPorts("CLASSIFIER_SHAPE", "classifier", [
    [input, ["N", "C", "H", "W"]],
    [output, ["N", "L"]],
  ]);
  if (output.shape[1] !== labels.length) {
    throw new NoemaError("CLASSIFIER_SHAPE", {
      where: "classifier",
      found: `it tells ${output.shape[1]} classes apart`,
      needed: `there are ${labels.length} labels`,
    });
  }
  const [, channels, height, width] = input.shape;
  const program = await compile({ inputs: { picture: input }, outputs: { logits: output } }, how);
  const logits = async (pictures: Float32Array) =>
    (await inBatches(program, batch, { picture: [pictures, channels * height * width] })).logits;
  return {
    picture: { channels, height, width },
    labels,
    logits,
    classes: async (pictures) => largest(await logits(pictures), labels.length),
    dispose: () => program.dispose(),
  };
}
