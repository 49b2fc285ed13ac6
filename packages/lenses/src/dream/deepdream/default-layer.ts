/** @file dreamLayer: the layer to dream at where nobody names one: in the middle of the network, where it sees parts of things. */
import { type Layer, type Model, NoemaError } from "@noema/engine";
import { type Preprocessing, pictureSize } from "../../preprocessing.js";
import { channelAxis } from "../channel-axis.js";

/** Pixels from one position to the next at which GoogLeNet's inception_4a … 4e see parts of animals and buildings. */
const wantedStride = 16;

/**
 * Of the layers whose positions are 16 pixels apart (else the most below that) the middle one: of those that bring
 * branches together where there are such, as the end of a block; else of the activations; else of the convolutions. In
 * GoogLeNet that is inception_4c/output, the layer of dream.ipynb.
 *
 * @param model opened for pictures
 * @throws NoemaError LAYER_MISSING where no layer has positions
 */
export function dreamLayer(model: Model, preprocessing: Preprocessing, input?: string): string {
  const given = model.input(input);
  const { height } = pictureSize(given, preprocessing);
  const kinds = [joins, activates, (layer: Layer) => layer.op === "Conv"];
  for (const least of [2, 1]) {
    for (const isKind of kinds) {
      const found = model.layers.filter(isKind).flatMap((layer) => {
        const stride = strideOf(layer, height);
        return stride === undefined || stride < least || stride > wantedStride ? [] : [{ name: layer.name, stride }];
      });
      const widest = Math.max(...found.map(({ stride }) => stride));
      const candidates = found.filter(({ stride }) => stride === widest);
      if (candidates.length > 0) return candidates[candidates.length >> 1].name;
    }
  }
  throw new NoemaError("LAYER_MISSING", {
    where: "the model",
    found: "none of its layers has rows and columns of positions",
    remedy: "Name a layer to dream at.",
  });
}

/** Two computed values or more, none of them much smaller: not a bias, not a gate. */
function joins({ op, inputs, outputs }: Layer): boolean {
  if (op !== "Concat" && op !== "Add") return false;
  const shape = outputs[0].knownShape;
  const computed = inputs.filter((v) => v !== null && v.constant === null && v.knownShape?.length === 4);
  return shape !== null && computed.length > 1 && computed.every((v) => v?.knownShape?.[2] === shape[2]);
}

const activates = ({ op }: Layer) => /^(Relu|LeakyRelu|PRelu|Elu|Selu|Celu|Gelu|HardSwish|Mish|Swish|Clip)$/.test(op);

/** Pixels between rows, as the power of 2 that is nearest; undefined where there are none. */
function strideOf({ outputs }: Layer, height: number): number | undefined {
  const [value] = outputs;
  const shape = value?.knownShape;
  if (!shape || value.failure !== null || shape.length !== 4 || value.dtype !== "float32") return undefined;
  const rows = shape[channelAxis(value) === 1 ? 2 : 1];
  return rows < 2 ? undefined : 2 ** Math.round(Math.log2(height / rows));
}
