/** @file openAutoencoder: a trained encoder and decoder, as model files, to look through. */
import { type CompileOptions, compile, NoemaError } from "@noema/engine";
import { checkPorts } from "../nets/check-ports.js";
import { inBatches, withBatch } from "../nets/in-batches.js";
import type { Autoencoder, Encoded, PictureShape } from "./autoencoder.js";

export interface AutoencoderParts {
  /** ONNX: `picture` to `label`, `logits` and `latents`. */
  readonly encoder: Uint8Array;
  /** ONNX: `label` and `latents` to `picture`. */
  readonly decoder: Uint8Array;
  readonly labels: readonly string[];
  /** Pictures of one run. Default 64. */
  readonly batch?: number;
  readonly compile?: CompileOptions;
}

/** An autoencoder that holds two programs until it is disposed. */
export interface OpenAutoencoder extends Autoencoder {
  /** As `encode`, with what the softmax of the label was taken of: N×L. */
  logits(pictures: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** @throws NoemaError AUTOENCODER_SHAPE where the two do not fit each other or the labels; MODEL_CORRUPT, INPUT_UNKNOWN and the like */
export async function openAutoencoder(parts: AutoencoderParts): Promise<OpenAutoencoder> {
  const { batch = 64 } = parts;
  const [encoder, decoder] = [withBatch(parts.encoder, batch), withBatch(parts.decoder, batch)];
  const input = encoder.input("picture");
  const outputs = {
    label: encoder.output("label"),
    logits: encoder.output("logits"),
    latents: encoder.output("latents"),
  };
  const [label, latents] = [decoder.input("label"), decoder.input("latents")];
  const drawn = decoder.output("picture");
  const axes = { picture: ["N", "C", "H", "W"], label: ["N", "L"], latents: ["N", "Z"] };
  checkPorts("AUTOENCODER_SHAPE", "encoder", [
    [input, axes.picture],
    [outputs.label, axes.label],
    [outputs.logits, axes.label],
    [outputs.latents, axes.latents],
  ]);
  checkPorts("AUTOENCODER_SHAPE", "decoder", [
    [label, axes.label],
    [latents, axes.latents],
    [drawn, axes.picture],
  ]);
  const [, channels, height, width] = input.shape;
  const picture: PictureShape = { channels, height, width };
  checkFit(
    ["the decoder's picture", drawn.shape, input.shape],
    ["the decoder's label", label.shape, outputs.label.shape],
    ["the decoder's latents", latents.shape, outputs.latents.shape],
    ["the encoder's logits", outputs.logits.shape, outputs.label.shape],
    ["the names of the labels", [batch, parts.labels.length], label.shape],
  );
  const [reading, drawing] = await Promise.all([
    compile({ inputs: { picture: input }, outputs }, parts.compile),
    compile({ inputs: { label, latents }, outputs: { picture: drawn } }, parts.compile),
  ]);
  const sizes = { picture: channels * height * width, label: parts.labels.length, latents: latents.shape[1] };
  const read = (pictures: Float32Array) => inBatches(reading, batch, { picture: [pictures, sizes.picture] });
  return {
    picture,
    labels: parts.labels,
    latents: sizes.latents,
    encode: async (pictures): Promise<Encoded> => {
      const found = await read(pictures);
      return { labels: found.label, latents: found.latents };
    },
    logits: async (pictures) => (await read(pictures)).logits,
    decode: async (labels, codes) => {
      const given = { label: [labels, sizes.label], latents: [codes, sizes.latents] } as const;
      return (await inBatches(drawing, batch, given)).picture;
    },
    dispose: async () => {
      await Promise.all([reading.dispose(), drawing.dispose()]);
    },
  };
}

function checkFit(...pairs: readonly (readonly [string, readonly number[], readonly number[]])[]): void {
  for (const [where, found, needed] of pairs) {
    if (found.join() === needed.join()) continue;
    throw new NoemaError("AUTOENCODER_SHAPE", {
      where,
      found: found.slice(1).join("×"),
      needed: `the other has ${needed.slice(1).join("×")}`,
    });
  }
}
