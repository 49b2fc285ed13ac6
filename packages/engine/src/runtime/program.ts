/** @file Program: a compiled computation; arrays in, arrays out. */
import type { InferenceSession, Tensor as RuntimeTensor } from "onnxruntime-common";
import { type DType, dtypes, type NarrowType, type TensorData } from "../graph/dtype.js";
import { NoemaError, unknownName } from "../graph/error.js";
import { sizeOf, Tensor } from "../graph/tensor.js";
import type { Value } from "../graph/value.js";
import type { Signature } from "../graph/write-model.js";
import type { OnnxRuntime } from "./onnxruntime.js";

/** What `run` takes for an input: a tensor, or its elements in row-major order. */
export type Feed = Tensor | TensorData | readonly number[];

/** Type of an input or output of a program; `knownShape` is null where it depends on data. */
export interface PortType {
  readonly dtype: DType;
  readonly knownShape: readonly number[] | null;
}

export interface ProgramParts {
  readonly signature: Signature;
  readonly session: InferenceSession;
  readonly runtime: OnnxRuntime;
  readonly release: () => Promise<void>;
}

export class Program {
  readonly inputs: Readonly<Record<string, PortType>>;
  readonly outputs: Readonly<Record<string, PortType>>;
  readonly #session: InferenceSession;
  readonly #runtime: OnnxRuntime;
  #release: (() => Promise<void>) | undefined;

  constructor(parts: ProgramParts) {
    // Types only: a program does not keep the model alive, nor the file that its weights are views of.
    this.inputs = typesOf(parts.signature.inputs);
    this.outputs = typesOf(parts.signature.outputs);
    this.#session = parts.session;
    this.#runtime = parts.runtime;
    this.#release = parts.release;
  }

  /**
   * Runs once. Inputs are taken without copying; outputs are fresh arrays. In Node the run occupies the calling thread.
   *
   * @throws NoemaError INPUT_MISSING, INPUT_UNKNOWN, INPUT_SHAPE, INPUT_TYPE, PROGRAM_DISPOSED, RUN_FAILED
   */
  async run(feeds: Readonly<Record<string, Feed>>): Promise<Record<string, Tensor>> {
    if (this.#release === undefined) {
      throw new NoemaError("PROGRAM_DISPOSED", {
        where: "program",
        found: "it was disposed",
        needed: "compile it again",
      });
    }
    const { inputs, outputs } = this;
    for (const name of Object.keys(feeds)) {
      if (!Object.hasOwn(inputs, name)) throw unknownName("INPUT_UNKNOWN", "input", name, Object.keys(inputs));
    }
    const given: Record<string, RuntimeTensor> = {};
    const unused = new Set(this.#session.inputNames);
    for (const [name, value] of Object.entries(inputs)) {
      if (unused.has(name)) given[name] = this.#feed(name, value, feeds[name]);
    }
    const results = await this.#invoke(given);
    const tensors: Record<string, Tensor> = {};
    for (const name of Object.keys(outputs)) {
      const result = results[name]!;
      tensors[name] = Tensor.of(result.type as DType, result.dims, result.data as TensorData);
    }
    return tensors;
  }

  async #invoke(feeds: Record<string, RuntimeTensor>): Promise<InferenceSession.ReturnType> {
    try {
      return await this.#session.run(feeds, Object.keys(this.outputs));
    } catch (cause) {
      throw new NoemaError("RUN_FAILED", {
        where: "ONNX Runtime",
        found: (cause as Error).message.slice(0, 500),
        cause,
      });
    }
  }

  #feed(name: string, value: PortType, feed: Feed | undefined): RuntimeTensor {
    const where = `input "${name}"`;
    if (feed === undefined) {
      throw new NoemaError("INPUT_MISSING", { where, found: "nothing was given", needed: describe(value) });
    }
    const { data, dims } = feed instanceof Tensor ? feed : { data: feed, dims: value.knownShape ?? [feed.length] };
    const shape = value.knownShape;
    if (shape !== null && (dims.length !== shape.length || dims.some((d, i) => d !== shape[i]))) {
      throw new NoemaError("INPUT_SHAPE", {
        where,
        found: `shape ${dims.join("×")}`,
        needed: `the program needs ${describe(value)}`,
      });
    }
    const array = Array.isArray(data) ? Tensor.ofNumbers(value.dtype, [data.length], data).data : (data as TensorData);
    if (!(array instanceof dtypes[value.dtype].array)) {
      throw new NoemaError("INPUT_TYPE", {
        where,
        found: array.constructor.name,
        needed: `${dtypes[value.dtype].array.name} for ${describe(value)}`,
      });
    }
    if (array.length !== sizeOf(dims)) {
      throw new NoemaError("INPUT_SHAPE", {
        where,
        found: `${array.length} elements`,
        needed: `the program needs ${describe(value)}, ${sizeOf(dims)} elements`,
      });
    }
    return new this.#runtime.Tensor(value.dtype as Exclude<DType, NarrowType>, array as never, dims);
  }

  /** Releases the session once no other program shares it. Safe to call twice. */
  async dispose(): Promise<void> {
    const release = this.#release;
    this.#release = undefined;
    await release?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

function typesOf(values: Readonly<Record<string, Value>>): Record<string, PortType> {
  return Object.fromEntries(
    Object.entries(values).map(([name, { dtype, knownShape }]) => [name, { dtype, knownShape }]),
  );
}

function describe(value: PortType): string {
  return `${value.dtype}[${value.knownShape?.join("×") ?? "any shape"}]`;
}
