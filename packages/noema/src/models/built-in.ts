/** @file Models that are there after the install, under a name of their own. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { NoemaError } from "@noema/engine";
import type { Sidecar } from "./sidecar.js";
import { zooFolder } from "./zoo.js";

export interface BuiltInModel {
  readonly name: string;
  readonly summary: string;
  /** Where its file is. Throws where its package is not installed. */
  path(): string;
  readonly sidecar: Sidecar;
  /** The layer that shows most in a dream on a photograph. */
  readonly dreamLayer: string;
}

/** A file of the npm package @vladmandic/human (MIT), found as any module of it is. */
function humanModel(file: string): string {
  try {
    const entry = createRequire(import.meta.url).resolve("@vladmandic/human");
    return join(dirname(dirname(entry)), "models", file);
  } catch (cause) {
    throw new NoemaError("PACKAGE_MISSING", {
      where: file,
      found: "the package @vladmandic/human is not installed",
      remedy: "Run npm ci in the repository.",
      cause,
    });
  }
}

/** A file of a network of the zoo. */
function zooModel(name: string, file: string): string {
  const folder = zooFolder(name);
  if (folder !== undefined) return join(folder, file);
  throw new NoemaError("PACKAGE_MISSING", {
    where: name,
    found: "the folder zoo is not beside the program",
    remedy: "Take it from the repository.",
  });
}

export const builtInModels: readonly BuiltInModel[] = [
  {
    name: "centernet",
    summary: "an object detector: CenterNet on MobileNetV3, trained on the natural images of COCO",
    path: () => humanModel("centernet.json"),
    sidecar: {
      input: "tower_0/images",
      layout: "NHWC",
      channels: "RGB",
      range: [0, 255],
      mean: [0, 0, 0],
      scale: [1, 1, 1],
    },
    dreamLayer: "tower_0/MobilenetV3/expanded_conv_11/depthwise/hard_swish/mul_1",
  },
  {
    name: "mnist-classifier",
    summary: "a small convolutional network that reads handwritten digits, trained by our own recipe",
    path: () => zooModel("mnist-classifier", "classifier.onnx"),
    sidecar: {
      input: "picture",
      layout: "NCHW",
      channels: "grey",
      range: [0, 1],
      mean: [0],
      scale: [1],
    },
    dreamLayer: "Conv_2",
  },
];
