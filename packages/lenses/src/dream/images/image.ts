/** @file What an image parametrization is: numbers that ascent moves, and the picture they stand for. */
import type { Random, Value } from "@noema/engine";
import type { PictureSize } from "../../preprocessing.js";

/** One parametrization, for pictures of one size. */
export interface Image {
  /** Shape of the parameters. */
  readonly shape: readonly number[];
  /** Adam's learning rate that suits it. Default 0.05 (Lucid). */
  readonly rate?: number;
  /** The values have one channel more, the last: how opaque the picture is, before the sigmoid. */
  readonly transparent?: boolean;
  /**
   * Parameters of random pictures to start from.
   *
   * @param randoms one generator per picture: a picture starts alike, whatever batch it is in. What pictures share is drawn
   *   from the first.
   */
  initial(randoms: readonly Random[]): Float32Array;
  /** Any real numbers, N×C×H×W: the colours make a picture of them. */
  values(parameters: Value): Value;
  /** Parameters whose values are as near as possible to these, N×C×H×W. Left out where no formula gives them. */
  fit?(values: Float32Array): Float32Array;
}

export interface ImageKind<O = object> {
  /** The word for it on the command line. */
  readonly name: string;
  readonly summary: string;
  /** Its options that are numbers: on the command line, KIND:NAME=NUMBER,… . */
  readonly numbers?: Readonly<Record<string, ImageNumber>>;
  create(size: PictureSize, options?: O): Image;
}

/** Which numbers an option takes, both ends included. */
interface ImageNumber {
  readonly least: number;
  readonly most: number;
  /** Whole numbers only. */
  readonly isWhole?: boolean;
}

/** Declares a kind of image; the folder's index and its contract test find it. */
export function defineImage<O = object>(kind: ImageKind<O>): ImageKind<O> {
  return kind;
}
