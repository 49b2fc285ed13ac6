/** @file readLayersModel: a tfjs LayersModel (a Keras model) to a Model. */
import type { DType } from "../graph/dtype.js";
import { NoemaError } from "../graph/error.js";
import { type Layer, Model, type ModelOutput } from "../graph/model.js";
import { newestOpset, type ReadOptions } from "../graph/read-model.js";
import type { Value } from "../graph/value.js";
import { boundInput, refuseUnknownInputs } from "./inputs.js";
import { LayerCall, type LayerDef, LayerWeights, layerDef } from "./layers/call.js";
import { layerRules } from "./layers/index.js";
import { sortByNeed } from "./order.js";
import { type CallDef, callKey, isModel, readTopology, type TensorRef, type Topology } from "./topology.js";
import { Twin } from "./twin.js";
import type { Weight } from "./weights.js";

export interface LayersModelJson {
  /** `{ class_name, config }` of the outermost model. */
  readonly model: unknown;
  readonly producer: string;
}

/** Translates the layers of a Keras model, models inside it included. */
export function readLayersModel(
  json: LayersModelJson,
  weights: ReadonlyMap<string, Weight>,
  options: ReadOptions,
): Model {
  const reading = new LayersReading(new LayerWeights(weights), options);
  const topology = readTopology(layerDef(json.model));
  reading.refuseUnsupported(topology);
  const inputs = reading.readInputs(topology);
  const results = reading.run(topology, inputs.map(Twin.own), [], 0);
  const outputs: ModelOutput[] = topology.outputs.map(({ layer, output }, i) => ({
    name: output === 0 ? layer : `${layer}:${output}`,
    value: results[i].own,
  }));
  return new Model({
    inputs,
    outputs,
    layers: reading.layers,
    values: reading.values,
    opset: newestOpset,
    producer: json.producer,
    metadata: { format: "tfjs-layers-model", inputLayout: "NHWC" },
  });
}

class LayersReading {
  readonly layers: Layer[] = [];
  readonly values = new Map<string, Value>();
  readonly #weights: LayerWeights;
  readonly #options: ReadOptions;

  constructor(weights: LayerWeights, options: ReadOptions) {
    this.#weights = weights;
    this.#options = options;
  }

