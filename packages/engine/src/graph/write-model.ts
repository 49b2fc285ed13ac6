/** @file writeModel: values to an ONNX file. Only what the outputs reach is written; large constants stay outside. */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Attribute, Body } from "./attribute.js";
import { dtypes } from "./dtype.js";
import { NoemaError } from "./error.js";
import { findOp } from "./op.js";
import type { Tensor } from "./tensor.js";
import { ancestors, bodiesOf, innerNodes } from "./topology.js";
import type { Node, Value } from "./value.js";

/** A computation: named inputs, named outputs. Any value may be an input: what it was computed from is cut away. */
export interface Signature {
  readonly inputs: Readonly<Record<string, Value>>;
  readonly outputs: Readonly<Record<string, Value>>;
}

export interface WriteOptions {
  /** Constants of more bytes than this are not put into the file but returned beside it. Default: none are. */
  readonly externalAbove?: number;
  /** One file for all constants left out, where they are more bytes than `above` together; else one location each. */
  readonly externalFile?: { readonly name: string; readonly above: number };
  /** Names to write for nodes; the others get none. */
  readonly nodeNames?: ReadonlyMap<Node, string>;
  /**
   * The name to declare for the first axis of all inputs and outputs in place of its size: the model takes any number of
   * examples. Nothing inside may depend on that size.
   */
  readonly batchAxis?: string;
  readonly producer?: string;
}

export interface WrittenModel {
  readonly bytes: Uint8Array;
  /** Constants left out of the file, by the name of the value. */
  readonly external: ReadonlyMap<string, ExternalTensor>;
}

/** Where a constant that was left out of the file is expected. */
export interface ExternalTensor {
  readonly tensor: Tensor;
  readonly location: string;
  readonly offset: number;
}

/** The opset that canonical forms are written in where no operator needs a newer one: axes as inputs everywhere. */
export const lowestOpset = 18;

/** ONNX IR version of opset 18 to 20 and of later ones (onnx/docs/Versioning.md). */
const irVersionOf = (opset: number) => (opset <= 20 ? 9 : 10);

/** Serializes a computation as an ordinary ONNX model. Same graph, same bytes. */
export function writeModel(signature: Signature, options: WriteOptions = {}): WrittenModel {
  return new Writer(signature, options).write();
}

class Writer {
  readonly #signature: Signature;
  readonly #options: WriteOptions;
  readonly #names = new Map<Value, string>();
  readonly #taken = new Set<string>();
  readonly #external = new Map<string, ExternalTensor>();
  readonly #constants: { name: string; tensor: Tensor }[] = [];
  readonly #domains = new Set<string>();
  #opset = lowestOpset;
  #counter = 0;

  constructor(signature: Signature, options: WriteOptions) {
    this.#signature = signature;
    this.#options = options;
  }

