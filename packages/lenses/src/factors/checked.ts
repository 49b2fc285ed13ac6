/** @file checked: an autoencoder that refuses what does not fit it, and whose own answers are looked over. */
import { NoemaError, unknownName } from "@noema/engine";
import type { Autoencoder, PictureShape } from "./autoencoder.js";

/** Pictures that go through a network at once: enough to keep it busy, few enough for the largest to stay in memory. */
export const portion = 256;

/** Numbers that one view may hold: 1 GiB of pictures. */
export const mostNumbers = 2 ** 28;

/** How many numbers a picture has. */
export const pictureLength = ({ channels, height, width }: PictureShape) => channels * height * width;

/**
 * The same autoencoder, which takes any number of pictures in portions.
 *
 * @throws NoemaError FACTORS_MODEL: it has no labels or latents, or answers with another count or with what is no number
 */
export function checked(autoencoder: Autoencoder): Autoencoder {
  const { picture, labels, latents } = autoencoder;
  const { channels, height, width } = picture;
  const sizes = [channels, height, width, labels.length, latents];
  if (!sizes.every((size) => Number.isInteger(size) && size > 0)) {
    throw new NoemaError("FACTORS_MODEL", {
      where: "autoencoder",
      found: `pictures of ${channels}×${height}×${width}, ${labels.length} labels, ${latents} latents`,
      needed: "it must have at least one of each",
    });
  }
  const length = pictureLength(picture);
  return {
    ...{ picture, labels, latents },
    async encode(pictures) {
      const count = countPictures(pictures, picture);
      const found = { labels: new Float32Array(count * labels.length), latents: new Float32Array(count * latents) };
      for (let at = 0; at < count; at += portion) {
        const end = Math.min(count, at + portion);
        const encoded = await autoencoder.encode(pictures.subarray(at * length, end * length));
        checkAnswer("encoder's labels", encoded.labels, (end - at) * labels.length);
        checkAnswer("encoder's latents", encoded.latents, (end - at) * latents);
        found.labels.set(encoded.labels, at * labels.length);
        found.latents.set(encoded.latents, at * latents);
      }
      return found;
    },
    async decode(ownLabels, ownLatents) {
      const count = countRows("labels", ownLabels, labels.length);
      const others = countRows("latents", ownLatents, latents);
      if (count !== others) {
        throw new NoemaError("FACTORS_COUNT", {
          where: "decoder",
          found: `labels of ${count} pictures and latents of ${others}`,
          needed: "there must be as many of each",
        });
      }
      checkRoom(count, picture);
      const pictures = new Float32Array(count * length);
      for (let at = 0; at < count; at += portion) {
        const end = Math.min(count, at + portion);
        const decoded = await autoencoder.decode(
          ownLabels.subarray(at * labels.length, end * labels.length),
          ownLatents.subarray(at * latents, end * latents),
        );
        checkAnswer("decoder's pictures", decoded, (end - at) * length);
        pictures.set(decoded, at * length);
      }
      return pictures;
    },
  };
}

/**
 * How many pictures these are.
 *
 * @param what messages call them
 * @throws NoemaError FACTORS_EMPTY, FACTORS_SHAPE, FACTORS_NUMBER
 */
export function countPictures(pictures: Float32Array, shape: PictureShape, what = "pictures"): number {
  const { channels, height, width } = shape;
  return countRows(what, pictures, pictureLength(shape), `${channels}×${height}×${width} = `);
}

/**
 * How many rows of `width` numbers these are.
 *
 * @throws NoemaError FACTORS_EMPTY, FACTORS_SHAPE, FACTORS_NUMBER
 */
export function countRows(what: string, data: Float32Array, width: number, shape = ""): number {
  if (!(data instanceof Float32Array) || data.length % width !== 0) {
    throw new NoemaError("FACTORS_SHAPE", {
      where: what,
      found: data instanceof Float32Array ? `${data.length} numbers` : "something else than a Float32Array",
      needed: `each takes ${shape}${width}`,
    });
  }
  if (data.length === 0) throw new NoemaError("FACTORS_EMPTY", { where: what, found: "there are none" });
  checkNumbers(what, data);
  return data.length / width;
}

/** @throws NoemaError FACTORS_NUMBER */
export function checkNumbers(what: string, data: ArrayLike<number>): void {
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      throw new NoemaError("FACTORS_NUMBER", {
        where: `${what}, number ${i}`,
        found: `${data[i]} is no finite number`,
      });
    }
  }
}

/**
 * Where labels stand among the autoencoder's own.
 *
 * @param names undefined: all
 * @throws NoemaError FACTORS_LABEL: no such label, with the nearest; FACTORS_EMPTY
 */
export function labelIndices(names: readonly string[] | undefined, labels: readonly string[]): number[] {
  if (names === undefined) return [...labels.keys()];
  if (names.length === 0) throw new NoemaError("FACTORS_EMPTY", { where: "labels", found: "none was named" });
  return names.map((name) => {
    const index = labels.indexOf(name);
    if (index < 0) throw unknownName("FACTORS_LABEL", "label", name, labels);
    return index;
  });
}

/** @throws NoemaError FACTORS_MANY: more pictures than one view can hold */
export function checkRoom(count: number, picture: PictureShape): void {
  const most = Math.floor(mostNumbers / pictureLength(picture));
  if (count <= most) return;
  throw new NoemaError("FACTORS_MANY", {
    where: "view",
    found: `${count} pictures of ${picture.channels}×${picture.height}×${picture.width}`,
    needed: `it may hold ${most} of that size`,
    remedy: "Take fewer pictures, labels or values.",
  });
}

function checkAnswer(what: string, data: Float32Array, length: number): void {
  const wrong = data.length === length ? data.findIndex((v) => !Number.isFinite(v)) : -1;
  if (data.length === length && wrong < 0) return;
  throw new NoemaError("FACTORS_MODEL", {
    where: what,
    found: wrong < 0 ? `${data.length} numbers` : `number ${wrong} is ${data[wrong]}`,
    needed: wrong < 0 ? `${length} were asked for` : "every one must be finite",
    ...(wrong < 0 ? {} : { remedy: "The network's training may have diverged." }),
  });
}
