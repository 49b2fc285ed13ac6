/** @file Names and originals of the pictures whose vectors are looked at. */
import { NoemaError } from "@noema/engine";
import type { PictureShape } from "../../factors/autoencoder.js";
import { pictureLength } from "../../factors/checked.js";
import { rowOf } from "../../factors/label-vectors.js";
import type { Caption } from "../../panel.js";
import { checkCount, checkFinite } from "../check-atoms.js";

export interface NamedPictures {
  /** What the pictures are called, one name for each vector. */
  readonly names?: readonly string[] | undefined;
  /** N×C×H×W, 0..1: the pictures themselves, shown beside what is decoded. */
  readonly pictures?: Float32Array | undefined;
}

/** @throws NoemaError ATOMS_SHAPE, ATOMS_NUMBER, ATOMS_COUNT */
export function checkNamed({ names, pictures }: NamedPictures, count: number, shape: PictureShape): void {
  if (names !== undefined) checkCount("names of pictures", names.length, count);
  if (pictures === undefined) return;
  const { channels, height, width } = shape;
  const needed = count * pictureLength(shape);
  if (!(pictures instanceof Float32Array) || pictures.length !== needed) {
    throw new NoemaError("ATOMS_SHAPE", {
      where: "pictures",
      found: pictures instanceof Float32Array ? `${pictures.length} numbers` : "something else than a Float32Array",
      needed: `${needed} are ${count} of ${channels}×${height}×${width}`,
    });
  }
  checkFinite("pictures", pictures);
}

export function nameOf({ names }: NamedPictures, row: number): string {
  return names?.[row] ?? `picture ${row + 1}`;
}

/** The picture itself, if it was given, as a caption that says so. */
export function originalOf({ pictures }: NamedPictures, row: number, size: number): Caption[] {
  return pictures === undefined ? [] : [{ text: "picture", picture: rowOf(pictures, row, size).slice() }];
}
