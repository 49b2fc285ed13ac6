/** @file Architecture: the shape of an XCov autoencoder's networks; one file of this folder each. */
import type { Net } from "../../nets/net.js";
import type { PictureShape } from "../autoencoder.js";

/** What the data and the options ask for. */
export interface ArchitectureCall {
  readonly picture: PictureShape;
  /** L: how many labels. */
  readonly labels: number;
  /** Z: how many latents. */
  readonly latents: number;
  /** Sizes of the hidden layers on the way in; the way out mirrors them. */
  readonly hidden: readonly number[];
}

/** The nets of one autoencoder. Names of their weights differ from each other. */
export interface XCovNets {
  /** N×C×H×W to N×H, what both outputs of the encoder see. */
  readonly trunk: Net;
  /** N×H to N×L, logits of the label. */
  readonly label: Net;
  /** N×H to N×Z. */
  readonly latents: Net;
  /** N×(L+Z), probabilities of the label and the latents, to N×C×H×W. */
  readonly decoder: Net;
}

export interface Architecture {
  /** The word for it on the command line; also the name of its file. */
  readonly name: string;
  readonly summary: string;
  readonly hidden: readonly number[];
  readonly latents: number;
  /** Pictures that it is meant for, where the data leave it open. */
  readonly picture: Partial<PictureShape>;
  /** Whether all its layers are dense. */
  readonly dense: boolean;
  /** Whether it is trained with pairs of pictures unless said otherwise. */
  readonly pairs: boolean;
  /** @throws NoemaError ARCHITECTURE_SHAPE where pictures or sizes do not suit it */
  build(call: ArchitectureCall): XCovNets;
}
