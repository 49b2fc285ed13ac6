/** @file readGraphModel: a tfjs GraphModel (a frozen TensorFlow graph) to a Model. */
import { Model } from "../graph/model.js";
import { newestOpset, type ReadOptions } from "../graph/read-model.js";
import { shapeOf } from "./attributes.js";
import { type NodeDef, parseRef, readGraphDef } from "./graph-def.js";
import { GraphReading, type Port } from "./graph-reading.js";
import { asRecord } from "./json.js";
import type { Weight } from "./weights.js";

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
  const reading = new GraphReading(nodes, weights, signature.outputs, options);
  const inputs = reading.readInputs(signature.inputs);
  reading.readNodes();
  const outputs = signature.outputs.map((port) => reading.output(port));
  // The signature may call an output by a name that says more than its node's.
  signature.outputs.forEach(({ key, ref }, i) => {
    if (key !== `${ref.node}:${ref.output}` && !reading.values.has(key)) reading.values.set(key, outputs[i].value);
  });
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

interface GraphSignature {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
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
