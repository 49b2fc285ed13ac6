/** @file spatialCoder: convolutions from a picture down to some numbers per place, and the mirror of them back up. */
import { NoemaError } from "@noema/engine";
import type { PictureShape } from "../factors/autoencoder.js";
import { convLevels } from "./conv-levels.js";
import { convolution } from "./convolution.js";
import { flatten, unflatten } from "./dense.js";
import { type Net, sequence } from "./net.js";

interface SpatialCoder {
  /** N×C×H×W to N×deepest×h×w. */
  readonly trunk: Net;
  /** N×deepest×h×w to N×Z: Z / (h·w) numbers of each place, in the order of channels, rows and columns. */
  head(name: string): Net;
  /** N×Z to N×C×H×W. */
  readonly decoder: Net;
}

/**
 * A map of latents, as the autoencoders of VQ-VAE (van den Oord et al. 2017) and of latent diffusion (Rombach et al. 2022)
 * have: every hidden size is a convolution of `convLevels`, h×w is the map behind the last. A head sees its own place only,
 * and the first convolution of the way back its neighbours: what a latent stands for remains near its place.
 *
 * @param latents Z, a multiple of h·w
 * @throws NoemaError ARCHITECTURE_SHAPE, AUTOENCODER_OPTION
 */
export function spatialCoder(picture: PictureShape, hidden: readonly number[], latents: number): SpatialCoder {
  if (hidden.length === 0) {
    throw new NoemaError("ARCHITECTURE_SHAPE", {
      where: "autoencoder",
      found: "no hidden layers",
      needed: "at least one: channels of a convolution",
    });
  }
  const { down, deepest, map, up } = convLevels(picture, hidden);
  const { height, width } = map;
  const places = height * width;
  if (latents % places !== 0) {
    throw new NoemaError("AUTOENCODER_OPTION", {
      where: "autoencoder, latents",
      found: String(latents),
      needed: `a multiple of ${places}, the places of the ${height}×${width} map`,
      remedy: `Nearest: ${places * Math.max(1, Math.round(latents / places))}.`,
    });
  }
  const channels = latents / places;
  return {
    trunk: down,
    head: (name) => sequence(convolution(name, deepest, channels, { kernel: 1, activation: "linear" }), flatten),
    decoder: sequence(
      unflatten(channels, height, width),
      convolution(`decoder.${hidden.length}`, channels, deepest),
      up,
    ),
  };
}
