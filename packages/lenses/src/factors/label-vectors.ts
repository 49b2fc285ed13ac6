/** @file Label vectors: which label pictures carry, and rows of labels and latents to be decoded. */
import { largest } from "../nets/largest.js";
import type { Caption } from "../panel.js";
import type { Autoencoder, Encoded } from "./autoencoder.js";
import { checkRoom } from "./checked.js";

/** One picture of many, N×C×H×W, N×L or N×Z. */
export function rowOf(data: Float32Array, row: number, width: number): Float32Array {
  return data.subarray(row * width, (row + 1) * width);
}

/** L numbers: `value` for one label, 0 for the others. */
export function labelVector(index: number, count: number, value = 1): Float32Array {
  const vector = new Float32Array(count);
  vector[index] = value;
  return vector;
}

/** Each picture's likeliest label; the first of equals. */
export function likeliest({ labels }: Pick<Encoded, "labels">, count: number): number[] {
  return [...largest(labels, count)];
}

/** The label and latents of one picture to be decoded. */
export interface Code {
  /** L */
  readonly label: Float32Array;
  /** Z */
  readonly latent: Float32Array;
}

/** @returns N×C×H×W */
export function decodeAll(autoencoder: Autoencoder, codes: readonly Code[]): Promise<Float32Array> {
  const { labels, latents, picture } = autoencoder;
  checkRoom(codes.length, picture);
  const [ys, zs] = [new Float32Array(codes.length * labels.length), new Float32Array(codes.length * latents)];
  codes.forEach(({ label, latent }, i) => {
    ys.set(label, i * labels.length);
    zs.set(latent, i * latents);
  });
  return autoencoder.decode(ys, zs);
}

/** What pictures are called, and how the encoder reads them. */
export function readingOf(
  names: readonly string[] | undefined,
  index: number,
  label: string,
): Omit<Caption, "picture"> {
  return { text: names?.[index] ?? `picture ${index + 1}`, note: `read as ${label}` };
}
