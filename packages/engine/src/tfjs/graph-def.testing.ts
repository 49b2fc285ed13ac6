/** @file Writes tfjs graph models by hand: nodes, attributes and weights, as the converter would. */

/** An attribute as GraphDef JSON has it: a text, a whole number, a flag, a type, a list, or raw. */
type AttributeInput = string | number | boolean | readonly number[] | { readonly raw: unknown };

export interface TensorInput {
  readonly dtype: "float32" | "int32" | "bool";
  readonly shape: readonly number[];
  readonly numbers: readonly number[];
}

export interface NodeInput {
  readonly op: string;
  readonly name: string;
  readonly inputs?: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeInput>>;
}

const typeNames = { float32: "DT_FLOAT", int32: "DT_INT32", bool: "DT_BOOL" };

function attribute(value: AttributeInput): unknown {
  if (typeof value === "string") return value.startsWith("DT_") ? { type: value } : { s: btoa(value) };
  if (typeof value === "number") return Number.isInteger(value) ? { i: String(value) } : { f: value };
  if (typeof value === "boolean") return { b: value };
  return "raw" in value ? value.raw : { list: { i: value.map(String) } };
}

/** A list of texts. */
export const texts = (...list: readonly string[]): { raw: unknown } => ({
  raw: { list: { s: list.map((t) => btoa(t)) } },
});

export interface WrittenGraph {
  readonly json: {
    readonly format: string;
    readonly modelTopology: { readonly node: readonly Record<string, unknown>[]; readonly versions: unknown };
    readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly unknown[] }[];
    readonly signature?: unknown;
  };
  readonly shards: Uint8Array;
}

/** A graph model of placeholders, constants and nodes; what no node uses is an output. */
export function writeGraphModel(parts: {
  readonly placeholders?: Readonly<Record<string, TensorInput>>;
  readonly constants?: Readonly<Record<string, TensorInput>>;
  readonly nodes: readonly NodeInput[];
  readonly outputs?: readonly string[];
}): WrittenGraph {
  const { placeholders = {}, constants = {}, nodes, outputs } = parts;
  const weights = Object.entries(constants).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  const bytes = Object.values(constants).map(bytesOf);
  const shards = new Uint8Array(bytes.reduce((sum, b) => sum + b.byteLength, 0));
  let offset = 0;
  for (const part of bytes) {
    shards.set(part, offset);
    offset += part.byteLength;
  }
  const node = [
    ...Object.entries(placeholders).map(([name, { dtype, shape }]) => ({
      name,
      op: "Placeholder",
      attr: { dtype: { type: typeNames[dtype] }, shape: { shape: { dim: shape.map((d) => ({ size: String(d) })) } } },
    })),
    ...Object.entries(constants).map(([name, { dtype }]) => ({
      name,
      op: "Const",
      attr: { dtype: { type: typeNames[dtype] } },
    })),
    ...nodes.map(({ op, name, inputs = [], attributes = {} }) => ({
      name,
      op,
      input: inputs,
      attr: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attribute(value)])),
    })),
  ];
  const named = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, { name }]));
  const signature =
    outputs === undefined ? {} : { signature: { inputs: named(Object.keys(placeholders)), outputs: named(outputs) } };
  return {
    json: {
      format: "graph-model",
      modelTopology: { node, versions: { producer: 987 } },
      weightsManifest: [{ paths: ["weights.bin"], weights }],
      ...signature,
    },
    shards,
  };
}

function bytesOf({ dtype, numbers }: TensorInput): Uint8Array {
  if (dtype === "bool") return Uint8Array.from(numbers);
  const array = dtype === "float32" ? Float32Array.from(numbers) : Int32Array.from(numbers);
  return new Uint8Array(array.buffer);
}
