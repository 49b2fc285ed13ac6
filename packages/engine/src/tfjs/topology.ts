/** @file The topology of Keras models in JSON: which layer is called on the outputs of which calls. */
import { NoemaError } from "../graph/error.js";
import { asArray, asRecord, corrupt } from "./json.js";
import { type LayerDef, layerDef } from "./layers/call.js";

/** One output of one call of a layer. */
export interface TensorRef {
  readonly layer: string;
  readonly call: number;
  readonly output: number;
}

/** One call of a layer; `inputs` is empty for the layers that are inputs. */
export interface CallDef {
  readonly layer: LayerDef;
  readonly call: number;
  readonly inputs: readonly TensorRef[];
}

export interface Topology {
  readonly name: string;
  readonly inputs: readonly TensorRef[];
  readonly outputs: readonly TensorRef[];
  /** By `callKey`, in the order of the file. */
  readonly calls: ReadonlyMap<string, CallDef>;
}

export const callKey = (layer: string, call: number): string => `${layer}#${call}`;

const modelClasses = new Set(["Sequential", "Model", "Functional"]);

/** Whether a layer is a model of layers. */
export function isModel(layer: LayerDef): boolean {
  return modelClasses.has(layer.className);
}

/** Models inside models may be this deep. */
const maxDepth = 32;

/** The topology of a Sequential, Model or Functional. */
export function readTopology(model: LayerDef, depth = 0): Topology {
  if (depth > maxDepth) throw corrupt(`models inside each other more than ${maxDepth} deep`);
  if (model.className === "Sequential") return readSequential(model);
  if (isModel(model)) return readFunctional(model);
  throw new NoemaError("OPERATOR_UNSUPPORTED", {
    where: "model.json",
    found: `a model of class ${model.className.slice(0, 80)}`,
    needed: "Sequential and functional models are read",
  });
}

/** A chain; where it does not begin with an input layer, one named after its first layer is put before it, as in tfjs. */
function readSequential(model: LayerDef): Topology {
  const layers = asArray(model.config.raw.layers ?? [], "the layers of a Sequential").map(layerDef);
  if (layers.length === 0) throw corrupt("a Sequential without layers");
  if (layers[0].className !== "InputLayer") layers.unshift(inputOf(layers[0]));
  const calls = new Map<string, CallDef>();
  let previous: TensorRef[] = [];
  for (const layer of layers) {
    const key = callKey(layer.name, 0);
    if (calls.has(key)) throw nameTwice(layer.name);
    calls.set(key, { layer, call: 0, inputs: previous });
    previous = [{ layer: layer.name, call: 0, output: 0 }];
  }
  const inputs = [{ layer: layers[0].name, call: 0, output: 0 }];
  return { name: model.name, inputs, outputs: previous, calls };
}

function inputOf(first: LayerDef): LayerDef {
  let source = first;
  for (let depth = 0; isModel(source) && depth < maxDepth; depth++) {
    source = layerDef(asArray(source.config.raw.layers ?? [], "the layers of a model")[0]);
  }
  const { batch_input_shape, batch_shape, dtype } = source.config.raw;
  const name = `${first.name}_input`;
  const raw = { class_name: "InputLayer", config: { name, batch_input_shape, batch_shape, dtype } };
  return layerDef(raw);
}

function readFunctional(model: LayerDef): Topology {
  const { raw } = model.config;
  const layers = asArray(raw.layers ?? [], "the layers of a model").map((item) => {
    const record = asRecord(item, "a layer");
    const layer = layerDef(record);
    return { layer, inbound: asArray(record.inbound_nodes ?? [], `inbound_nodes of ${layer.name}`).map(refsOf) };
  });
  const ends = [refsOf(raw.input_layers ?? []), refsOf(raw.output_layers ?? [])];
  const offsets = firstCalls(layers, [...ends.flat(), ...layers.flatMap(({ inbound }) => inbound.flat())]);
  const resolve = (ref: TensorRef): TensorRef => ({ ...ref, call: ref.call - (offsets.get(ref.layer) ?? 0) });
  const calls = new Map<string, CallDef>();
  for (const { layer, inbound } of layers) {
    const nodes = inbound.length === 0 ? [[]] : inbound;
    nodes.forEach((refs, call) => {
      const key = callKey(layer.name, call);
      if (calls.has(key)) throw nameTwice(layer.name);
      calls.set(key, { layer, call, inputs: refs.map(resolve) });
    });
  }
  const [inputs, outputs] = ends.map((refs) => refs.map(resolve));
  if (outputs.length === 0) throw corrupt("a model without output_layers");
  for (const { layer, inputs: refs } of [...calls.values(), { layer: model, inputs: [...inputs, ...outputs] }]) {
    for (const ref of refs) {
      if (calls.has(callKey(ref.layer, ref.call))) continue;
      throw new NoemaError("VALUE_UNDEFINED", {
        where: `${layer.className} "${layer.name}"`,
        found: `there is no call ${ref.call} of a layer "${ref.layer}"`,
      });
    }
  }
  return { name: model.name, inputs, outputs, calls };
}

/** A model that is used as a layer has a call of its own, from when it was made; the file leaves it out but counts it. */
function firstCalls(layers: readonly { readonly layer: LayerDef }[], refs: readonly TensorRef[]): Map<string, number> {
  const named = new Set(refs.filter((ref) => ref.call === 0).map((ref) => ref.layer));
  return new Map(layers.map(({ layer }) => [layer.name, isModel(layer) && !named.has(layer.name) ? 1 : 0]));
}

/** References in any of the ways Keras writes them: `[name, call, output]`, lists of those, or Keras 3's tensors. */
function refsOf(value: unknown): TensorRef[] {
  const refs: TensorRef[] = [];
  const visit = (item: unknown, depth: number): void => {
    if (depth > maxDepth) throw corrupt("references nested without end");
    if (Array.isArray(item)) {
      const [layer, call, output] = item as unknown[];
      if (typeof layer === "string" && typeof call === "number")
        refs.push({ layer, call, output: Number(output) || 0 });
      else for (const inner of item) visit(inner, depth + 1);
    } else if (typeof item === "object" && item !== null) {
      const { class_name, config, args, kwargs } = item as Record<string, unknown>;
      if (class_name === "__keras_tensor__")
        visit((config as { keras_history?: unknown } | null)?.keras_history, depth + 1);
      else if (Array.isArray(args)) visit([...args, kwargs], depth + 1);
      else for (const inner of Object.values(item)) visit(inner, depth + 1);
    }
  };
  visit(value, 0);
  return refs;
}

function nameTwice(name: string): NoemaError {
  return new NoemaError("NAME_TWICE", {
    where: "model.json",
    found: `"${name}" is defined twice`,
    needed: "each layer needs a name of its own",
  });
}
