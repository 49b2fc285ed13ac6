/** @file openPicturesOf: the pictures that the vectors of a store are of, opened again, to be looked at beside them. */
import { NoemaError } from "@noema/engine";
import { channelCount } from "@noema/lenses";
import type { ActivationsFile } from "../store/activations-file.js";
import type { Terminal } from "../terminal/command.js";
import { openPictures, type PictureForm, type PictureSource } from "./picture-source.js";

export interface StorePictures {
  readonly source: PictureSource;
  /** As they are read, and as the network was shown them. */
  readonly form: PictureForm;
}

/**
 * Pictures by the numbers that stand in column `picture` of vectors.parquet.
 *
 * @throws NoemaError ACTIVATIONS_PICTURES where the store does not know its pictures, or they are others since; what opening
 *   the data throws
 */
export async function openPicturesOf(
  { pictures, model }: Pick<ActivationsFile, "pictures" | "model">,
  terminal: Terminal,
): Promise<StorePictures> {
  if (pictures === undefined || model === undefined) {
    throw new NoemaError("ACTIVATIONS_PICTURES", {
      where: "these activations",
      found: "they do not say of which pictures they are",
      remedy: "noema activations writes such as do.",
    });
  }
  const form = { channels: channelCount(model.preprocessing as Parameters<typeof channelCount>[0]), ...model.size };
  const { data, dataSize, most, dataSeed, hash } = pictures;
  // What could not be read then is not asked for.
  const source = await openPictures({ data, dataSize, most, dataSeed, maxUnreadable: 1, form }, terminal);
  if (source.hash === hash) return { source, form };
  throw new NoemaError("ACTIVATIONS_PICTURES", {
    where: `data "${data}"`,
    found: `${source.count} pictures that are not those of the activations`,
    needed: `${pictures.count} were there`,
    remedy: "Bring the data back to what they were, or make the activations again.",
  });
}
