/** @file ThoughtDecoder: what atoms are looked at through; it refuses what does not fit it, and its answers are looked over. */
import { NoemaError } from "@noema/engine";
import type { PictureShape } from "../factors/autoencoder.js";
import { mostNumbers, pictureLength, portion } from "../factors/checked.js";
import { countVectors } from "./check-atoms.js";

export interface ThoughtDecoder {
  readonly picture: PictureShape;
  /** D: numbers of a vector, where it is known. */
  readonly latents?: number;
  /** @param vectors N×D @returns N×C×H×W, about 0..1 */
  decode(vectors: Float32Array): Promise<Float32Array>;
}

/** A decoder for vectors of one length, however many. */
export interface CheckedDecoder {
  readonly picture: PictureShape;
  /** Numbers of a picture. */
  readonly size: number;
  /** @param vectors D numbers each @returns N×C×H×W */
  decode(vectors: readonly Float32Array[]): Promise<Float32Array>;
}

/**
 * @param length D: numbers of an atom
 * @throws NoemaError ATOMS_DECODER: it takes other vectors, or answers with another count or with what is no number; ATOMS_MANY:
 *   more pictures than a view can hold
 */
export function checkedDecoder(decoder: ThoughtDecoder, length: number): CheckedDecoder {
  const { picture, latents } = decoder;
  if (latents !== undefined && latents !== length) {
    throw new NoemaError("ATOMS_DECODER", {
      where: "decoder",
      found: `it takes vectors of ${latents} numbers`,
      needed: `atoms have ${length}`,
      remedy: "Take the decoder of the layer that the dictionary was learned from.",
    });
  }
  const size = pictureLength(picture);
  if (!(Number.isInteger(size) && size > 0)) {
    throw new NoemaError("ATOMS_DECODER", {
      where: "decoder",
      found: `pictures of ${picture.channels}×${picture.height}×${picture.width}`,
      needed: "it must have at least one of each",
    });
  }
  return {
    picture,
    size,
    async decode(vectors) {
      checkRoom(vectors.length, picture);
      const pictures = new Float32Array(vectors.length * size);
      for (let at = 0; at < vectors.length; at += portion) {
        const some = vectors.slice(at, at + portion);
        const rows = new Float32Array(some.length * length);
        some.forEach((vector, i) => {
          rows.set(vector, i * length);
        });
        countVectors("vectors to be decoded", rows, length);
        const decoded = await decoder.decode(rows);
        checkAnswer(decoded, some.length * size);
        pictures.set(decoded, at * size);
      }
      return pictures;
    },
  };
}

/** @throws NoemaError ATOMS_MANY */
export function checkRoom(count: number, picture: PictureShape): void {
  const most = Math.floor(mostNumbers / pictureLength(picture));
  if (count <= most) return;
  throw new NoemaError("ATOMS_MANY", {
    where: "view",
    found: `${count} pictures of ${picture.channels}×${picture.height}×${picture.width}`,
    needed: `it may hold ${most} of that size`,
    remedy: "Take fewer pictures, atoms or amounts.",
  });
}

function checkAnswer(pictures: Float32Array, length: number): void {
  const wrong = pictures.length === length ? pictures.findIndex((v) => !Number.isFinite(v)) : -1;
  if (pictures.length === length && wrong < 0) return;
  throw new NoemaError("ATOMS_DECODER", {
    where: "decoder's pictures",
    found: wrong < 0 ? `${pictures.length} numbers` : `number ${wrong} is ${pictures[wrong]}`,
    needed: wrong < 0 ? `${length} were asked for` : "every one must be finite",
    ...(wrong < 0
      ? {}
      : { remedy: "The network's training may have diverged, or the vector lies too far from any it has seen." }),
  });
}
