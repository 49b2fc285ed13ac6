/** @file A strip: a photograph and what it becomes at one layer after the other, labelled, as one sheet. */
import type { Photograph } from "@noema/lenses";
import { type Pixels, pixelsOf } from "../pictures/png.js";
import { drawSheet } from "../pictures/sheet.js";

export interface StripEntry {
  readonly picture: Photograph;
  readonly title: string;
  readonly note: string;
}

/** Wide pictures stand below each other, tall ones side by side. */
export function drawStrip(
  entries: readonly StripEntry[],
  { title, subtitle }: { title: string; subtitle: string },
): Pixels {
  const [{ picture }] = entries;
  const drawn = entries.map(({ picture, title, note }) => ({ picture: asPixels(picture), title, note }));
  const isWide = picture.width >= picture.height;
  return drawSheet([{ rows: isWide ? drawn.map((one) => ({ entries: [one] })) : [{ entries: drawn }] }], {
    title,
    subtitle,
  });
}

function asPixels({ width, height, channels, data }: Photograph): Pixels {
  return pixelsOf(data, { batch: 1, channels, height, width }, 0);
}
