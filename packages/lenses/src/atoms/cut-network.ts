/** @file cutNetwork: one network as two, before and behind a layer. */
import { type Model, NoemaError, substitution, writeModel } from "@noema/engine";
import type { PictureShape } from "../factors/autoencoder.js";
import { picturePort } from "./picture-port.js";
import {
  backSignature,
  frontSignature,
  heldInputs,
  mainInput,
  type Side,
  type ThoughtNetwork,
  vectorOf,
} from "./thought-network.js";

export interface CutCall {
  readonly model: Model;
  readonly network: ThoughtNetwork;
  /** A layer or value, by name. */
  readonly layer: string;
  readonly picture?: PictureShape | undefined;
}

export interface CutNetwork {
  readonly reading: Side;
  /** Undefined where what lies behind the layer draws no picture of it alone. */
  readonly drawing: Side | undefined;
  /** Why. */
  readonly undecoded: string;
}

/** @throws NoemaError LAYER_UNKNOWN, THOUGHT_LAYER where it is no layer between picture and output, THOUGHT_PORT, THOUGHT_PICTURE */
export function cutNetwork({ model, network, layer, picture }: CutCall): CutNetwork {
  const x = mainInput(model, "network", network.input);
  const value = model.value(layer);
  if (value.node === null) {
    throw new NoemaError("THOUGHT_LAYER", {
      where: `layer "${layer}"`,
      found: value === x ? "it is the picture itself" : "it is an input or a constant",
      needed: "a layer between the picture and the end of the network",
    });
  }
  vectorOf(value, `layer "${layer}"`, x.shape[0]);
  const reading = frontSignature({ model, network, where: "network", input: x, output: value, known: picture });
  checkReached(reading, layer);
  const ends =
    network.output === undefined ? model.outputs : [{ name: network.output, value: model.output(network.output) }];
  const end = ends
    .map(({ value: drawn }) => ({ drawn, port: picturePort(drawn, reading.picture, network.preprocessing) }))
    .find(({ drawn, port }) => port !== undefined && drawn.shape[0] === x.shape[0]);
  if (end === undefined) {
    return {
      reading,
      drawing: undefined,
      undecoded: `the network ends in ${ends[0].value.shape.slice(1).join("×")} numbers and not in a picture`,
    };
  }
  const held = heldInputs(model, "network", x, network.held);
  // One map for both, so that the layer is the same value in the copy.
  const placed = substitution(held);
  const drawing = backSignature(placed(value), placed(end.drawn), end.port!, "network");
  const needs = inputsNeeded(drawing);
  if (needs === undefined) return { reading, drawing, undecoded: "" };
  return { reading, drawing: undefined, undecoded: `its picture is not drawn from ${layer} alone: ${needs}` };
}

/** @throws NoemaError THOUGHT_LAYER where a layer does not follow from the picture */
function checkReached({ signature }: Side, layer: string): void {
  const pictures = signature.inputs.picture;
  const { vectors } = signature.outputs;
  const without = inputsNeeded({ signature: { inputs: {}, outputs: { vectors } } });
  if (without?.includes(`"${pictures.name}"`)) return;
  throw new NoemaError("THOUGHT_LAYER", {
    where: `layer "${layer}"`,
    found: "it does not follow from the picture",
    needed: "a layer between the picture and the end of the network",
  });
}

/** Why a program cannot do with the inputs that it has; undefined where it can. */
function inputsNeeded({ signature }: Pick<Side, "signature">): string | undefined {
  try {
    writeModel(signature, { externalAbove: 0 });
    return undefined;
  } catch (error) {
    if (error instanceof NoemaError && error.code === "INPUT_MISSING") return error.parts.found;
    throw error;
  }
}
