/** @file inspect: what a model is made of: inputs, outputs, layers, sizes, and what has a gradient. */
import { type AttributeValue, attributeValues } from "../graph/attribute.js";
import { dtypes } from "../graph/dtype.js";
import type { Layer, Model } from "../graph/model.js";
import { findOp } from "../graph/op.js";
import { ancestors } from "../graph/topology.js";
import type { Node, Value } from "../graph/value.js";
import { supportOf } from "./operator-support.js";

/** `zero`: constant wherever it is differentiable. `none`: no gradient passes. */
export type GradientStatus = "yes" | "zero" | "none";

export interface ArrayDescription {
  readonly name: string;
  readonly dtype: string;
  /** null where it is not known before running. */
  readonly shape: readonly number[] | null;
}

export interface LayerDescription {
  readonly name: string;
  /** As the file calls it; with its domain before "::" where that is not the standard's. */
  readonly operator: string;
  readonly outputs: readonly ArrayDescription[];
  /** Elements of weights that no layer before it uses. */
  readonly parameters: number;
  /** Of one run; null where they depend on data. */
  readonly multiplyAdds: number | null;
  readonly gradient: GradientStatus;
  /** Why there is no gradient, or why its shape is not known. */
  readonly reason?: string;
}

export interface OperatorDescription {
  readonly operator: string;
  readonly layers: number;
  readonly gradient: GradientStatus;
  readonly reason?: string;
}

export interface Inspection {
  readonly producer: string;
  readonly opset: number;
  readonly inputs: readonly ArrayDescription[];
  readonly outputs: readonly ArrayDescription[];
  /** In an order in which each comes after what it needs. What is known before running is left out. */
  readonly layers: readonly LayerDescription[];
  /** Layers left out of the list: shapes and weights that were computed while reading. */
  readonly constantLayers: number;
  /** By how many layers apply them. */
  readonly operators: readonly OperatorDescription[];
  readonly parameters: number;
  /** Of the layers for which they are known. */
  readonly multiplyAdds: number;
}

/** Describes a model as it was opened: with these input shapes. */
export function inspect(model: Model): Inspection {
  const seen: Seen = { nodes: new Set(), weights: new Set() };
  const computed = model.layers.filter(({ outputs }) => outputs.some((y) => y.constant === null));
  const layers = computed.map((layer) => describeLayer(layer, seen));
  return {
    producer: model.producer,
    opset: model.opset,
    inputs: model.inputs.map((value) => describeValue(value)),
    outputs: model.outputs.map(({ name, value }) => describeValue(value, name)),
    layers,
    constantLayers: model.layers.length - computed.length,
    operators: operatorsOf(layers),
    parameters: layers.reduce((sum, { parameters }) => sum + parameters, 0),
    multiplyAdds: layers.reduce((sum, { multiplyAdds }) => sum + (multiplyAdds ?? 0), 0),
  };
}

interface Seen {
  readonly nodes: Set<Node>;
  readonly weights: Set<Value>;
}

function describeLayer(layer: Layer, seen: Seen): LayerDescription {
  const given = layer.inputs.filter((v): v is Value => v !== null);
  // A layer of the file may be several nodes here, or none.
  const nodes = ancestors(layer.outputs, { stopAt: new Set(given) }).filter((node) => !seen.nodes.has(node));
  for (const node of nodes) seen.nodes.add(node);
  const failure = layer.outputs.find((y) => y.failure !== null)?.failure;
  const gradient = gradientOf(nodes);
  const reason = gradient.reason ?? failure?.message;
  return {
    name: layer.name,
    operator: layer.domain === "" ? layer.op : `${layer.domain}::${layer.op}`,
    outputs: layer.outputs.map((value) => describeValue(value)),
    parameters: parametersOf(given, seen.weights),
    multiplyAdds: nodes.reduce<number | null>((sum, node) => plus(sum, multiplyAddsOf(node)), 0),
    gradient: gradient.status,
    ...(reason !== undefined && { reason }),
  };
}

function describeValue(value: Value, name = value.name): ArrayDescription {
  return { name, dtype: value.dtype, shape: value.knownShape };
}

/** Constants of more than a scalar, of a type that weights have; each is counted where it is used first. */
function parametersOf(given: readonly Value[], counted: Set<Value>): number {
  let count = 0;
  for (const value of given) {
    const weight =
      value.dtype === "float32" || value.narrow !== null || dtypes[value.dtype].array.BYTES_PER_ELEMENT === 1;
    if (value.constant === null || !weight || value.rank === 0 || value.dtype === "bool" || counted.has(value))
      continue;
    counted.add(value);
    count += value.size;
  }
  return count;
}

const plus = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b);

function multiplyAddsOf(node: Node): number | null {
  const definition = findOp(node.op, node.domain);
  if (definition === undefined || Object.values(node.attributes).some(({ kind }) => kind === "body")) return null;
  if (definition.multiplyAdds === undefined) return 0;
  if ([...node.inputs, ...node.outputs].some((v) => v !== null && v.knownShape === null)) return null;
  const given: Record<string, AttributeValue> = {};
  for (const [name, { value }] of Object.entries(node.attributes)) given[name] = value;
  const attributes = attributeValues(node.label, definition.attributes ?? {}, given) as never;
  return definition.multiplyAdds(node.inputs as readonly Value[], node.outputs, attributes);
}

/** Of several nodes in a row: none where one has none; zero where one is constant. */
function gradientOf(nodes: readonly Node[]): { status: GradientStatus; reason?: string } {
  let status: GradientStatus = "yes";
  for (const node of nodes) {
    const { gradient, reason } = supportOf(node.op, node.domain);
    if (gradient === "none") return { status: "none", ...(reason !== undefined && { reason }) };
    if (gradient === "zero" && nodes.length === 1) status = "zero";
  }
  return { status };
}

function operatorsOf(layers: readonly LayerDescription[]): OperatorDescription[] {
  const rank = { yes: 0, zero: 1, none: 2 };
  const found = new Map<string, OperatorDescription>();
  for (const { operator, gradient, reason } of layers) {
    const before = found.get(operator);
    const worse = before === undefined || rank[gradient] > rank[before.gradient];
    const kept = worse ? { gradient, ...(gradient === "none" && reason !== undefined && { reason }) } : before;
    found.set(operator, { ...kept, operator, layers: (before?.layers ?? 0) + 1 });
  }
  return [...found.values()].sort((a, b) => b.layers - a.layers || (a.operator < b.operator ? -1 : 1));
}
