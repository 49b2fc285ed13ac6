/** @file emit: applies an operator: attributes checked, shapes inferred, small constants computed at once. */
import { type Attributes, type AttributeValue, attributesOf, attributeValues } from "./attribute.js";
import { type DType, dtypes } from "./dtype.js";
import { NoemaError, unknownName } from "./error.js";
import { type Nd, nd } from "./nd.js";
import { allOpNames, findOp, type OpDefinition } from "./op.js";
import { maxElements, maxRank, sizeOf, Tensor } from "./tensor.js";
import { Node, typeWithoutShape, Value, type ValueType } from "./value.js";

/** Constants up to this many elements are computed while building; larger ones are left to ONNX Runtime's own folding. */
const foldElements = 16_384;

/** An input of the graph: what `run` is given. */
export function input(name: string, shape: readonly number[], dtype: DType = "float32"): Value {
  return new Value({ dtype, shape, name });
}

/** A constant value. */
export function constant(tensor: Tensor, name = ""): Value {
  return new Value({ dtype: tensor.dtype, shape: tensor.dims, constant: tensor, name });
}

/** A scalar constant. */
export function scalar(value: number, dtype: DType = "float32"): Value {
  return constant(Tensor.ofNumbers(dtype, [], [value]));
}

/** A one-dimensional int64 constant: shapes, axes, indices. */
export function intsValue(values: readonly number[]): Value {
  return constant(Tensor.ofNumbers("int64", [values.length], values));
}

/** The numbers of a constant. Throws where the value is only known at run time. */
export function knownNumbers(value: Value, what: string): number[] {
  if (value.constant === null) {
    throw new NoemaError("SHAPE_UNKNOWN", {
      found: `${what} is computed while running`,
      needed: "it must follow from the shapes of the inputs",
      remedy: "Bind the model's dynamic dimensions, or cut the graph before this node.",
    });
  }
  return Array.from(value.constant.toNumbers());
}

export interface EmitOptions {
  readonly domain?: string;
  readonly outputs?: number;
  /** Name of the node, for messages. */
  readonly name?: string;
}

/** Applies an operator to values; plain numbers become scalars of the first value's type. */
export function emit(
  op: string,
  inputs: readonly (Value | number | null | undefined)[],
  attributes: Readonly<Record<string, AttributeValue | undefined>> = {},
  options: EmitOptions = {},
): readonly Value[] {
  const label = options.name ? `${op} "${options.name}"` : op;
  const definition = findOp(op, options.domain);
  if (definition === undefined) throw unknownName("OPERATOR_UNKNOWN", "operator", op, allOpNames());
  const specs = definition.attributes ?? {};
  const values = attributeValues(label, specs, attributes);
  const dtype = inputs.find((v): v is Value => v instanceof Value)?.dtype ?? "float32";
  const lifted = trimmed(inputs.map((v) => (typeof v === "number" ? scalar(v, dtype) : (v ?? null))));
  const types = inferTypes(definition, label, lifted, values, options.outputs ?? 1);
  if (!(types instanceof NoemaError) && types.every(isKnown)) {
    const folded = fold(definition, lifted, values, types);
    if (folded !== undefined) return folded;
  }
  return attach(op, options, lifted, attributesOf(specs, values), types, options.outputs ?? 1);
}

/**
 * A node of an operator that has no definition here. ONNX Runtime may still run it; its shapes are not known, and
 * no gradient passes through it.
 */
export function emitOpaque(
  op: string,
  inputs: readonly (Value | null)[],
  attributes: Attributes,
  options: EmitOptions & { readonly failure: NoemaError; readonly outputs: number },
): readonly Value[] {
  return attach(op, options, inputs, attributes, options.failure, options.outputs);
}

function trimmed(inputs: readonly (Value | null)[]): readonly (Value | null)[] {
  let end = inputs.length;
  while (end > 0 && inputs[end - 1] === null) end--;
  return inputs.slice(0, end);
}

function inferTypes(
  definition: OpDefinition,
  label: string,
  inputs: readonly (Value | null)[],
  attributes: Readonly<Record<string, AttributeValue | undefined>>,
  outputCount: number,
): readonly ValueType[] | NoemaError {
  try {
    const types = definition.shape(inputs as readonly Value[], attributes as never, outputCount);
    for (const type of types) if (isKnown(type)) checkShape(type.shape);
    return types;
  } catch (error) {
    const unknown = inputs.find((v) => v !== null && v.knownShape === null);
    if (unknown) return typesWithoutShapes(definition, inputs, attributes, outputCount) ?? unknown.failure!;
    if (error instanceof NoemaError) {
      const placed =
        error.parts.where === undefined ? new NoemaError(error.code, { ...error.parts, where: label }) : error;
      if (error.code === "SHAPE_UNKNOWN") return placed;
      throw placed;
    }
    if (error instanceof TypeError || error instanceof RangeError) {
      throw new NoemaError("OPERATOR_INPUTS", {
        where: label,
        found: `inputs ${inputs.map(describe).join(", ") || "none"} do not fit (${error.message})`,
        needed: `see the definition of ${definition.name} in the ONNX standard`,
        cause: error,
      });
    }
    throw error;
  }
}

