/** @file readGraphModel: a tfjs GraphModel (a frozen TensorFlow graph) to a Model. */
import { constant } from "../graph/emit.js";
import { NoemaError } from "../graph/error.js";
import { type Layer, Model, type ModelOutput } from "../graph/model.js";
import { newestOpset, type ReadOptions } from "../graph/read-model.js";
import type { Value } from "../graph/value.js";
import { shapeOf } from "./attributes.js";
import { type InputRef, type NodeDef, parseRef, readGraphDef, sortedNodes } from "./graph-def.js";
import { boundInput, refuseUnknownInputs } from "./inputs.js";
import { asRecord, corrupt } from "./json.js";
import { rules } from "./ops/index.js";
import { Call } from "./rule.js";
import { Twin } from "./twin.js";
import type { Weight } from "./weights.js";

/** A name that the outside uses, and the node output it stands for. */
interface Port {
  readonly key: string;
  readonly ref: InputRef;
  readonly shape: number[] | undefined;
}

interface GraphSignature {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

export interface GraphModelJson {
  readonly modelTopology: unknown;
  readonly signature: unknown;
  readonly producer: string;
}

/** Translates the nodes of a graph model in order. */
export function readGraphModel(
  json: GraphModelJson,
  weights: ReadonlyMap<string, Weight>,
  options: ReadOptions,
): Model {
  const nodes = readGraphDef(json.modelTopology);
  const signature = readSignature(json.signature, nodes);
  const reading = new GraphReading(nodes, weights, options);
  const inputs = reading.readInputs(signature.inputs);
  reading.refuseUnsupported(signature.outputs);
  for (const node of sortedNodes(nodes, nodes.keys())) reading.read(node);
  const outputs = signature.outputs.map((port) => reading.output(port));
  return new Model({
    inputs,
    outputs,
    layers: reading.layers,
    values: reading.values,
    opset: newestOpset,
    producer: json.producer,
    metadata: { format: "tfjs-graph-model", inputLayout: "NHWC" },
  });
}

function readSignature(raw: unknown, nodes: ReadonlyMap<string, NodeDef>): GraphSignature {
  const signature = raw === undefined || raw === null ? {} : asRecord(raw, "signature");
  const ports = (kind: "inputs" | "outputs"): Port[] =>
    Object.entries(asRecord(signature[kind] ?? {}, `signature.${kind}`)).flatMap(([key, value]) => {
      const { name, tensorShape } = asRecord(value, `signature.${kind}`);
      const ref = parseRef(typeof name === "string" ? name : key);
      return nodes.has(ref.node) ? [{ key, ref, shape: shapeOf(tensorShape) }] : [];
    });
  const [inputs, outputs] = [ports("inputs"), ports("outputs")];
  const port = ({ name }: NodeDef): Port => ({ key: name, ref: { node: name, output: 0 }, shape: undefined });
  const all = [...nodes.values()];
  const used = new Set(all.flatMap((node) => node.inputs.map((ref) => ref.node)));
  return {
    inputs: inputs.length > 0 ? inputs : all.filter((node) => node.op.startsWith("Placeholder")).map(port),
    outputs: outputs.length > 0 ? outputs : all.filter((node) => !used.has(node.name) && node.op !== "NoOp").map(port),
  };
}

class GraphReading {
  readonly layers: Layer[] = [];
  readonly values = new Map<string, Value>();
  readonly #nodes: ReadonlyMap<string, NodeDef>;
  readonly #weights: ReadonlyMap<string, Weight>;
  readonly #options: ReadOptions;
  readonly #results = new Map<string, readonly Twin[]>();

  constructor(nodes: ReadonlyMap<string, NodeDef>, weights: ReadonlyMap<string, Weight>, options: ReadOptions) {
    this.#nodes = nodes;
    this.#weights = weights;
    this.#options = options;
  }