  write(): WrittenModel {
    const { inputs, outputs } = this.#signature;
    for (const name of [...Object.keys(inputs), ...Object.keys(outputs)]) this.#taken.add(name);
    for (const [name, value] of Object.entries(inputs)) {
      if (value.constant !== null) throw constantInput(name);
      this.#names.set(value, name);
    }
    const given = new Set(Object.values(inputs));
    const nodes = ancestors(Object.values(outputs), { stopAt: given });
    this.#refuseMissingInputs(nodes, given);
    for (const [name, value] of Object.entries(outputs)) {
      if (value.node !== null && !this.#names.has(value)) this.#names.set(value, name);
    }
    const graph = new BinaryWriter();
    for (const node of nodes) this.#node(graph, node);
    for (const [name, value] of Object.entries(outputs)) {
      if (this.#names.get(value) !== name) this.#copy(graph, this.#nameOf(value), name);
    }
    graph.tag(2, WireType.LengthDelimited).string("noema");
    this.#placeExternal();
    for (const { name, tensor } of this.#constants) {
      graph.tag(5, WireType.LengthDelimited).fork();
      this.#tensor(graph, tensor, name);
      graph.join();
    }
    const { batchAxis } = this.#options;
    for (const [name, value] of Object.entries(inputs)) valueInfo(graph, 11, name, value, batchAxis);
    for (const [name, value] of Object.entries(outputs)) outputInfo(graph, name, value, batchAxis);
    return { bytes: this.#model(graph.finish()), external: this.#external };
  }

  #refuseMissingInputs(nodes: readonly Node[], given: ReadonlySet<Value>): void {
    const own = new Set(given);
    const bound = new Set<Value>();
    for (const node of nodes) {
      for (const y of node.outputs) own.add(y);
      for (const body of bodiesOf(node)) markInside(body, bound);
    }
    const check = (v: Value | null, where: string) => {
      if (v === null || own.has(v) || bound.has(v) || v.constant !== null) return;
      if (v.failure !== null && v.failure.code !== "SHAPE_UNKNOWN") throw v.failure;
      throw new NoemaError("INPUT_MISSING", {
        where,
        found: `it needs the input "${v.name}"`,
        needed: "which is not among the program's inputs",
        remedy: `Given: ${Object.keys(this.#signature.inputs).join(", ") || "none"}.`,
      });
    };
    for (const node of nodes) for (const v of node.inputs) check(v, node.label);
    for (const [name, value] of Object.entries(this.#signature.outputs)) check(value, `output "${name}"`);
  }

  /** Decides which constants stay outside, and where. */
  #placeExternal(): void {
    const { externalAbove = Number.POSITIVE_INFINITY, externalFile } = this.#options;
    // Whole numbers are sizes, axes and indices: shape inference has to see them, and does not look outside the file.
    const large = this.#constants.filter(
      ({ tensor }) => tensor.dtype === "float32" && byteLengthOf(tensor) > externalAbove,
    );
    const total = large.reduce((sum, { tensor }) => sum + byteLengthOf(tensor), 0);
    const file = externalFile !== undefined && total > externalFile.above ? externalFile.name : undefined;
    let offset = 0;
    for (const { name, tensor } of large) {
      this.#external.set(name, { tensor, location: file ?? name, offset });
      if (file !== undefined) offset = align(offset + byteLengthOf(tensor));
    }
  }

  #model(graph: Uint8Array): Uint8Array {
    const model = new BinaryWriter();
    model.tag(1, WireType.Varint).int64(irVersionOf(this.#opset));
    model.tag(2, WireType.LengthDelimited).string(this.#options.producer ?? "noema");
    model.tag(7, WireType.LengthDelimited).bytes(graph);
    for (const [domain, version] of [
      ["", this.#opset] as const,
      ...[...this.#domains].sort().map((d) => [d, 1] as const),
    ]) {
      model.tag(8, WireType.LengthDelimited).fork();
      if (domain !== "") model.tag(1, WireType.LengthDelimited).string(domain);
      model.tag(2, WireType.Varint).int64(version).join();
    }
    return model.finish();
  }

  #nameOf(value: Value): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const free = value.name !== "" && !this.#taken.has(value.name);
    const name = free ? value.name : this.#newName(value.node?.op ?? "constant");
    this.#taken.add(name);
    this.#names.set(value, name);
    if (value.constant !== null) this.#constants.push({ name, tensor: value.constant });
    return name;
  }

  #newName(stem: string): string {
    let name: string;
    do name = `${stem}_${this.#counter++}`;
    while (this.#taken.has(name));
    this.#taken.add(name);
    return name;
  }

  #copy(graph: BinaryWriter, from: string, to: string): void {
    graph.tag(1, WireType.LengthDelimited).fork();
    graph.tag(1, WireType.LengthDelimited).string(from);
    graph.tag(2, WireType.LengthDelimited).string(to);
    graph.tag(4, WireType.LengthDelimited).string("Identity").join();
  }

  #node(graph: BinaryWriter, node: Node): void {
    const definition = findOp(node.op, node.domain);
    if (node.domain !== "") this.#domains.add(node.domain);
    else this.#opset = Math.max(this.#opset, definition?.since ?? lowestOpset);
    for (const { dtype } of node.outputs) this.#opset = Math.max(this.#opset, dtypes[dtype].narrow?.since ?? 0);
    const inputs = node.inputs.map((v) => (v === null ? "" : this.#nameOf(v)));
    graph.tag(1, WireType.LengthDelimited).fork();
    for (const name of inputs) graph.tag(1, WireType.LengthDelimited).string(name);
    for (const y of node.outputs) graph.tag(2, WireType.LengthDelimited).string(this.#nameOf(y));
    const name = this.#options.nodeNames?.get(node);
    if (name !== undefined) graph.tag(3, WireType.LengthDelimited).string(name);
    graph.tag(4, WireType.LengthDelimited).string(node.op);
    for (const [name, attribute] of Object.entries(node.attributes)) {
      graph.tag(5, WireType.LengthDelimited).fork();
      this.#attribute(graph, name, attribute);
      graph.join();
    }
    if (node.domain !== "") graph.tag(7, WireType.LengthDelimited).string(node.domain);
    graph.join();
  }

  #attribute(out: BinaryWriter, name: string, { kind, value }: Attribute): void {
    out.tag(1, WireType.LengthDelimited).string(name);
    if (kind === "float") out.tag(2, WireType.Bit32).float(value as number);
    else if (kind === "int") out.tag(3, WireType.Varint).int64(int64Of(value as number));
    else if (kind === "string") out.tag(4, WireType.LengthDelimited).bytes(encode(value as string));
    else if (kind === "tensor") {
      out.tag(5, WireType.LengthDelimited).fork();
      this.#tensor(out, value as Tensor, undefined);
      out.join();
    } else if (kind === "body") {
      out.tag(6, WireType.LengthDelimited).fork();
      this.#body(out, value as Body);
      out.join();
    } else if (kind === "floats") for (const v of value as number[]) out.tag(7, WireType.Bit32).float(v);
    else if (kind === "ints") for (const v of value as number[]) out.tag(8, WireType.Varint).int64(int64Of(v));
    else for (const v of value as string[]) out.tag(9, WireType.LengthDelimited).bytes(encode(v));
    out.tag(20, WireType.Varint).int32(typeCodes[kind]);
  }

  #body(out: BinaryWriter, body: Body): void {
    for (const node of innerNodes(body)) this.#node(out, node);
    const seen = new Set<Value>(body.inputs);
    const outputNames = body.outputs.map((value) => {
      const inside = value.node !== null && !seen.has(value) && innerNodes(body).includes(value.node);
      seen.add(value);
      if (inside) return this.#nameOf(value);
      // An output that is captured, constant, or an input of the body needs a node that makes it.
      const copy = this.#newName("copy");
      this.#copy(out, this.#nameOf(value), copy);
      return copy;
    });
    out.tag(2, WireType.LengthDelimited).string("body");
    for (const value of body.inputs) valueInfo(out, 11, this.#nameOf(value), value);
    for (const [i, value] of body.outputs.entries()) outputInfo(out, outputNames[i]!, value);
  }

  #tensor(out: BinaryWriter, tensor: Tensor, name: string | undefined): void {
    for (const dim of tensor.dims) out.tag(1, WireType.Varint).int64(dim);
    out.tag(2, WireType.Varint).int32(dtypes[tensor.dtype].onnx);
    if (name !== undefined) out.tag(8, WireType.LengthDelimited).string(name);
    const outside = name === undefined ? undefined : this.#external.get(name);
    if (outside === undefined) {
      out.tag(9, WireType.LengthDelimited).bytes(tensor.bytes);
      return;
    }
    for (const [key, text] of [
      ["location", outside.location],
      ["offset", String(outside.offset)],
      ["length", String(byteLengthOf(tensor))],
    ] as const) {
      out.tag(13, WireType.LengthDelimited).fork();
      out.tag(1, WireType.LengthDelimited).string(key).tag(2, WireType.LengthDelimited).string(text).join();
    }
    out.tag(14, WireType.Varint).int32(1);
  }
}

/** Rules build on the value of a constant (rearranged weights): what they built would not follow an input. */
function constantInput(name: string): NoemaError {
  return new NoemaError("INPUT_CONSTANT", {
    where: `input "${name}"`,
    found: "it is a constant of the model",
    needed: "a program's input must be open",
    remedy: "Put an input in its place with `substitution` before asking for gradients.",
  });
}

function byteLengthOf(tensor: Tensor): number {
  return tensor.size * dtypes[tensor.dtype].array.BYTES_PER_ELEMENT;
}

/** Offsets in a file that is mapped into memory are kept at cache lines. */
const align = (offset: number) => Math.ceil(offset / 64) * 64;

/** `AttributeProto.AttributeType` in onnx.proto. */
const typeCodes = { float: 1, int: 2, string: 3, tensor: 4, body: 5, floats: 6, ints: 7, strings: 8 } as const;

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Numbers past 2^53 stand for "as far as possible" (ends of slices): they saturate. */
function int64Of(value: number): bigint {
  if (value >= 2 ** 63) return 2n ** 63n - 1n;
  if (value <= -(2 ** 63)) return -(2n ** 63n);
  return BigInt(Math.trunc(value));
}

/** Where the shape depends on data the type may be a guess too: it is left to whoever runs the model to infer. */
function outputInfo(out: BinaryWriter, name: string, value: Value, batchAxis?: string): void {
  if (value.node !== null && value.knownShape === null) {
    out.tag(12, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(name).join();
  } else {
    valueInfo(out, 12, name, value, batchAxis);
  }
}

function valueInfo(out: BinaryWriter, field: number, name: string, value: Value, batchAxis?: string): void {
  out.tag(field, WireType.LengthDelimited).fork();
  out.tag(1, WireType.LengthDelimited).string(name);
  out.tag(2, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).fork();
  out.tag(1, WireType.Varint).int32(dtypes[value.dtype].onnx);
  if (value.knownShape !== null) {
    out.tag(2, WireType.LengthDelimited).fork();
    for (const [axis, dim] of value.knownShape.entries()) {
      out.tag(1, WireType.LengthDelimited).fork();
      if (axis === 0 && batchAxis !== undefined) out.tag(2, WireType.LengthDelimited).string(batchAxis);
      else out.tag(1, WireType.Varint).int64(dim);
      out.join();
    }
    out.join();
  }
  out.join().join().join();
}

function markInside(body: Body, inside: Set<Value>): void {
  for (const v of body.inputs) inside.add(v);
  for (const node of innerNodes(body)) {
    for (const v of node.outputs) inside.add(v);
    for (const nested of bodiesOf(node)) markInside(nested, inside);
  }
}