/** Ranks in the order in which they are tried for inputs of unknown shape. */
const likelyRanks = [4, 3, 2, 1, 0, 5];

/** Element types do not depend on shapes: they are those of the outputs for whatever shape the definition accepts. */
function typesWithoutShapes(
  definition: OpDefinition,
  inputs: readonly (Value | null)[],
  attributes: Readonly<Record<string, AttributeValue | undefined>>,
  outputCount: number,
): readonly ValueType[] | undefined {
  const failure = inputs.find((v) => v?.knownShape === null)!.failure!;
  for (const rank of likelyRanks) {
    const shape = new Array<number>(rank).fill(1);
    const standIns = inputs.map((v) => (v?.knownShape === null ? new Value({ dtype: v.dtype, shape }) : v));
    try {
      const types = definition.shape(standIns as readonly Value[], attributes as never, outputCount);
      return types.map(({ dtype }) => typeWithoutShape(dtype, failure));
    } catch {
      // Not this rank.
    }
  }
  return undefined;
}

function isKnown(type: ValueType): boolean {
  return !(type instanceof Value) || type.knownShape !== null;
}

function describe(value: Value | null): string {
  return value === null ? "(missing)" : `${value.dtype}[${value.knownShape?.join("×") ?? "?"}]`;
}

function checkShape(shape: readonly number[]): void {
  if (shape.length > maxRank) {
    throw new NoemaError("SHAPE_INVALID", {
      found: `an output would have ${shape.length} dimensions`,
      needed: `at most ${maxRank} are possible`,
    });
  }
  if (!shape.every((d) => Number.isSafeInteger(d) && d >= 0)) {
    throw new NoemaError("SHAPE_INVALID", { found: `an output would have shape [${shape.join(", ")}]` });
  }
  if (sizeOf(shape) > maxElements) {
    throw new NoemaError("TENSOR_TOO_LARGE", {
      found: `an output would have shape [${shape.join(", ")}], ${sizeOf(shape).toExponential(1)} elements`,
      needed: `at most ${maxElements} are possible`,
    });
  }
}

function fold(
  definition: OpDefinition,
  inputs: readonly (Value | null)[],
  attributes: Readonly<Record<string, AttributeValue | undefined>>,
  types: readonly ValueType[],
): readonly Value[] | undefined {
  if (definition.oracle === undefined || holdsBody(definition)) return undefined;
  let elements = 0;
  for (const { shape, dtype } of types) {
    if (dtypes[dtype].narrow !== undefined) return undefined;
    elements += sizeOf(shape);
  }
  for (const value of inputs) {
    if (value === null) continue;
    if (value.constant === null) return undefined;
    elements += value.size;
  }
  if (elements > foldElements) return undefined;
  const arrays = inputs.map((v) => (v === null ? undefined : ndOf(v.constant!))) as Nd[];
  return definition
    .oracle(arrays, attributes as never, types)
    .map((array, i) => constant(Tensor.ofNumbers(types[i]!.dtype, types[i]!.shape, array.data)));
}

/** What a body computes does not follow from the node's inputs alone, and a loop of constants may never end. */
function holdsBody({ attributes }: OpDefinition): boolean {
  return Object.values(attributes ?? {}).some(({ kind }) => kind === "body");
}

function ndOf(tensor: Tensor): Nd {
  return nd(tensor.dims, tensor.toNumbers());
}

function attach(
  op: string,
  options: EmitOptions,
  inputs: readonly (Value | null)[],
  attributes: Attributes,
  types: readonly ValueType[] | NoemaError,
  outputCount: number,
): readonly Value[] {
  const node = new Node(op, options.domain ?? "", inputs, attributes);
  node.name = options.name ?? "";
  const dtype = inputs.find((v) => v !== null)?.dtype ?? "float32";
  node.outputs =
    types instanceof NoemaError
      ? Array.from({ length: outputCount }, () => new Value({ dtype, shape: null, failure: types, node }))
      : types.map((type) =>
          isKnown(type)
            ? new Value({ dtype: type.dtype, shape: type.shape, node })
            : new Value({ dtype: type.dtype, shape: null, failure: (type as Value).failure!, node }),
        );
  return node.outputs;
}
