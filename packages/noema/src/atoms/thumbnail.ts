/** @file thumbnail: a picture as a network is shown it, at a size for sheets. */
import type { PictureForm } from "../activations/picture-source.js";
import { cellPixels } from "../factors/cell.js";
import { type Pixels, pixelsOf } from "../pictures/png.js";

/** Pixels to a side that pictures are brought near to, by whole factors. */
export const usualSide = 112;

/** @param picture C×H×W, 0..1 */
export function thumbnail(picture: Float32Array, form: PictureForm, side = usualSide): Pixels {
  const { channels, height, width } = form;
  const longest = Math.max(height, width);
  const factor = Math.round(side / longest);
  if (factor >= 1 && channels !== 4) return cellPixels(picture, form, { factor });
  const smaller = Math.max(1, Math.round(longest / side));
  const [h, w] = [Math.floor(height / smaller), Math.floor(width / smaller)];
  const shrunk = new Float32Array(channels * h * w);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        let sum = 0;
        for (let dy = 0; dy < smaller; dy++) {
          const from = (c * height + y * smaller + dy) * width + x * smaller;
          for (let dx = 0; dx < smaller; dx++) sum += picture[from + dx];
        }
        shrunk[(c * h + y) * w + x] = sum / smaller ** 2;
      }
    }
  }
  const transparent = channels === 4;
  return pixelsOf(shrunk, { batch: 1, channels: transparent ? 3 : channels, height: h, width: w }, 0, transparent);
}
