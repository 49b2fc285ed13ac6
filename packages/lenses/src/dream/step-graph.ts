/** @file One step of ascent as one graph: parameters to picture to network to objective, and back, and Adam's update. */
import {
  type AdamState,
  adam,
  build,
  gradient,
  input,
  type Model,
  NoemaError,
  type Signature,
  substitution,
  Tensor,
  type Value,
} from "@noema/engine";
import { networkInput, type Preprocessing } from "../preprocessing.js";
import type { Colours } from "./colours.js";
import type { Image } from "./images/image.js";
import type { Objective, Scene } from "./objectives/objective.js";
import type { Transform } from "./transforms/transform.js";

export interface StepParts {
  readonly model: Model;
  /** The model's input that takes pictures. */
  readonly input: Value;
  readonly preprocessing: Preprocessing;
  readonly image: Image;
  readonly colours: Colours;
  readonly transforms: readonly Transform[];
  readonly objective: Objective;
  readonly batch: number;
}

export interface StepGraph {
  /** Inputs: the state, `rate`, what transforms draw, what the objective gives. Outputs: the next state, `objective` (N). */
  readonly step: Signature;
  /** From `parameters` to `pictures`, N×C×H×W, 0 … 1. */
  readonly picture: Signature;
  /** What the objective gives, the same at every step. */
  readonly given: Readonly<Record<string, Tensor>>;
}

/** Name of the program's input for something that a transform draws. */
export const drawnName = (transform: number, name: string) => `transform${transform}_${name}`;

export function stepGraph(parts: StepParts): StepGraph {
  const { image, colours, objective } = parts;
  const state: AdamState = {
    parameters: input("parameters", image.shape),
    mean: input("mean", image.shape),
    variance: input("variance", image.shape),
  };
  const rate = input("rate", []);
  const pictures = colours.picture(image.values(state.parameters));
  const { transformed, drawn } = transform(parts.transforms, pictures);
  const stage = new Stage(parts, pictures, networkInput(transformed, parts.preprocessing));
  const value = objective.build(stage);
  if (value.rank !== 1 || value.shape[0] !== parts.batch) {
    throw new NoemaError("OBJECTIVE_SHAPE", {
      where: `objective ${objective.text}`,
      found: `it gives an array of shape [${value.shape.join(", ")}]`,
      needed: `one number for each of ${parts.batch} pictures`,
    });
  }
  const [uphill] = gradient(value, [state.parameters]);
  const next = adam(state, uphill, rate);
  return {
    step: {
      inputs: { ...state, rate, ...drawn, ...stage.inputs },
      outputs: {
        nextParameters: next.parameters,
        nextMean: next.mean,
        nextVariance: next.variance,
        objective: build.identity(value),
      },
    },
    picture: { inputs: { parameters: state.parameters }, outputs: { pictures } },
    given: stage.data,
  };
}

function transform(transforms: readonly Transform[], pictures: Value) {
  const drawn: Record<string, Value> = {};
  let transformed = pictures;
  transforms.forEach((one, i) => {
    const own: Record<string, Value> = {};
    for (const [name, shape] of Object.entries(one.draws)) {
      own[name] = input(drawnName(i, name), shape);
      drawn[drawnName(i, name)] = own[name];
    }
    transformed = one.apply(transformed, own);
  });
  return { transformed, drawn };
}

/** The scene in which an objective is built: the network, its input replaced by the transformed pictures. */
class Stage implements Scene {
  readonly batch: number;
  readonly pictures: Value;
  readonly inputs: Record<string, Value> = {};
  readonly data: Record<string, Tensor> = {};
  readonly #model: Model;
  readonly #onPictures: (value: Value) => Value;

  constructor(parts: StepParts, pictures: Value, shown: Value) {
    this.batch = parts.batch;
    this.pictures = pictures;
    this.#model = parts.model;
    this.#onPictures = substitution(new Map([[parts.input, shown]]));
  }

  layer(name: string): Value {
    return this.#onPictures(this.#model.value(name));
  }

  given(name: string, shape: readonly number[], data: Float32Array): Value {
    let unique = name;
    for (let i = 2; unique in this.inputs; i++) unique = `${name}${i}`;
    this.data[unique] = Tensor.of("float32", shape, data);
    this.inputs[unique] = input(unique, shape);
    return this.inputs[unique];
  }
}
