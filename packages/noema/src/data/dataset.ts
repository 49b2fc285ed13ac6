/** @file Dataset: labelled pictures of one size; and what a kind of dataset is: one file of this folder each. */
import type { Terminal } from "../terminal/command.js";

/** Something that is known of every picture: its label, the person, the glasses. */
export interface Factor {
  readonly name: string;
  /** Names of its values. */
  readonly values: readonly string[];
  /** Which value each picture has: N, 0 … values − 1. */
  readonly of: Int32Array;
}

export interface PictureSize {
  /** 1: grey; 3: red, green, blue. */
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
}

export interface Dataset {
  /** The kind, as it is said on the command line. */
  readonly kind: string;
  readonly size: PictureSize;
  readonly count: number;
  /** N×C×H×W, 0..255. */
  readonly pixels: Uint8Array;
  readonly factors: readonly Factor[];
  /** Name of the factor that is the label unless another is asked for; empty where nothing is known of the pictures. */
  readonly label: string;
  /** Names of the factors that two pictures share when all but the label is the same: the same person, photographed alike. */
  readonly pairedBy?: readonly string[];
  /** Name of the factor whose values are held out whole, such as persons: a test on them shows what holds for others. */
  readonly heldOutBy?: string;
  /** Pictures that the data themselves set apart for testing: N, 1 for these. */
  readonly test?: Uint8Array;
  /** Where each picture comes from: a path within the source, or a number. */
  readonly names: readonly string[];
  /** Pictures that could not be read. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/** What every kind of dataset is opened with. */
export interface DatasetOptions {
  /** Side or sides in pixels. Default: the kind's own. */
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  /** Default: the kind's own. */
  readonly channels?: 1 | 3 | undefined;
  /** At most so many pictures, drawn by the seed, in their order. */
  readonly most?: number | undefined;
  /** For what is drawn: avatars, which pictures of too many. */
  readonly seed: number;
  /** The share of pictures that may be unreadable, 0..1. */
  readonly maxUnreadable: number;
  /** The factor that is wanted as the label. */
  readonly label?: string | undefined;
  /** Whether pictures of which nothing is known will do: they have no factors then, and no label. */
  readonly unlabelled?: boolean | undefined;
}

export interface DatasetKind {
  /** The word for it on the command line; also the name of its file. */
  readonly name: string;
  readonly summary: string;
  /** What its source is, or undefined where it needs none. */
  readonly source?: string;
  /** Whether this looks like its source; asked where no kind was named. */
  recognizes(path: string): boolean;
  /**
   * Obeys all options; the label may be left to `openDataset`, which also says what pairs share then.
   *
   * @throws NoemaError STOPPED after Ctrl-C
   */
  open(source: string | undefined, options: DatasetOptions, terminal: Terminal): Promise<Dataset>;
}

/** Declares a kind of dataset. A file of this folder that exports one as `dataset` is one. */
export function defineDataset(kind: DatasetKind): DatasetKind {
  return kind;
}
