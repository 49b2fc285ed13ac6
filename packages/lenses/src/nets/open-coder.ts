/** @file openCoder: a trained autoencoder without a label, as its two model files, to look through. */
import { type CompileOptions, compile, NoemaError } from "@noema/engine";
import type { PictureShape } from "../factors/autoencoder.js";
import { checkPorts } from "./check-ports.js";
import { inBatches, withBatch } from "./in-batches.js";

export interface CoderParts {
  /** ONNX: `picture` to `latents`, and `log-variance` where it is variational. */
  readonly encoder: Uint8Array;
  /** ONNX: `latents` to `picture`. */
  readonly decoder: Uint8Array;
  /** Pictures of one run. Default 64. */
  readonly batch?: number;
  readonly compile?: CompileOptions;
}

interface Coded {
  /** N×Z; of a variational one the means. */
  readonly latents: Float32Array;
  /** N×Z: ln σ² of a variational one. */
  readonly logVariance?: Float32Array;
}

/** Two programs that are held until it is disposed. */
export interface Coder {
  readonly picture: PictureShape;
  /** Z. */
  readonly latents: number;
  /** Whether its encoder tells a variance beside the mean. */
  readonly variational: boolean;
  /** @param pictures N×C×H×W, 0..1 */
  encode(pictures: Float32Array): Promise<Coded>;
  /** @param latents N×Z @returns N×C×H×W, about 0..1 */
  decode(latents: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

const spreadName = "log-variance";

/** @throws NoemaError AUTOENCODER_SHAPE where the two do not fit each other; MODEL_CORRUPT, INPUT_UNKNOWN and the like */
export async function openCoder({ encoder, decoder, batch = 64, compile: how }: CoderParts): Promise<Coder> {
  const [reading, drawing] = [withBatch(encoder, batch), withBatch(decoder, batch)];
  const [input, latents] = [reading.input("picture"), reading.output("latents")];
  const [code, drawn] = [drawing.input("latents"), drawing.output("picture")];
  const spread = reading.outputs.find(({ name }) => name === spreadName)?.value;
  const axes = { picture: ["N", "C", "H", "W"], latents: ["N", "Z"] };
  checkPorts("AUTOENCODER_SHAPE", "encoder", [
    [input, axes.picture],
    [latents, axes.latents],
    ...(spread === undefined ? [] : [[spread, axes.latents] as const]),
  ]);
  checkPorts("AUTOENCODER_SHAPE", "decoder", [
    [code, axes.latents],
    [drawn, axes.picture],
  ]);
  for (const [where, found, needed] of [
    ["the decoder's latents", code.shape, latents.shape],
    ["the decoder's picture", drawn.shape, input.shape],
  ] as const) {
    if (found.join() === needed.join()) continue;
    throw new NoemaError("AUTOENCODER_SHAPE", {
      where,
      found: found.slice(1).join("×"),
      needed: `the encoder has ${needed.slice(1).join("×")}`,
    });
  }
  const [, channels, height, width] = input.shape;
  const [read, draw] = await Promise.all([
    compile({ inputs: { picture: input }, outputs: { latents, ...(spread && { [spreadName]: spread }) } }, how),
    compile({ inputs: { latents: code }, outputs: { picture: drawn } }, how),
  ]);
  return {
    picture: { channels, height, width },
    latents: latents.shape[1],
    variational: spread !== undefined,
    encode: async (pictures) => {
      const found = await inBatches(read, batch, { picture: [pictures, channels * height * width] });
      return { latents: found.latents, ...(spread && { logVariance: found[spreadName] }) };
    },
    decode: async (given) => (await inBatches(draw, batch, { latents: [given, code.shape[1]] })).picture,
    dispose: async () => {
      await Promise.all([read.dispose(), draw.dispose()]);
    },
  };
}
