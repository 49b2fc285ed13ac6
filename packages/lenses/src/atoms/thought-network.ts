/** @file ThoughtNetwork: one network of a thought space: how it is read, which input and output are meant, what it is run as. */
import {
  build,
  constant,
  type DeclaredInput,
  declaredInputs,
  input,
  type Model,
  NoemaError,
  readModel,
  type Signature,
  substitution,
  Tensor,
  unknownName,
  type Value,
} from "@noema/engine";
import type { PictureShape } from "../factors/autoencoder.js";
import type { Preprocessing } from "../preprocessing.js";
import { type PicturePort, picturePort } from "./picture-port.js";

export interface ThoughtNetwork {
  /** An ONNX file, or a model that was read; its batch is then that of its inputs. */
  readonly model: Uint8Array | Model;
  /** Of a decoder the vectors, else the pictures. Default: the only one, or the one called `latents`. */
  readonly input?: string | undefined;
  /** Of an encoder the vectors, else the pictures. Default: as of inputs. */
  readonly output?: string | undefined;
  /** Numbers at which other inputs are held, by name; those of one example. */
  readonly held?: Readonly<Record<string, ArrayLike<number>>> | undefined;
  /** What it wants of its pictures, or gives. Default: 0..1, in the order of its axes. */
  readonly preprocessing?: Partial<Preprocessing> | undefined;
}

/** One way, as a program. */
export interface Side {
  /** From `picture` (N×C×H×W, 0..1) to `vectors` (N×D), or back. */
  readonly signature: Signature;
  readonly batch: number;
  readonly picture: PictureShape;
  /** D. */
  readonly latents: number;
}

const usualBatch = 64;

/** @throws NoemaError what `readModel` refuses */
export function readNetwork(
  { model, preprocessing }: ThoughtNetwork,
  { batch, picture }: { readonly batch?: number | undefined; readonly picture?: PictureShape | undefined },
): Model {
  if (!(model instanceof Uint8Array)) return model;
  const layout = preprocessing?.layout;
  return readModel(model, { inputShapes: boundShapes(declaredInputs(model), { batch, picture, layout }) });
}

/**
 * Shapes to read a model with: so many examples at a time where it leaves that open, and of pictures the sides that it leaves
 * open. What remains open is left out, for `readModel` to tell.
 */
export function boundShapes(
  inputs: readonly DeclaredInput[],
  options: {
    readonly batch?: number | undefined;
    readonly picture?: PictureShape | undefined;
    readonly layout?: Preprocessing["layout"] | undefined;
  },
): Record<string, readonly number[]> {
  const { batch = usualBatch, picture, layout = "NCHW" } = options;
  const sides = picture && [picture.height, picture.width];
  const wanted = picture && (layout === "NCHW" ? [picture.channels, ...sides!] : [...sides!, picture.channels]);
  const shapes = inputs.flatMap(({ name, dims }) => {
    if (dims === null || dims.length === 0) return [];
    const shape = dims.map((size, axis) => {
      if (typeof size === "number") return size;
      return axis === 0 ? batch : dims.length === 4 ? wanted?.[axis - 1] : undefined;
    });
    return shape.some((size) => size === undefined) ? [] : [[name, shape as number[]] as const];
  });
  return Object.fromEntries(shapes);
}

/** What vectors are called where there are several. */
const usualName = "latents";

/** @throws NoemaError THOUGHT_PORT */
export function mainInput(model: Model, where: string, name: string | undefined): Value {
  const ports = model.inputs.map((value) => ({ name: value.name, value }));
  return chosen(ports, { where, kind: "input", name });
}

/** @throws NoemaError THOUGHT_PORT */
export function mainOutput(model: Model, where: string, name: string | undefined): Value {
  return chosen(model.outputs, { where, kind: "output", name });
}

function chosen(
  ports: readonly { readonly name: string; readonly value: Value }[],
  {
    where,
    kind,
    name,
  }: { readonly where: string; readonly kind: "input" | "output"; readonly name: string | undefined },
): Value {
  const names = ports.map((port) => port.name);
  const found = ports.find((port) => port.name === (name ?? (ports.length === 1 ? names[0] : usualName)));
  if (found !== undefined) return found.value;
  if (name !== undefined) throw unknownName("THOUGHT_PORT", `${where}'s ${kind}`, name, names);
  throw new NoemaError("THOUGHT_PORT", {
    where,
    found: `it has ${ports.length} ${kind}s (${names.join(", ")})`,
    needed: "one of them must be named",
  });
}

