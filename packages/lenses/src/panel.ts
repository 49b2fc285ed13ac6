/** @file Panel: a table of pictures with captions, which is what the lenses of factors and atoms give. */
import type { PictureShape } from "./factors/autoencoder.js";

export interface Caption {
  readonly text: string;
  /** Said smaller, under it. */
  readonly note?: string;
  /** C×H×W: shown in place of words, which then say what it is. */
  readonly picture?: Float32Array;
}

export interface Panel {
  /** What the panel is about. */
  readonly heading?: Caption;
  /** Pictures that it is made from, such as the original and what the decoder makes of its own label and latents. */
  readonly from?: readonly Caption[];
  /** What changes down the rows and along the columns, such as "value of the label". */
  readonly axes?: { readonly down?: string; readonly along?: string };
  readonly rows: readonly Caption[];
  readonly columns: readonly Caption[];
  /** The columns whose like training has shown the decoder; those outside it had to make up. */
  readonly seen?: { readonly first: number; readonly last: number };
  /** (rows·columns)×C×H×W, row by row; about 0..1, but far labels may lead outside. */
  readonly pictures: Float32Array;
  /** Cells to be told from the others, such as those where nothing was changed: row · columns + column. */
  readonly marked?: readonly number[];
}

/** What a lens of factors or atoms shows. */
export interface View {
  readonly picture: PictureShape;
  readonly panels: readonly Panel[];
}

/** A number as captions say it: few digits, a proper minus. */
export function spoken(value: number, digits = 3): string {
  return `${Number(value.toPrecision(digits))}`.replace("-", "−");
}

/** The same, with a plus where it is more than 0. */
export function signed(value: number, digits = 3): string {
  return `${value > 0 ? "+" : ""}${spoken(value, digits)}`;
}
