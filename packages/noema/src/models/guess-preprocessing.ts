/** @file What a network wants of its pictures, where its sidecar does not say: a guess, and the reason for it. */
import type { DeclaredInput, Model } from "@noema/engine";
import type { Preprocessing } from "@noema/lenses";

export interface Guess {
  readonly preprocessing: Preprocessing;
  /** What of the model made us think so. */
  readonly because: string;
}

type Values = Pick<Preprocessing, "range" | "mean" | "scale"> & { readonly order: "RGB" | "BGR" };

interface Convention extends Values {
  readonly because: string;
  fits(model: Model, layout: Preprocessing["layout"]): boolean;
}

/** How the frameworks that models come from prepare ImageNet's pictures, the more telling signs first. */
const conventions: readonly Convention[] = [
  {
    because: "its input is called data and its layers are named as Caffe's are",
    fits: (model) =>
      model.inputs.some((v) => v.name === "data") && model.names.some((name) => /^prob$|^conv1\b/.test(name)),
    // caffe/models/bvlc_googlenet/train_val.prototxt
    ...{ order: "BGR", range: [0, 255], mean: [104, 117, 123], scale: [1, 1, 1] },
  },
  {
    because: "PyTorch wrote it",
    fits: (model) => /pytorch|torch/i.test(model.producer),
    // torchvision, references/classification/presets.py
    ...{ order: "RGB", range: [0, 1], mean: [0.485, 0.456, 0.406], scale: [0.229, 0.224, 0.225] },
  },
  {
    because: "its channels come last, as TensorFlow's do",
    fits: (_, layout) => layout === "NHWC",
    // keras.applications.imagenet_utils.preprocess_input, mode "tf"
    ...{ order: "RGB", range: [-1, 1], mean: [0, 0, 0], scale: [1, 1, 1] },
  },
  {
    because: "most networks for natural pictures want this",
    fits: () => true,
    ...{ order: "RGB", range: [0, 1], mean: [0.485, 0.456, 0.406], scale: [0.229, 0.224, 0.225] },
  },
];

/** A guess from the shape of the input, its names and who wrote the file. */
export function guessPreprocessing(model: Model, input: DeclaredInput): Guess {
  const { layout, count } = axesOf(input);
  const { because, order, range, mean, scale } = conventions.find((one) => one.fits(model, layout))!;
  if (count !== 1) return { preprocessing: { layout, channels: order, range, mean, scale }, because };
  return {
    preprocessing: { layout, channels: "grey", range: [0, 1], mean: [0], scale: [1] },
    because: "its input has one channel",
  };
}

/** Channels are the axis of size 1 or 3; where that does not tell, the first after the batch. */
export function axesOf({ dims }: DeclaredInput): { layout: Preprocessing["layout"]; count: number } {
  const isCount = (dim: unknown): dim is number => dim === 1 || dim === 3;
  const [second, last] = [dims?.[1], dims?.[3]];
  if (isCount(second)) return { layout: "NCHW", count: second };
  if (isCount(last)) return { layout: "NHWC", count: last };
  return { layout: "NCHW", count: 3 };
}