/**
 * What stands in place of the inputs besides the one that is used.
 *
 * @throws NoemaError THOUGHT_PORT where one has no value, or one of another length, or there is none of its name
 */
export function heldInputs(
  model: Model,
  where: string,
  used: Value,
  held: ThoughtNetwork["held"] = {},
): ReadonlyMap<Value, Value> {
  const others = model.inputs.filter((value) => value !== used);
  const names = others.map(({ name }) => name);
  const strange = Object.keys(held).find((name) => !names.includes(name));
  if (strange !== undefined) throw unknownName("THOUGHT_PORT", `${where}'s other input`, strange, names);
  return new Map(
    others.map((value) => {
      const { name, shape, dtype } = value;
      const [batch, size] = [shape[0] ?? 1, value.size / (shape[0] ?? 1)];
      const numbers = held[name];
      if (numbers?.length !== size) {
        throw new NoemaError("THOUGHT_PORT", {
          where: `${where}, input "${name}"`,
          found: numbers === undefined ? "nothing is said of it" : `${numbers.length} numbers`,
          needed: `${size} number${size === 1 ? "" : "s"} to hold it at`,
        });
      }
      const whole = Array.from({ length: batch * size }, (_, i) => numbers[i % size]);
      return [value, constant(Tensor.ofNumbers(dtype, shape, whole), `${name}/held`)];
    }),
  );
}

/** How many numbers one example has, and how many examples there are. @throws NoemaError THOUGHT_PORT */
export function vectorOf(value: Value, where: string, examples?: number): { batch: number; latents: number } {
  const [batch, ...axes] = value.shape;
  if (value.dtype === "float32" && axes.length > 0 && (examples === undefined || batch === examples)) {
    return { batch, latents: axes.reduce((a, b) => a * b, 1) };
  }
  throw new NoemaError("THOUGHT_PORT", {
    where: `${where}, "${value.name}"`,
    found: `${value.dtype}[${value.shape.join("×")}]`,
    needed: `float32, of ${examples === undefined ? "some axes behind that of the examples" : `${examples} examples`}`,
  });
}

export interface FrontCall {
  readonly model: Model;
  readonly network: ThoughtNetwork;
  readonly where: string;
  readonly input: Value;
  readonly output: Value;
  readonly known: PictureShape | undefined;
}

/** @throws NoemaError THOUGHT_PORT, THOUGHT_PICTURE */
export function frontSignature({ model, network, where, input: x, output, known }: FrontCall): Side {
  const port = picturePort(x, known, network.preprocessing);
  if (port === undefined) throw noPicture(where, x);
  const held = heldInputs(model, where, x, network.held);
  const { batch, latents } = vectorOf(output, where, x.shape[0]);
  const { channels, height, width } = port.picture;
  const pictures = input("picture", [batch, channels, height, width]);
  const replaced = substitution(new Map([...held, [x, port.toNetwork(pictures)]]))(output);
  const vectors = build.reshape(replaced, [batch, latents]);
  return { signature: { inputs: { picture: pictures }, outputs: { vectors } }, batch, picture: port.picture, latents };
}

/**
 * @param from the value that vectors take the place of
 * @param drawn what is drawn of it
 * @throws NoemaError THOUGHT_PORT
 */
export function backSignature(from: Value, drawn: Value, port: PicturePort, where = "decoder"): Side {
  const { batch, latents } = vectorOf(from, where);
  vectorOf(drawn, where, batch);
  const vectors = input("vectors", [batch, latents]);
  const replaced = substitution(new Map([[from, build.reshape(vectors, from.shape)]]))(drawn);
  const picture = port.fromNetwork(replaced);
  return { signature: { inputs: { vectors }, outputs: { picture } }, batch, picture: port.picture, latents };
}

export function noPicture(where: string, { name, dtype, shape }: Value): NoemaError {
  return new NoemaError("THOUGHT_PICTURE", {
    where: `${where}, "${name}"`,
    found: `${dtype}[${shape.join("×")}]`,
    needed: "pictures of 1 to 4 channels, N×C×H×W or N×H×W×C, or their numbers in a row where the shape is told",
  });
}
