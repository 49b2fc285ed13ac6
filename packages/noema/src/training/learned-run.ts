/** @file learnedRun: the layers of a run's encoder and decoder, for a figure. */
import type { OpenRun } from "./open-run.js";

interface LayerShape {
  readonly size: number;
  readonly name?: string;
}

/** What lies between picture and code on the way in, and back. */
export function learnedRun({ file, options }: OpenRun): {
  readonly encoder: readonly LayerShape[];
  readonly decoder: readonly LayerShape[];
} {
  const hidden = options.hidden ?? [];
  const { height, width } = file.picture;
  const convolves = options.network === "conv";
  const encoder = hidden.map((size, i): LayerShape => {
    if (!convolves || i === hidden.length - 1) return { size };
    const [h, w] = [height, width].map((side) => Math.ceil(side / 2 ** (i + 1)));
    return { size: size * h * w, name: `${size}×${h}×${w}` };
  });
  return { encoder, decoder: [...encoder].reverse() };
}