  readInputs(ports: readonly Port[]): Value[] {
    const names = ports.map((port) => port.ref.node);
    const given = { ...this.#options, inputShapes: byNodeName(this.#options.inputShapes, ports) };
    refuseUnknownInputs(given.inputShapes, names);
    return ports.map((port) => {
      const node = this.#nodes.get(port.ref.node)!;
      const declared = node.attributes.shape("shape");
      const dims = declared?.map((d, i) => (d < 0 ? (port.shape?.[i] ?? -1) : d)) ?? port.shape;
      const value = boundInput(node.name, node.attributes.dtype("dtype", "float32"), dims, given);
      this.#define(node, [Twin.own(value)]);
      return value;
    });
  }

  /** One error that names all operators which the outputs need and no rule translates. */
  refuseUnsupported(outputs: readonly Port[]): void {
    if (this.#options.partial) return;
    const wanted = sortedNodes(
      this.#nodes,
      outputs.map((port) => port.ref.node),
    );
    const missing = new Map<string, string>();
    for (const { op, name } of wanted) {
      if (op !== "Const" && !op.startsWith("Placeholder") && !Object.hasOwn(rules, op) && !missing.has(op)) {
        missing.set(op, name);
      }
    }
    if (missing.size > 0) throw unsupported([...missing.keys()], `first at "${[...missing.values()][0]}"`);
  }

  read(node: NodeDef): void {
    if (this.#results.has(node.name)) return;
    const operands = node.inputs.map((ref) => this.#lookup(ref, node));
    const results = this.#translate(node, operands);
    this.#define(node, results);
    if (node.op === "Const" || node.op === "NoOp" || node.op.startsWith("Placeholder")) return;
    this.layers.push({
      name: node.name,
      op: node.op,
      domain: "tfjs",
      inputs: operands.map((x) => x.computed),
      outputs: results.map((y) => y.computed),
    });
  }

  output(port: Port): ModelOutput {
    const { node, output } = port.ref;
    const value = this.#lookup(port.ref, this.#nodes.get(node)!).own;
    return { name: output === 0 ? node : `${node}:${output}`, value };
  }

  #lookup(ref: InputRef, user: NodeDef): Twin {
    const results = this.#results.get(ref.node) ?? [];
    const found = results[ref.output] ?? results.find((r) => r.computed.failure !== null);
    if (found !== undefined) return found;
    throw new NoemaError("OUTPUT_MISSING", {
      where: user.label,
      found: `output ${ref.output} of "${ref.node}" is not defined outside of training`,
    });
  }

  #translate(node: NodeDef, operands: readonly Twin[]): readonly Twin[] {
    const broken = operands.find((x) => x.computed.failure !== null && x.computed.failure.code !== "SHAPE_UNKNOWN");
    if (broken !== undefined) return [broken];
    try {
      if (node.op === "Const") return [this.#constant(node)];
      if (node.op === "NoOp") return [];
      const rule = Object.hasOwn(rules, node.op) ? rules[node.op] : undefined;
      if (rule === undefined) throw unsupported([node.op]);
      return [rule(new Call(node, operands))].flat();
    } catch (error) {
      if (!(error instanceof NoemaError)) throw error;
      const placed = placedAt(node, error);
      if (this.#options.partial) return [Twin.failed(placed)];
      throw placed;
    }
  }

  #constant(node: NodeDef): Twin {
    const weight = this.#weights.get(node.name);
    if (weight instanceof NoemaError) throw weight;
    if (weight === undefined) throw corrupt(`the manifest has no weight "${node.name}"`);
    return Twin.own(constant(weight, node.name));
  }

  #define(node: NodeDef, results: readonly Twin[]): void {
    this.#results.set(node.name, results);
    results.forEach(({ computed }, i) => {
      const name = i === 0 ? node.name : `${node.name}:${i}`;
      if (computed.name === "") computed.name = name;
      if (computed.node !== null && computed.node.name === "") computed.node.name = node.name;
      this.values.set(name, computed);
    });
  }
}

/** Shapes of inputs, asked for by the signature's keys or by the nodes' names. */
function byNodeName(shapes: ReadOptions["inputShapes"], ports: readonly Port[]): Record<string, readonly number[]> {
  const nodeNames = new Map(ports.map((port) => [port.key, port.ref.node]));
  return Object.fromEntries(Object.entries(shapes ?? {}).map(([name, shape]) => [nodeNames.get(name) ?? name, shape]));
}

function unsupported(ops: readonly string[], where = ""): NoemaError {
  return new NoemaError("OPERATOR_UNSUPPORTED", {
    found: `no rule translates ${ops.join(", ")}${where === "" ? "" : ` (${where})`}`,
    remedy: "With `partial: true` all that does not need them can be used.",
  });
}

/** The error as one of this node; an operator that the engine lacks is one that the model may not use. */
function placedAt(node: NodeDef, error: NoemaError): NoemaError {
  const { where } = error.parts;
  const code = error.code === "OPERATOR_UNKNOWN" ? "OPERATOR_UNSUPPORTED" : error.code;
  const inner = where === undefined || where.includes(node.name) ? "" : ` (${where})`;
  return new NoemaError(code, { ...error.parts, where: `${node.label}${inner}`, cause: error });
}
