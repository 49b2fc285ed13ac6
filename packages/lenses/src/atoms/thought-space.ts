/** @file ThoughtSpace: where thought vectors come from and lead to: pictures to vectors, and vectors back to pictures. */
import { type CompileOptions, compile, NoemaError, substitution, type Value } from "@noema/engine";
import type { PictureShape } from "../factors/autoencoder.js";
import { inBatches } from "../nets/in-batches.js";
import { cutNetwork } from "./cut-network.js";
import { picturePort } from "./picture-port.js";
import {
  backSignature,
  frontSignature,
  heldInputs,
  mainInput,
  mainOutput,
  noPicture,
  readNetwork,
  type Side,
  type ThoughtNetwork,
} from "./thought-network.js";

/** Takes any number of pictures or vectors at once, and holds programs until it is disposed. */
export interface ThoughtSpace {
  readonly picture: PictureShape;
  /** D: numbers of a vector. */
  readonly latents: number;
  /** @param pictures N×C×H×W, 0..1 @returns N×D; undefined where there is no encoder */
  readonly encode: ((pictures: Float32Array) => Promise<Float32Array>) | undefined;
  /** @param vectors N×D @returns N×C×H×W, about 0..1; undefined where nothing draws pictures of vectors */
  readonly decode: ((vectors: Float32Array) => Promise<Float32Array>) | undefined;
  /** Why there is no `decode`, in words. */
  readonly undecoded: string | undefined;
  dispose(): Promise<void>;
}

interface ThoughtOptions {
  /** The shape of the pictures, where the networks leave it open. */
  readonly picture?: PictureShape | undefined;
  /** Pictures of one run, where the networks leave it open. Default 64. */
  readonly batch?: number | undefined;
  readonly compile?: CompileOptions | undefined;
}

/** Two networks of whatever names, or one of them. */
export interface ThoughtParts extends ThoughtOptions {
  /** From pictures to vectors. */
  readonly encoder?: ThoughtNetwork | undefined;
  /** From vectors to pictures. */
  readonly decoder?: ThoughtNetwork | undefined;
}

/**
 * An encoder and a decoder as one. An input or output is taken by its name, else the only one, else the one called `latents`;
 * of more than two axes, a vector is all its numbers in a row. Other inputs need values that they are held at, such as the
 * label of an XCov decoder.
 *
 * @throws NoemaError THOUGHT_PARTS, THOUGHT_PORT, THOUGHT_PICTURE; THOUGHT_SHAPE where the decoder takes other vectors or gives other
 *   pictures than the encoder; and what reading and compiling models refuse
 */
export async function openThoughtSpace(parts: ThoughtParts): Promise<ThoughtSpace> {
  const { encoder, decoder } = parts;
  const front = encoder && { network: encoder, model: readNetwork(encoder, parts) };
  const back = decoder && { network: decoder, model: readNetwork(decoder, parts) };
  const x = front && mainInput(front.model, "encoder", front.network.input);
  const drawn = back && mainOutput(back.model, "decoder", back.network.output);
  // What has four axes tells the shape of what has two.
  const known =
    parts.picture ??
    (x && picturePort(x, undefined, encoder?.preprocessing)?.picture) ??
    (drawn && picturePort(drawn, undefined, decoder?.preprocessing)?.picture);
  const reading =
    front &&
    frontSignature({
      ...front,
      where: "encoder",
      input: x!,
      output: mainOutput(front.model, "encoder", encoder!.output),
      known,
    });
  const drawing = back && drawingOf(back, drawn!, known);
  if (reading !== undefined && drawing !== undefined) checkFit(reading, drawing);
  return opened({ reading, drawing, undecoded: "there is no decoder" }, parts);
}

function drawingOf(
  { model, network }: { readonly model: ReturnType<typeof readNetwork>; readonly network: ThoughtNetwork },
  drawn: Value,
  known: PictureShape | undefined,
): Side {
  const input = mainInput(model, "decoder", network.input);
  const port = picturePort(drawn, known, network.preprocessing);
  if (port === undefined) throw noPicture("decoder", drawn);
  const held = heldInputs(model, "decoder", input, network.held);
  return backSignature(input, substitution(held)(drawn), port);
}

/** One network that is cut in two at a layer: what lies before it encodes; what lies behind it decodes, where that ends in a picture. */
export interface CutParts extends ThoughtOptions {
  readonly network: ThoughtNetwork;
  /** A layer or value, by name. */
  readonly layer: string;
}

/**
 * @throws NoemaError LAYER_UNKNOWN, THOUGHT_LAYER, THOUGHT_PORT, THOUGHT_PICTURE, and what reading and compiling models refuse
 */
export async function openCutNetwork(parts: CutParts): Promise<ThoughtSpace> {
  const { network } = parts;
  return opened(cutNetwork({ ...parts, model: readNetwork(network, parts) }), parts);
}

interface Sides {
  readonly reading: Side | undefined;
  readonly drawing: Side | undefined;
  readonly undecoded: string;
}

async function opened({ reading, drawing, undecoded }: Sides, options: ThoughtOptions): Promise<ThoughtSpace> {
  const side = reading ?? drawing;
  if (side === undefined) {
    throw new NoemaError("THOUGHT_PARTS", {
      where: "thought space",
      found: "there is neither an encoder nor a decoder",
      needed: "one of them at least",
    });
  }
  const { picture, latents } = side;
  if (options.picture !== undefined && sidesOf(options.picture) !== sidesOf(picture)) {
    throw new NoemaError("THOUGHT_PICTURE", {
      where: "pictures of a thought space",
      found: `${sidesOf(options.picture)} were told`,
      needed: `the network has ${sidesOf(picture)}`,
    });
  }
  const each = picture.channels * picture.height * picture.width;
  const [read, draw] = await Promise.all(
    [reading, drawing].map((one) => one && compile(one.signature, options.compile)),
  );
  return {
    picture,
    latents,
    encode:
      read && (async (pictures) => (await inBatches(read, reading!.batch, { picture: [pictures, each] })).vectors),
    decode:
      draw && (async (vectors) => (await inBatches(draw, drawing!.batch, { vectors: [vectors, latents] })).picture),
    undecoded: draw === undefined ? undecoded : undefined,
    dispose: async () => {
      await Promise.all([read?.dispose(), draw?.dispose()]);
    },
  };
}

const sidesOf = ({ channels, height, width }: PictureShape) => `${channels}×${height}×${width}`;

function checkFit(reading: Side, drawing: Side): void {
  if (reading.latents !== drawing.latents) {
    throw new NoemaError("THOUGHT_SHAPE", {
      where: "decoder",
      found: `it takes vectors of ${drawing.latents} numbers`,
      needed: `the encoder gives ${reading.latents}`,
      remedy: "Take the two of one training, or name the output and the input that belong together.",
    });
  }
  if (sidesOf(reading.picture) !== sidesOf(drawing.picture)) {
    throw new NoemaError("THOUGHT_SHAPE", {
      where: "decoder",
      found: `it draws pictures of ${sidesOf(drawing.picture)}`,
      needed: `the encoder takes ${sidesOf(reading.picture)}`,
    });
  }
}
