/** @file Stage: the scene in which an objective is built: the network, its input replaced by the transformed pictures. */
import { build, input, type Model, NoemaError, substitution, Tensor, unknownName, type Value } from "@noema/engine";
import { networkInput, type PictureSize, type Preprocessing } from "../preprocessing.js";
import { logitsOf } from "./logits.js";
import type { Scene } from "./objectives/objective.js";

/** What objectives ask for by name. */
export interface Materials {
  /** C×H×W, 0 … 1, of the size of the pictures. */
  readonly photographs?: Readonly<Record<string, Float32Array>>;
  readonly vectors?: Readonly<Record<string, Float32Array>>;
}

interface StageParts {
  readonly model: Model;
  readonly input: Value;
  readonly preprocessing: Preprocessing;
  readonly size: PictureSize;
  readonly materials: Materials;
  readonly pictures: Value;
  readonly opacity: Value | null;
  /** The pictures on their backdrop. */
  readonly opaque: Value;
  transform(pictures: Value): Value;
}

export class Stage implements Scene {
  readonly batch: number;
  readonly pictures: Value;
  readonly opacity: Value | null;
  /** What the network is given: the pictures on their backdrop, transformed and preprocessed. First axis N. */
  readonly shown: Value;
  readonly inputs: Record<string, Value> = {};
  readonly data: Record<string, Tensor> = {};
  readonly #parts: StageParts;
  readonly #onPictures: (value: Value) => Value;
  readonly #onOthers = new Map<Value, (value: Value) => Value>();
  readonly #shared = new Map<string, Value>();

  constructor(parts: StageParts) {
    this.batch = parts.size.batch;
    this.pictures = parts.pictures;
    this.opacity = parts.opacity;
    this.#parts = parts;
    // A value of its own even where nothing has to be done to the pictures: no penalty on them reaches it.
    this.shown = build.identity(networkInput(parts.transform(parts.opaque), parts.preprocessing));
    this.#onPictures = substitution(new Map([[parts.input, this.shown]]));
  }

  layer(name: string): Value {
    return this.#onPictures(this.#parts.model.value(name));
  }

  logits(): Value {
    return this.#onPictures(logitsOf(this.#parts.model));
  }

  seen(pictures: Value, layer: string): Value {
    const network = this.#onOthers.get(pictures) ?? this.#network(pictures);
    this.#onOthers.set(pictures, network);
    return network(this.#parts.model.value(layer));
  }

  photograph(name: string): Value {
    const { batch, channels, height, width } = this.#parts.size;
    return this.shared(`photograph ${name}`, () => {
      const data = material("photograph", name, this.#parts.materials.photographs);
      if (data.length !== channels * height * width) {
        throw new NoemaError("PHOTOGRAPH_SIZE", {
          where: `photograph "${name}"`,
          found: `${data.length} numbers`,
          needed: `${channels}×${height}×${width}, the size of the pictures`,
        });
      }
      const one = this.given("photograph", [1, channels, height, width], data);
      return batch === 1 ? one : build.expand(one, [batch, channels, height, width]);
    });
  }

  vector(name: string): Float32Array {
    return material("vector", name, this.#parts.materials.vectors);
  }

  given(name: string, shape: readonly number[], data: Float32Array): Value {
    let unique = name;
    for (let i = 2; unique in this.inputs; i++) unique = `${name}${i}`;
    this.data[unique] = Tensor.of("float32", shape, data);
    this.inputs[unique] = input(unique, shape);
    return this.inputs[unique];
  }

  shared(key: string, make: () => Value): Value {
    const value = this.#shared.get(key) ?? make();
    this.#shared.set(key, value);
    return value;
  }

  #network(pictures: Value): (value: Value) => Value {
    const { input, preprocessing, transform } = this.#parts;
    return substitution(new Map([[input, networkInput(transform(pictures), preprocessing)]]));
  }
}

function material(kind: string, name: string, given: Readonly<Record<string, Float32Array>> = {}): Float32Array {
  if (Object.hasOwn(given, name)) return given[name];
  throw unknownName("MATERIAL_MISSING", kind, name, Object.keys(given));
}
