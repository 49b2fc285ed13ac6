/** @file readListing: a dataset from a list of files and what is known of each. */
import { unknownName } from "@noema/engine";
import type { Terminal } from "../../terminal/command.js";
import type { Dataset, DatasetOptions, PictureSize } from "../dataset.js";
import { drawSome } from "./draw-some.js";
import { type FactorTexts, factorOf } from "./factor-of.js";
import { pictureForm } from "./picture-form.js";
import { type PictureFile, readPictures } from "./read-pictures.js";

export interface Listing extends Pick<Dataset, "kind" | "label" | "pairedBy" | "heldOutBy"> {
  readonly files: readonly PictureFile[];
  /** One text for each file. */
  readonly factors: readonly FactorTexts[];
  /** For each file 1 if the data set it apart for testing. */
  readonly test?: Uint8Array | undefined;
  /** What is read where nothing else is asked for. Default: what the pictures have. */
  readonly form?: PictureSize | undefined;
  /** As in `readPicture`: only the square in the middle, of this share of the shorter side. */
  readonly middle?: number | undefined;
}

/**
 * Reads the pictures, or some of them, drawn by the seed. Values that none of these has are no values of the factors.
 *
 * @throws NoemaError FACTOR_UNKNOWN, and what `drawSome`, `pictureForm` and `readPictures` throw
 */
export async function readListing(listing: Listing, options: DatasetOptions, terminal: Terminal): Promise<Dataset> {
  const { kind, label, pairedBy, heldOutBy, files, factors, test, form, middle } = listing;
  checkFactor(
    options.label,
    factors.map(({ name }) => name),
  );
  const chosen = drawSome(files.length, options.most, options.seed);
  const wanted = {
    size: options.size ?? form,
    channels: options.channels ?? form?.channels,
  };
  const paths = chosen.map((i) => files[i].path);
  const size = await pictureForm(paths, wanted, terminal);
  const { pixels, kept, skipped } = await readPictures(
    chosen.map((i) => files[i]),
    { size, middle, maxUnreadable: options.maxUnreadable },
    terminal,
  );
  const of = kept.map((i) => chosen[i]);
  return {
    kind,
    size,
    count: of.length,
    pixels,
    factors: factors.map((factor) => factorOf(factor, of)),
    label,
    ...(pairedBy && { pairedBy }),
    ...(heldOutBy && { heldOutBy }),
    ...(test && { test: Uint8Array.from(of, (i) => test[i]) }),
    names: of.map((i) => files[i].name),
    skipped,
  };
}

/** @throws NoemaError FACTOR_UNKNOWN, with the nearest names */
export function checkFactor(wanted: string | undefined, names: readonly string[]): void {
  if (wanted !== undefined && !names.includes(wanted)) throw unknownName("FACTOR_UNKNOWN", "label", wanted, names);
}
