/** @file Nodes of a model file to nodes of the graph: order, scopes, functions, bodies, old opsets. */
import { type AttributeKind, type Attributes, type AttributeValue, attributesOf, type Body } from "./attribute.js";
import { constant, emit, emitOpaque } from "./emit.js";
import { NoemaError } from "./error.js";
import type { Layer } from "./model.js";
import type { AttributeProto, FunctionProto, GraphProto, NodeProto } from "./onnx-schema.js";
import { findImport, findOp } from "./op.js";
import type { ReadOptions } from "./read-model.js";
import { checkDims, dtypeOf, readTensor } from "./read-tensor.js";
import { sortNodes } from "./sort-nodes.js";
import { Value } from "./value.js";

/** Functions may call functions: a hostile file could make a few of them expand without end. */
const maxImportedNodes = 500_000;
const maxFunctionDepth = 32;

export interface ScopeParts {
  readonly opsets: ReadonlyMap<string, number>;
  readonly functions: readonly FunctionProto[];
  readonly options: ReadOptions;
  readonly parent?: Scope;
  /** Attributes of the function call that this scope is the inside of. */
  readonly arguments?: ReadonlyMap<string, AttributeProto>;
  readonly budget?: { nodes: number };
  /** How many function calls deep. */
  readonly depth?: number;
}

/** Names visible at one place of a model file: those of its graph, then those around it. */
export class Scope {
  readonly values = new Map<string, Value>();
  readonly parts: ScopeParts;
  readonly budget: { nodes: number };

  constructor(parts: ScopeParts) {
    this.parts = parts;
    this.budget = parts.budget ?? { nodes: maxImportedNodes };
  }

  opset(domain: string): number {
    return this.parts.opsets.get(domain) ?? 1;
  }

  find(name: string): Value | undefined {
    return this.values.get(name) ?? this.parts.parent?.find(name);
  }

  lookup(name: string, where: string): Value {
    const found = this.find(name);
    if (found === undefined) {
      throw new NoemaError("VALUE_UNDEFINED", {
        where,
        found: `"${name}" is neither an input, nor a constant, nor computed by any node`,
      });
    }
    return found;
  }

  define(name: string, value: Value): void {
    if (this.values.has(name)) {
      throw new NoemaError("NAME_TWICE", {
        where: "model file",
        found: `"${name}" is defined twice`,
        needed: "each value needs a name of its own",
      });
    }
    this.values.set(name, value);
  }
}

/** Imports nodes into a scope; returns them as layers, in an order in which each comes after what it needs. */
export function importNodes(nodes: readonly NodeProto[], scope: Scope): Layer[] {
  return sortNodes(nodes, (name) => scope.find(name) !== undefined).map((node) => importNode(node, scope));
}

function importNode(proto: NodeProto, scope: Scope): Layer {
  if (--scope.budget.nodes < 0) {
    throw new NoemaError("MODEL_TOO_LARGE", {
      where: "model file",
      found: `more than ${maxImportedNodes} nodes once functions are expanded`,
    });
  }
  const op = proto.op ?? "";
  const domain = proto.domain === "ai.onnx" ? "" : (proto.domain ?? "");
  const outputNames = proto.outputs ?? [];
  const name = proto.name || outputNames.find((n) => n !== "") || "";
  const label = `${op} "${name}"`;
  const inputs = (proto.inputs ?? []).map((n) => (n === "" ? null : scope.lookup(n, label)));
  const outputs = importOutputs(proto, { op, domain, name, label, inputs, scope });
  outputNames.forEach((outputName, i) => {
    if (outputName === "") return;
    const value = outputs[i] ?? missingOutput(label, i);
    if (value.name === "") value.name = outputName;
    scope.define(outputName, value);
  });
  const first = outputs[0];
  if (first?.node && first.node.name === "") first.node.name = name;
  return { name, op, domain, inputs, outputs: outputs.filter((v) => v instanceof Value) };
}

interface NodeContext {
  readonly op: string;
  readonly domain: string;
  readonly name: string;
  readonly label: string;
  readonly inputs: readonly (Value | null)[];
  readonly scope: Scope;
}

