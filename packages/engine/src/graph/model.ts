/** @file Model: a network that was read, with its inputs, outputs and layers by name. */
import { NoemaError, unknownName } from "./error.js";
import type { Value } from "./value.js";

/** One node as the model file has it. */
export interface Layer {
  /** The node's name, or that of its first output where it has none. */
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
}

export interface ModelOutput {
  readonly name: string;
  readonly value: Value;
}

export interface ModelParts {
  readonly inputs: readonly Value[];
  readonly outputs: readonly ModelOutput[];
  readonly layers: readonly Layer[];
  readonly values: ReadonlyMap<string, Value>;
  /** Version of the ONNX operator set it was written for. */
  readonly opset: number;
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export class Model {
  readonly inputs: readonly Value[];
  readonly outputs: readonly ModelOutput[];
  readonly layers: readonly Layer[];
  readonly opset: number;
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly #values: ReadonlyMap<string, Value>;
  readonly #layers: ReadonlyMap<string, Layer>;

  constructor(parts: ModelParts) {
    this.inputs = parts.inputs;
    this.outputs = parts.outputs;
    this.layers = parts.layers;
    this.opset = parts.opset;
    this.producer = parts.producer;
    this.metadata = parts.metadata;
    this.#values = parts.values;
    this.#layers = new Map(parts.layers.map((layer) => [layer.name, layer]));
  }

  /** Names that `value` takes: of every value in the file, and of every node. */
  get names(): readonly string[] {
    return [...new Set([...this.#values.keys(), ...this.#layers.keys()])];
  }

  /**
   * A value by its name, or a node's first output by the node's name.
   *
   * @throws NoemaError LAYER_UNKNOWN, listing the nearest names; or the reason why the layer cannot be computed for
   *   the shapes the model was opened with
   */
  value(name: string): Value {
    const found = this.#values.get(name) ?? this.#layers.get(name)?.outputs[0];
    if (found === undefined) {
      const layers = [...this.#values.keys()].filter((n) => this.#values.get(n)!.constant === null);
      throw unknownName("LAYER_UNKNOWN", "layer", name, layers);
    }
    if (found.failure !== null && found.failure.code !== "SHAPE_UNKNOWN") throw found.failure;
    return found;
  }

  /** An input by name; the only one when no name is given. */
  input(name?: string): Value {
    if (name === undefined && this.inputs.length !== 1) {
      throw new NoemaError("INPUT_UNKNOWN", {
        where: "model",
        found: `it has ${this.inputs.length} inputs (${this.inputs.map((v) => v.name).join(", ")})`,
        needed: "one of them must be named",
      });
    }
    const found = name === undefined ? this.inputs[0] : this.inputs.find((v) => v.name === name);
    if (found === undefined)
      throw unknownName(
        "INPUT_UNKNOWN",
        "input",
        name!,
        this.inputs.map((v) => v.name),
      );
    return found;
  }

  /** An output by name; the first one when no name is given. */
  output(name?: string): Value {
    const found = name === undefined ? this.outputs[0] : this.outputs.find((o) => o.name === name);
    if (found === undefined)
      throw unknownName(
        "OUTPUT_UNKNOWN",
        "output",
        name ?? "",
        this.outputs.map((o) => o.name),
      );
    return found.value;
  }
}
