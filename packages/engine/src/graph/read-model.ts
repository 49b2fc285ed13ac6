/** @file readModel: an ONNX file to a Model. Every node is brought to the newest form of its operator on the way. */
import { decodeModel } from "./decode.js";
import { narrowTypeOfOnnxCode } from "./dtype.js";
import { constant, input } from "./emit.js";
import { NoemaError } from "./error.js";
import { Model, type ModelOutput } from "./model.js";
import type { GraphProto, ModelProto, ValueInfoProto } from "./onnx-schema.js";
import { importNodes, Scope } from "./read-nodes.js";
import { checkDims, dtypeOf, type ExternalData, readTensor } from "./read-tensor.js";
import { Value } from "./value.js";

/**
 * The newest ONNX operator set that is read. ONNX Runtime 1.30 runs 26; programs are written in the oldest that says the
 * same, and what 27 and 28 brought is element types and operators.
 */
export const newestOpset = 28;

export interface ReadOptions {
  /** Sizes of named dynamic dimensions, such as `{ batch: 1, height: 224 }`. */
  readonly dimensions?: Readonly<Record<string, number>>;
  /** Whole shapes of inputs, in place of what the file says. */
  readonly inputShapes?: Readonly<Record<string, readonly number[]>>;
  /**
   * Keep going where a node does not accept the shapes: what lies before it stays usable, and asking for it throws
   * the reason. For pictures of another size than a classifier's last layers want.
   */
  readonly partial?: boolean;
  readonly externalData?: ExternalData;
}

/**
 * Reads an ONNX model. Weights stay where they are in `bytes`: keep it unchanged while the model is in use.
 *
 * Dynamic dimensions are bound here: by `inputShapes`, by name in `dimensions`, and else the first axis of an input
 * becomes 1. Half and double precision become single.
 *
 * @throws NoemaError MODEL_CORRUPT, OPSET_UNSUPPORTED, GRAPH_CYCLE, DIMENSION_UNBOUND, TENSOR_SIZE, EXTERNAL_DATA, or
 *   what an operator refuses
 */
export function readModel(bytes: Uint8Array, options: ReadOptions = {}): Model {
  const proto = decodeModel(bytes);
  const { graph } = proto;
  if (graph === undefined || (graph.nodes ?? []).length + (graph.outputs ?? []).length === 0) {
    throw new NoemaError("MODEL_CORRUPT", {
      where: "model file",
      found: "it holds no graph",
      remedy: "It may be truncated, or not an ONNX model at all.",
    });
  }
  const scope = new Scope({ opsets: opsetsOf(proto), functions: proto.functions ?? [], options });
  const inputs = readInputs(graph, scope, options);
  readInitializers(graph, scope, options.externalData);
  const layers = importNodes(graph.nodes ?? [], scope);
  const outputs = readOutputs(graph, scope);
  return new Model({
    inputs,
    outputs,
    layers,
    values: scope.values,
    opset: scope.opset(""),
    producer: [proto.producerName, proto.producerVersion].filter(Boolean).join(" "),
    metadata: Object.fromEntries((proto.metadata ?? []).map((e) => [e.key ?? "", e.value ?? ""])),
  });
}

function opsetsOf(proto: ModelProto): Map<string, number> {
  const opsets = new Map((proto.opsetImport ?? []).map((o) => [normalDomain(o.domain), Number(o.version ?? 0n)]));
  const version = opsets.get("") ?? (opsets.size === 0 ? 0 : 1);
  const needsStandard = opsets.size === 0 || opsets.has("");
  if (needsStandard && (version < 7 || version > newestOpset)) {
    throw new NoemaError("OPSET_UNSUPPORTED", {
      where: "model file",
      found: `ONNX operator set ${version}`,
      needed: `7 to ${newestOpset} are read`,
      remedy: "Convert it with onnx.version_converter, or export it again.",
    });
  }
  return opsets;
}

function normalDomain(domain: string | undefined): string {
  return domain === "ai.onnx" ? "" : (domain ?? "");
}

