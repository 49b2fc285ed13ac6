/** @file LayerCall: what the translation of one Keras layer sees: its configuration, its operands, its weights. */
import { constant } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import type { Value } from "../../graph/value.js";
import { asRecord } from "../json.js";
import type { Twin } from "../twin.js";
import type { Weight } from "../weights.js";

/** A layer as model.json has it. */
export interface LayerDef {
  readonly className: string;
  readonly name: string;
  readonly config: LayerConfig;
}

/** A layer's `config`; names are those of Keras. Each getter gives the fallback where the field is absent or null. */
export class LayerConfig {
  readonly raw: Readonly<Record<string, unknown>>;

  constructor(raw: Readonly<Record<string, unknown>>) {
    this.raw = raw;
  }

  number(name: string, fallback: number): number {
    const value = this.raw[name] ?? fallback;
    if (typeof value !== "number" || Number.isNaN(value)) throw refuseConfig(name, value, "a number");
    return value;
  }

  /** A list of numbers; one number stands for `count` of it. */
  numbers(name: string, count: number, fallback?: number): number[] {
    const value = this.raw[name] ?? fallback;
    if (typeof value === "number") return new Array<number>(count).fill(value);
    if (!Array.isArray(value) || !value.every((v) => typeof v === "number")) {
      throw refuseConfig(name, value, "numbers");
    }
    if (count > 0 && value.length !== count) throw refuseConfig(name, value, `${count} numbers`);
    return value;
  }

  /** Begin and end of every spatial axis: given so, or as one number an axis, or as one number. */
  pairs(name: string, count: number): (readonly [number, number])[] {
    const value = this.raw[name] ?? 1;
    const list = typeof value === "number" ? new Array<number>(count).fill(value) : value;
    if (!Array.isArray(list) || list.length !== count) throw refuseConfig(name, value, `${count} pairs`);
    return list.map((item: unknown) => {
      if (typeof item === "number") return [item, item] as const;
      const [begin, end] = Array.isArray(item) ? item : [];
      if (typeof begin !== "number" || typeof end !== "number") throw refuseConfig(name, value, `${count} pairs`);
      return [begin, end] as const;
    });
  }

  string(name: string, fallback: string): string {
    const value = this.raw[name] ?? fallback;
    if (typeof value === "string") return value;
    // Keras 3 writes some names as registered objects.
    const named = (value as { class_name?: unknown }).class_name;
    if (typeof named === "string") return named;
    throw refuseConfig(name, value, "a name");
  }

  boolean(name: string, fallback: boolean): boolean {
    return Boolean(this.raw[name] ?? fallback);
  }
}

function refuseConfig(name: string, value: unknown, needed: string): NoemaError {
  return new NoemaError("LAYER_CONFIG", {
    found: `${name} is ${JSON.stringify(value)?.slice(0, 80)}`,
    needed: `${needed} is needed`,
  });
}

/** A layer from JSON: `{ class_name, config }`. */
export function layerDef(raw: unknown): LayerDef {
  const { class_name, config, name } = asRecord(raw, "a layer");
  const settings = asRecord(config ?? {}, "the config of a layer");
  const named = settings.name ?? name;
  return {
    className: String(class_name),
    name: typeof named === "string" ? named : "",
    config: new LayerConfig(settings),
  };
}

export interface LayerCallParts {
  readonly layer: LayerDef;
  readonly inputs: readonly Twin[];
  readonly weights: LayerWeights;
  /** Names that the layer's weights may be filed under, most likely first. */
  readonly aliases: readonly string[];
  /** Names of the models and wrappers around it. */
  readonly around: readonly string[];
  /** Carries a call of a wrapped layer out. */
  readonly apply: (call: LayerCall, layer: LayerDef) => readonly Twin[];
}

export class LayerCall {
  readonly className: string;
  readonly name: string;
  readonly config: LayerConfig;
  readonly inputs: readonly Twin[];
  readonly #parts: LayerCallParts;