function importOutputs(proto: NodeProto, context: NodeContext): readonly (Value | null)[] {
  const { op, domain, name, label, inputs, scope } = context;
  const outputCount = (proto.outputs ?? []).length;
  try {
    const broken = inputs.find((v) => v?.failure && v.failure.code !== "SHAPE_UNKNOWN");
    if (broken) throw broken.failure;
    const custom = scope.parts.functions.find((f) => f.name === op && (f.domain ?? "") === (proto.domain ?? ""));
    if (custom !== undefined && findOp(op, domain) === undefined) return callFunction(custom, proto, context);
    const attributes = readAttributes(proto, context);
    const raw: Record<string, AttributeValue> = {};
    for (const [key, { value }] of Object.entries(attributes)) raw[key] = value;
    const call = { label, opset: scope.opset(domain), inputs, attributes: raw, outputCount };
    const rewritten = findImport(op, domain)?.(call);
    if (rewritten !== undefined) return rewritten;
    if (findOp(op, domain) === undefined) {
      const failure = new NoemaError("SHAPE_UNKNOWN", {
        where: label,
        found: `the engine does not know the operator ${domain ? `${domain}::` : ""}${op}`,
      });
      return emitOpaque(op, inputs, attributes, { domain, name, outputs: outputCount, failure });
    }
    return emit(op, inputs, raw, { domain, name, outputs: outputCount });
  } catch (error) {
    const failure = asRefusal(error, label);
    if (!scope.parts.options.partial) throw failure;
    return Array.from({ length: outputCount }, () => new Value({ dtype: "float32", shape: null, failure }));
  }
}

/** What an import rule stumbles over, when inputs or attributes are not what they should be, is the file's fault. */
function asRefusal(error: unknown, label: string): NoemaError {
  if (error instanceof NoemaError) {
    return error.parts.where === undefined ? new NoemaError(error.code, { ...error.parts, where: label }) : error;
  }
  if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
  return new NoemaError("OPERATOR_INPUTS", {
    where: label,
    found: `its inputs or attributes do not fit (${error.message})`,
    needed: "see the operator's definition in the ONNX standard",
    cause: error,
  });
}

function missingOutput(label: string, index: number): Value {
  const failure = new NoemaError("OUTPUT_MISSING", {
    where: label,
    found: `its output ${index} is used by the model`,
    needed: "it is only defined in training, or not supported",
  });
  return new Value({ dtype: "float32", shape: null, failure });
}

/** Kinds by `AttributeProto.AttributeType`. */
const kindsByType: Readonly<Record<number, AttributeKind>> = {
  1: "float",
  2: "int",
  3: "string",
  4: "tensor",
  5: "body",
  6: "floats",
  7: "ints",
  8: "strings",
};

function readAttributes(proto: NodeProto, context: NodeContext): Attributes {
  const specs: Record<string, { kind: AttributeKind; default: undefined; required: false }> = {};
  const values: Record<string, AttributeValue> = {};
  for (const given of proto.attributes ?? []) {
    const attribute = given.reference ? context.scope.parts.arguments?.get(given.reference) : given;
    if (attribute === undefined) continue;
    const name = given.name ?? "";
    const kind =
      attribute.type !== undefined && attribute.type !== 0n
        ? kindsByType[Number(attribute.type)]
        : kindByContent(attribute);
    if (kind === undefined) {
      throw new NoemaError("ATTRIBUTE_KIND", {
        where: context.label,
        found: `attribute "${name}" is of kind ${attribute.type}`,
        needed: "that kind is not read",
      });
    }
    specs[name] = { kind, default: undefined, required: false };
    values[name] = attributeValue(attribute, kind, context);
  }
  return attributesOf(specs, values);
}

/** Models before IR version 3 left the kind out. */
function kindByContent(attribute: AttributeProto): AttributeKind | undefined {
  const order = ["float", "int", "string", "tensor", "graph", "floats", "ints", "strings"] as const;
  const found = order.find((key) => attribute[key] !== undefined);
  return found === "graph" ? "body" : found;
}

