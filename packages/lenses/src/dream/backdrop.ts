/** @file What transparent pictures are laid on: a random picture, another one at every step (Lucid, collapse_alpha_random). */
import { input, type Random, type Value } from "@noema/engine";
import type { PictureSize } from "../preprocessing.js";
import type { Colours } from "./colours.js";
import { fourier } from "./images/fourier.js";
import type { Drawn } from "./transforms/transform.js";

export interface Backdrop {
  /** 1×C×H×W, 0 … 1. */
  readonly picture: Value;
  readonly inputs: Readonly<Record<string, Value>>;
  draw(random: Random): Drawn;
}

/** Standard deviation of its Fourier coefficients (Lucid, optvis/transform.py). */
const deviation = 0.5;

export function backdrop(size: PictureSize, colours: Colours): Backdrop {
  const image = fourier.create({ ...size, batch: 1 }, { deviation });
  const spectrum = input("backdrop", image.shape);
  return {
    picture: colours.picture(image.values(spectrum)),
    inputs: { backdrop: spectrum },
    draw: (random) => ({ backdrop: image.initial([random]) }),
  };
}