  readInputs(topology: Topology): Value[] {
    const names = topology.inputs.map((ref) => ref.layer);
    refuseUnknownInputs(this.#options.inputShapes, names);
    return topology.inputs.map(({ layer: name, call }) => {
      const { raw } = topology.calls.get(callKey(name, call))!.layer.config;
      const declared = raw.batch_input_shape ?? raw.batch_shape;
      const dims = Array.isArray(declared) ? declared.map((d) => (typeof d === "number" ? d : -1)) : undefined;
      const value = boundInput(name, dtypeOf(raw.dtype), dims, this.#options);
      this.values.set(name, value);
      return value;
    });
  }

  /** One error that names all classes of layers that no rule translates. */
  refuseUnsupported(topology: Topology): void {
    if (this.#options.partial) return;
    const missing = new Set<string>();
    const visit = ({ calls }: Topology, depth: number): void => {
      for (const { layer } of calls.values()) {
        if (isModel(layer)) visit(readTopology(layer, depth + 1), depth + 1);
        else if (layer.className !== "InputLayer" && !Object.hasOwn(layerRules, layer.className)) {
          missing.add(layer.className);
        }
      }
    };
    visit(topology, 0);
    if (missing.size > 0) throw unsupported([...missing]);
  }

  /** Outputs of a model on these inputs; its layers are named under `around`, the models it lies in. */
  run(topology: Topology, inputs: readonly Twin[], around: readonly string[], depth: number): Twin[] {
    const results = new Map<string, readonly Twin[]>();
    const find = (ref: TensorRef): Twin => {
      const outputs = results.get(callKey(ref.layer, ref.call))!;
      return outputs[ref.output] ?? outputs.find((y) => y.computed.failure !== null) ?? missingOutput(ref);
    };
    topology.inputs.forEach((ref, i) => {
      if (inputs[i] !== undefined) results.set(callKey(ref.layer, ref.call), [inputs[i]]);
    });
    const { calls } = topology;
    const needs = (key: string) =>
      results.has(key) ? [] : calls.get(key)!.inputs.map((r) => callKey(r.layer, r.call));
    for (const key of sortByNeed(calls.keys(), needs, (k) => `layer "${k}"`)) {
      if (results.has(key)) continue;
      const call = calls.get(key)!;
      results.set(key, this.#call(call, call.inputs.map(find), around, depth));
    }
    return topology.outputs.map(find);
  }

  #call(call: CallDef, inputs: readonly Twin[], around: readonly string[], depth: number): readonly Twin[] {
    const { layer } = call;
    const outputs = this.#translate(layer, inputs, around, depth);
    const name = [...around, call.call === 0 ? layer.name : `${layer.name}(${call.call + 1})`].join("/");
    outputs.forEach(({ computed }, i) => {
      const outputName = i === 0 ? name : `${name}:${i}`;
      if (computed.name === "") computed.name = outputName;
      if (computed.node !== null && computed.node.name === "") computed.node.name = name;
      this.values.set(outputName, computed);
    });
    this.layers.push({
      name,
      op: layer.className,
      domain: "tfjs",
      inputs: inputs.map((x) => x.computed),
      outputs: outputs.map((y) => y.computed),
    });
    return outputs;
  }

  #translate(layer: LayerDef, inputs: readonly Twin[], around: readonly string[], depth: number): readonly Twin[] {
    const broken = inputs.find((x) => x.computed.failure !== null && x.computed.failure.code !== "SHAPE_UNKNOWN");
    if (broken !== undefined) return [broken];
    const parts = { layer, inputs, weights: this.#weights, aliases: [layer.name], around };
    const apply = (inner: LayerCall, def: LayerDef) => this.#apply(inner, def, around, depth);
    try {
      return this.#apply(new LayerCall({ ...parts, apply }), layer, around, depth);
    } catch (error) {
      if (!(error instanceof NoemaError)) throw error;
      const placed = placedAt(layer, error);
      if (this.#options.partial) return [Twin.failed(placed)];
      throw placed;
    }
  }

  #apply(call: LayerCall, layer: LayerDef, around: readonly string[], depth: number): readonly Twin[] {
    if (isModel(layer)) {
      return this.run(readTopology(layer, depth + 1), call.inputs, [...around, layer.name], depth + 1);
    }
    const rule = Object.hasOwn(layerRules, layer.className) ? layerRules[layer.className] : undefined;
    if (rule === undefined) throw unsupported([layer.className]);
    return [rule(call)].flat();
  }
}

/** Element types of inputs; Keras 3 writes them as policies. */
function dtypeOf(dtype: unknown): DType {
  if (dtype === "int32" || dtype === "bool") return dtype;
  return "float32";
}

function missingOutput(ref: TensorRef): never {
  throw new NoemaError("OUTPUT_MISSING", {
    where: `layer "${ref.layer}"`,
    found: `it has no output ${ref.output}`,
  });
}

function unsupported(classes: readonly string[]): NoemaError {
  return new NoemaError("OPERATOR_UNSUPPORTED", {
    found: `no rule translates layers of class ${classes.map((name) => name.slice(0, 80)).join(", ")}`,
    remedy: "With `partial: true` all that does not need them can be used.",
  });
}

function placedAt(layer: LayerDef, error: NoemaError): NoemaError {
  const label = `${layer.className} "${layer.name}"`;
  const { where } = error.parts;
  const code = error.code === "OPERATOR_UNKNOWN" ? "OPERATOR_UNSUPPORTED" : error.code;
  const inner = where === undefined || where.includes(layer.name) ? "" : ` (${where})`;
  return new NoemaError(code, { ...error.parts, where: `${label}${inner}`, cause: error });
}
