/** @file Autoencoder: what the lenses of factors look through, an encoder to label and latents and a decoder back. */

export interface PictureShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** What an encoder makes of pictures. */
export interface Encoded {
  /** N×L: probabilities of the labels. */
  readonly labels: Float32Array;
  /** N×Z: what varies besides the label. */
  readonly latents: Float32Array;
}

/**
 * Takes any number of pictures at once. A label may be any numbers, far beyond the 0..1 of a probability; what is decoded
 * may leave 0..1 too.
 */
export interface Autoencoder {
  readonly picture: PictureShape;
  /** Names of the labels, in the order of the label's numbers. */
  readonly labels: readonly string[];
  /** Z: how many latents. */
  readonly latents: number;
  /** @param pictures N×C×H×W, 0..1 */
  encode(pictures: Float32Array): Promise<Encoded>;
  /** @returns N×C×H×W, about 0..1 */
  decode(labels: Float32Array, latents: Float32Array): Promise<Float32Array>;
}
