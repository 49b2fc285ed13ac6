/** @file plainName: a name for a file or folder that any system takes, of what was written on the command line. */
import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";

export function plainName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}_.]+/gu, "-").replaceAll(/^[-.]+|[-.]+$/g, "");
}

/** `tours/googlenet-inception_4c-output`: the folder of what was made of a layer, unless another is named. */
export function folderOfLayer(
  within: string,
  { model, layer }: { readonly model: string; readonly layer: string },
): string {
  const name = existsSync(model) ? basename(resolve(model)).replace(/\.(onnx|json)$/i, "") : model;
  return join(within, `${plainName(name)}-${plainName(layer)}`.slice(0, 120));
}