function readInputs(graph: GraphProto, scope: Scope, options: ReadOptions): Value[] {
  const initialized = new Set((graph.initializers ?? []).map((t) => t.name ?? ""));
  const declared = (graph.inputs ?? []).filter((info) => !initialized.has(info.name ?? ""));
  const known = new Set(declared.map((info) => info.name ?? ""));
  for (const name of Object.keys(options.inputShapes ?? {})) {
    if (!known.has(name)) {
      throw new NoemaError("INPUT_UNKNOWN", {
        where: `input "${name}"`,
        found: "the model has no such input",
        remedy: `Its inputs: ${[...known].join(", ")}.`,
      });
    }
  }
  return declared.map((info) => {
    const value = readInput(info, options);
    scope.define(value.name, value);
    return value;
  });
}

function readInput(info: ValueInfoProto, options: ReadOptions): Value {
  const name = info.name ?? "";
  const where = `input "${name}"`;
  const tensor = info.type?.tensor;
  if (tensor === undefined) {
    throw new NoemaError("INPUT_TYPE", {
      where,
      found: "it is not a tensor",
      needed: "sequences, maps and optionals are not read",
    });
  }
  const dtype = dtypeOf(tensor.dataType, where);
  // A shape without dimensions is a scalar's; without a shape nothing is known.
  const dims = tensor.shape === undefined ? undefined : (tensor.shape.dims ?? []);
  const given = options.inputShapes?.[name];
  if (given !== undefined && dims !== undefined && given.length !== dims.length) {
    throw new NoemaError("INPUT_SHAPE", {
      where,
      found: `shape ${given.join("×")}`,
      needed: `the model declares ${dims.length} dimensions`,
    });
  }
  const shape = given?.slice() ?? dims?.map((dim, axis) => bind(dim.value, dim.parameter, axis, options));
  const unbound =
    shape === undefined
      ? "its shape"
      : (dims ?? []).flatMap((d, i) => (shape[i] === undefined ? [d.parameter || `axis ${i}`] : []));
  if (shape === undefined || unbound.length > 0) {
    const failure = new NoemaError(options.partial ? "SHAPE_UNKNOWN" : "DIMENSION_UNBOUND", {
      where,
      found: `${unbound} is dynamic`,
      needed: "it must be bound when the model is opened",
      remedy: `Give dimensions (${typeof unbound === "string" ? "" : unbound.join(", ")}) or a whole shape for this input.`,
    });
    if (!options.partial) throw failure;
    return new Value({ dtype, shape: null, name, failure });
  }
  const bound = shape as number[];
  checkDims(bound, where);
  const value = input(name, bound, dtype);
  value.narrow = narrowTypeOfOnnxCode(Number(tensor.dataType)) ?? null;
  return value;
}

function bind(
  value: bigint | undefined,
  parameter: string | undefined,
  axis: number,
  options: ReadOptions,
): number | undefined {
  if (parameter && options.dimensions?.[parameter] !== undefined) return options.dimensions[parameter];
  if (value !== undefined && value > 0n) return Number(value);
  return axis === 0 ? 1 : undefined;
}

function readInitializers(graph: GraphProto, scope: Scope, external: ExternalData | undefined): void {
  if ((graph.sparseInitializers ?? []).length > 0) {
    throw new NoemaError("DTYPE_UNSUPPORTED", {
      where: "model file",
      found: "it holds sparse initializers",
      needed: "dense ones are read",
    });
  }
  for (const proto of graph.initializers ?? []) {
    const name = proto.name ?? "";
    const value = constant(readTensor(proto, `initializer "${name}"`, external), name);
    value.narrow = narrowTypeOfOnnxCode(Number(proto.dataType)) ?? null;
    scope.define(name, value);
  }
}

function readOutputs(graph: GraphProto, scope: Scope): ModelOutput[] {
  return (graph.outputs ?? []).map((info) => {
    const name = info.name ?? "";
    return { name, value: scope.lookup(name, `output "${name}"`) };
  });
}
