/** @file Subject: what is to be learned of a dataset. */
import type { Pairs } from "@noema/lenses";
import type { Dataset, Factor } from "../data/dataset.js";

export interface Examples {
  /** Indices of pictures. */
  readonly pictures: Int32Array;
  /** Pairs among them, where they are learned by pairs. */
  readonly pairs?: Pairs;
}

export interface Subject {
  readonly dataset: Dataset;
  /** Where nothing is to be told of the pictures, a factor of no name and one value. */
  readonly label: Factor;
  readonly training: Examples;
  readonly test: Examples;
  /** Pictures that figures are taken of: those set apart, or where none are, all that teach. */
  readonly asked: Int32Array;
  /** The factor whose values are held out whole, such as the person; not where it is the label. */
  readonly heldOut: Factor | undefined;
  /** How the test pictures were set apart. */
  readonly manner: string;
  /** SHA-256 of pictures and labels. */
  readonly hash: string;
  /** SHA-256 of which of them teach and test, and make pairs. */
  readonly split: string;
}

/** Some pictures of a dataset as a network sees them: N×C×H×W, 0..1. */
export function picturesOf({ pixels, size }: Dataset, indices: ArrayLike<number>): Float32Array {
  const each = size.channels * size.height * size.width;
  const found = new Float32Array(indices.length * each);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i] * each;
    for (let k = 0; k < each; k++) found[i * each + k] = pixels[from + k] / 255;
  }
  return found;
}
