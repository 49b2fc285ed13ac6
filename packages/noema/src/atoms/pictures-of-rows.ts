/** @file picturesOfRows: the pictures that some vectors are of, read once each, with their names. */
import { NoemaError } from "@noema/engine";
import type { PictureForm } from "../activations/picture-source.js";
import type { OpenAtoms } from "./open-atoms.js";
import { partOfPicture } from "./part-of-picture.js";

export interface RowPictures {
  readonly form: PictureForm;
  /** By row, in the order in which they were asked for: N×C×H×W, 0..1. */
  readonly pictures: Float32Array;
  readonly names: readonly string[];
  /** All that is known of each. */
  readonly known: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Where vectors are of places, of each picture the part around its place, unless `whole`.
 *
 * @throws NoemaError ACTIVATIONS_PICTURES, PICTURES_UNREADABLE where one that was read then cannot be now
 */
export async function picturesOfRows(
  atoms: OpenAtoms,
  rows: ArrayLike<number>,
  { whole = false } = {},
): Promise<RowPictures> {
  const known = await atoms.activations.describe(rows);
  const { source, form } = await atoms.pictures();
  const each = form.channels * form.height * form.width;
  const pictures = new Float32Array(rows.length * each);
  const first = new Map<number, number>();
  for (const [i, { picture }] of known.entries()) {
    const place = Number(picture);
    const before = first.get(place);
    const into = pictures.subarray(i * each, (i + 1) * each);
    if (before !== undefined) {
      into.set(pictures.subarray(before * each, (before + 1) * each));
      continue;
    }
    const reason = place < source.count ? await source.read(place, into) : "there is no such picture";
    if (reason !== undefined) {
      throw new NoemaError("PICTURES_UNREADABLE", {
        where: source.names[place] ?? `picture ${place}`,
        found: reason,
        remedy: "It could be read when the activations were made: bring it back, or make them again.",
      });
    }
    first.set(place, i);
  }
  const { positions = [] } = atoms.activations.meta.layer ?? {};
  if (!whole && positions.length === 2) {
    for (const [i, { y, x }] of known.entries()) {
      if (typeof y !== "number" || typeof x !== "number") continue;
      partOfPicture(pictures.subarray(i * each, (i + 1) * each), form, { y, x, positions });
    }
  }
  return { form, pictures, names: known.map(({ name, picture }) => String(name ?? picture)), known };
}