  constructor(parts: LayerCallParts) {
    this.className = parts.layer.className;
    this.name = parts.layer.name;
    this.config = parts.layer.config;
    this.inputs = parts.inputs;
    this.#parts = parts;
  }

  /** The first operand. */
  get x(): Twin {
    return this.input(0);
  }

  input(index: number): Twin {
    const found = this.inputs[index];
    if (found === undefined) {
      throw new NoemaError("OPERATOR_INPUTS", {
        found: `${this.inputs.length} inputs`,
        needed: `at least ${index + 1} are needed`,
      });
    }
    return found;
  }

  /** A weight by the name it has in Keras. */
  weight(name: string): Value {
    const found = this.optional(name);
    if (found !== null) return found;
    throw new NoemaError("WEIGHT_MISSING", {
      found: `the manifest has no weight "${this.#parts.aliases[0]}/${name}"`,
    });
  }

  optional(name: string): Value | null {
    return this.#parts.weights.find(name, this.#parts.aliases, this.#parts.around);
  }

  /** The bias where the layer has one. */
  get bias(): Value | null {
    return this.config.boolean("use_bias", true) ? this.weight("bias") : null;
  }

  /** The layer that a wrapper holds under this key. */
  inner(key: string): LayerDef {
    return layerDef(this.config.raw[key]);
  }

  /** The call of a layer that this one wraps; its weights may be filed under the wrapper's name. */
  within(layer: LayerDef, inputs: readonly Twin[], alias = layer.name): LayerCall {
    return new LayerCall({ ...this.#parts, layer, inputs, aliases: [alias, this.name] });
  }

  /** Applies a layer that this one wraps, which may be a whole model. */
  apply(layer: LayerDef, inputs: readonly Twin[]): readonly Twin[] {
    return this.#parts.apply(this.within(layer, inputs), layer);
  }

  /** The refusal of something this layer may say but that is not translated. */
  refuse(found: string, needed?: string): NoemaError {
    return new NoemaError("OPERATOR_UNSUPPORTED", { found, ...(needed === undefined ? {} : { needed }) });
  }
}

/** The outputs of a layer; one that has a single output may give it bare. */
export type LayerRule = (call: LayerCall) => Twin | readonly Twin[];

export type LayerRules = Readonly<Record<string, LayerRule>>;

interface FiledWeight {
  readonly path: string;
  readonly scopes: readonly string[];
  readonly weight: Weight;
}

/** Weights by the layers they belong to. tfjs and Keras file them as `layer/weight`, with more scopes around or between. */
export class LayerWeights {
  readonly #filed = new Map<string, FiledWeight[]>();

  constructor(weights: ReadonlyMap<string, Weight>) {
    for (const [path, weight] of weights) {
      const scopes = path.replace(/:\d+$/, "").split("/");
      const name = scopes.pop()!;
      const list = this.#filed.get(name) ?? [];
      this.#filed.set(name, list);
      list.push({ path, scopes, weight });
    }
  }

  /** The weight of this name that is filed under one of the aliases, within what is around it where that decides. */
  find(name: string, aliases: readonly string[], around: readonly string[]): Value | null {
    const all = this.#filed.get(name) ?? [];
    for (const alias of aliases) {
      const under = all.filter((w) => w.scopes.includes(alias));
      const exact = under.filter((w) => w.scopes.length === 1);
      const nested = under.filter((w) => around.every((scope) => w.scopes.includes(scope)));
      const chosen = [exact, nested, under].find((list) => list.length === 1)?.[0];
      if (chosen === undefined && under.length === 0) continue;
      if (chosen === undefined) {
        throw new NoemaError("WEIGHT_AMBIGUOUS", {
          found: `${under
            .slice(0, 3)
            .map((w) => `"${w.path}"`)
            .join(", ")} could each be its "${name}"`,
        });
      }
      if (chosen.weight instanceof NoemaError) throw chosen.weight;
      return constant(chosen.weight, chosen.path);
    }
    return null;
  }
}