function attributeValue(attribute: AttributeProto, kind: AttributeKind, context: NodeContext): AttributeValue {
  const where = `${context.label} attribute "${attribute.name ?? ""}"`;
  if (kind === "float") return attribute.float ?? 0;
  if (kind === "int") return Number(attribute.int ?? 0n);
  if (kind === "string") return decodeText(attribute.string);
  if (kind === "ints") return (attribute.ints ?? []).map(Number);
  if (kind === "strings") return (attribute.strings ?? []).map(decodeText);
  if (kind === "floats") return (attribute.floats ?? []).flatMap((run) => floatsOf(run));
  if (kind === "tensor") return readTensor(attribute.tensor ?? {}, where, context.scope.parts.options.externalData);
  return readBody(attribute.graph ?? {}, context.scope);
}

function decodeText(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes ?? new Uint8Array());
}

function floatsOf(run: Uint8Array): number[] {
  const view = new DataView(run.buffer, run.byteOffset, run.byteLength);
  return Array.from({ length: Math.floor(run.byteLength / 4) }, (_, i) => view.getFloat32(4 * i, true));
}

function callFunction(custom: FunctionProto, proto: NodeProto, context: NodeContext): readonly (Value | null)[] {
  const outer = context.scope.parts;
  const given = new Map((custom.attributeDefaults ?? []).map((a) => [a.name ?? "", a]));
  for (const attribute of proto.attributes ?? []) {
    const resolved = attribute.reference ? outer.arguments?.get(attribute.reference) : attribute;
    if (resolved !== undefined) given.set(attribute.name ?? "", resolved);
  }
  const opsets = new Map([
    ...outer.opsets,
    ...(custom.opsetImport ?? []).map((o) => [o.domain ?? "", Number(o.version ?? 0n)] as const),
  ]);
  const depth = (outer.depth ?? 0) + 1;
  if (depth > maxFunctionDepth) {
    throw new NoemaError("GRAPH_CYCLE", {
      where: context.label,
      found: `functions call each other more than ${maxFunctionDepth} deep`,
    });
  }
  const { functions, options } = outer;
  const nesting = new Scope({ opsets, functions, options, arguments: given, budget: context.scope.budget, depth });
  (custom.inputs ?? []).forEach((name, i) => {
    const value = context.inputs[i];
    if (value) nesting.define(name, value);
  });
  const absent = new Set((custom.inputs ?? []).filter((_, i) => !context.inputs[i]));
  const nodes = (custom.nodes ?? []).map((n) => ({
    ...n,
    inputs: (n.inputs ?? []).map((x) => (absent.has(x) ? "" : x)),
  }));
  importNodes(nodes, nesting);
  return (custom.outputs ?? []).map((name) => {
    const value = nesting.lookup(name, context.label);
    // Inside names mean nothing outside, and calls of one function share them.
    for (const [inside, v] of nesting.values) if (v.name === inside && v.node !== null) v.name = "";
    return value;
  });
}

function readBody(graph: GraphProto, scope: Scope): Body {
  const inner = new Scope({
    ...scope.parts,
    options: { ...scope.parts.options, partial: true },
    parent: scope,
    budget: scope.budget,
  });
  const inputs = (graph.inputs ?? []).map((info) => {
    const name = info.name ?? "";
    const where = `body input "${name}"`;
    const tensor = info.type?.tensor;
    if (info.type !== undefined && tensor === undefined) {
      throw new NoemaError("INPUT_TYPE", {
        where,
        found: "it is not a tensor",
        needed: "sequences, maps and optionals are not read",
      });
    }
    const dims = tensor?.shape && (tensor.shape.dims ?? []).map((d) => (d.value === undefined ? -1 : Number(d.value)));
    const known = dims?.every((d) => d >= 0) ? dims : null;
    if (known !== null) checkDims(known, where);
    const dtype = tensor?.dataType ? dtypeOf(tensor.dataType, where) : "float32";
    const failure = new NoemaError("SHAPE_UNKNOWN", { where, found: "its shape is not declared" });
    const value = new Value(known === null ? { dtype, shape: null, failure, name } : { dtype, shape: known, name });
    inner.define(name, value);
    return value;
  });
  for (const proto of graph.initializers ?? []) {
    const name = proto.name ?? "";
    inner.define(name, constant(readTensor(proto, `initializer "${name}"`, scope.parts.options.externalData), name));
  }
  importNodes(graph.nodes ?? [], inner);
  const outputs = (graph.outputs ?? []).map((info) =>
    inner.lookup(info.name ?? "", `output of body "${graph.name ?? ""}"`),
  );
  return { inputs, outputs };
}
