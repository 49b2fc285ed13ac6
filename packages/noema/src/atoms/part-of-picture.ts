/** @file partOfPicture: the part of a picture that a vector of one place is about, as large as the picture. */
import type { PictureForm } from "../activations/picture-source.js";
import { cropOf } from "../tour/crop.js";

export interface PlaceInLayer {
  /** Row and column. */
  readonly y: number;
  readonly x: number;
  /** Rows and columns of the layer. */
  readonly positions: readonly number[];
}

/** @param picture C×H×W, written to */
export function partOfPicture(picture: Float32Array, form: PictureForm, { y, x, positions }: PlaceInLayer): void {
  const { channels, height, width } = form;
  const [rows, columns] = positions;
  // How far a place sees is not known here: half the picture around it is what it can be about.
  const crop = cropOf(y * columns + x, { width, height, rows, columns, field: null });
  const whole = picture.slice();
  for (let c = 0; c < channels; c++) {
    for (let row = 0; row < height; row++) {
      const from = (crop.y + (crop.height * (row + 0.5)) / height) * height - 0.5;
      for (let column = 0; column < width; column++) {
        const across = (crop.x + (crop.width * (column + 0.5)) / width) * width - 0.5;
        picture[(c * height + row) * width + column] = between(whole, form, { c, y: from, x: across });
      }
    }
  }
}

/** Bilinear; beyond the edge, the edge goes on. */
function between(
  picture: Float32Array,
  { height, width }: PictureForm,
  { c, y, x }: { readonly c: number; readonly y: number; readonly x: number },
): number {
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const at = (row: number, column: number) => {
    const [inY, inX] = [Math.min(height - 1, Math.max(0, row)), Math.min(width - 1, Math.max(0, column))];
    return picture[(c * height + inY) * width + inX];
  };
  const [down, right] = [y - top, x - left];
  const upper = at(top, left) * (1 - right) + at(top, left + 1) * right;
  const lower = at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right;
  return upper * (1 - down) + lower * down;
}
