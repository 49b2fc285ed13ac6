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
  type Tensor,
  type Value,
} from "@noema/engine";
import { channelCount, type PictureSize, type Preprocessing } from "../preprocessing.js";
import { applyTransforms } from "./apply-transforms.js";
import { type Backdrop, backdrop } from "./backdrop.js";
import type { Colours } from "./colours.js";
import type { Image } from "./images/image.js";
import type { Objective } from "./objectives/objective.js";
import type { Override } from "./overrides/override.js";
import { type Materials, Stage } from "./stage.js";
import type { Transform } from "./transforms/transform.js";

export interface StepParts {
  readonly model: Model;
  /** The model's input that takes pictures. */
  readonly input: Value;
  readonly preprocessing: Preprocessing;
  readonly size: PictureSize;
  readonly image: Image;
  readonly colours: Colours;
  readonly transforms: readonly Transform[];
  readonly objective: Objective;
  readonly overrides: readonly Override[];
  readonly materials: Materials;
}

export interface StepGraph {
  /**
   * Inputs: the state, `rate`, what transforms and the backdrop draw, what the objective gives. Outputs: the next state,
   * `objective` (N), and `reach` (N): how much gradient arrives at what the network is shown of each picture, its elements'
   * absolute sum. What penalties do to a picture is not in it.
   */
  readonly step: Signature;
  /** As `step`, with the input `blocked` (N): 1 for pictures that the overrides for blocked ones are to move. */
  readonly unblocked: Signature | null;
  /** The objective alone: `objective` (N), of the parameters seen through what transforms draw. */
  readonly score: Signature;
  /** From `parameters` to `pictures`, N×C×H×W, 0 … 1; transparent ones have a channel more, how opaque they are. */
  readonly picture: Signature;
  /** What the objective gives, the same at every step. */
  readonly given: Readonly<Record<string, Tensor>>;
  readonly backdrop: Backdrop | null;
}

export function stepGraph(parts: StepParts): StepGraph {
  const { image, objective, size } = parts;
  const state: AdamState = {
    parameters: input("parameters", image.shape),
    mean: input("mean", image.shape),
    variance: input("variance", image.shape),
  };
  const rate = input("rate", []);
  const behind = image.transparent ? backdrop(size, parts.colours) : null;
  const { pictures, opacity } = picturesOf(parts, state.parameters);
  const opaque =
    opacity === null
      ? pictures
      : build.add(build.mul(pictures, opacity), build.mul(behind!.picture, build.sub(1, opacity)));
  const { transform, drawn } = applyTransforms(parts.transforms, size);
  const stage = new Stage({ ...parts, pictures, opacity, opaque, transform });
  const value = objective.build(stage);
  if (value.rank !== 1 || value.shape[0] !== size.batch) {
    throw new NoemaError("OBJECTIVE_SHAPE", {
      where: `objective ${objective.text}`,
      found: `it gives an array of shape [${value.shape.join(", ")}]`,
      needed: `one number for each of ${size.batch} pictures`,
    });
  }
  const inputs = { ...drawn, ...behind?.inputs, ...stage.inputs };
  const always = parts.overrides.filter(({ when }) => when === "always");
  const step = (overrides: readonly Override[], blocked: Value): Signature => {
    const rules = Object.assign({}, ...overrides.map((override) => override.rules({ blocked })));
    const [uphill, arriving] = gradient(value, [state.parameters, stage.shown], { rules });
    const next = adam(state, uphill, rate);
    return {
      inputs: { ...state, rate, ...inputs },
      outputs: {
        nextParameters: next.parameters,
        nextMean: next.mean,
        nextVariance: next.variance,
        objective: build.identity(value),
        reach: build.reduceSum(build.abs(arriving), [1, 2, 3], { keepdims: false }),
      },
    };
  };
  const blocked = input("blocked", [size.batch]);
  const withBlocked = () => {
    const { inputs, outputs } = step(parts.overrides, blocked);
    return { inputs: { ...inputs, blocked }, outputs };
  };
  return {
    step: step(always, blocked),
    unblocked: always.length === parts.overrides.length ? null : withBlocked(),
    score: { inputs: { parameters: state.parameters, ...inputs }, outputs: { objective: build.identity(value) } },
    picture: {
      inputs: { parameters: state.parameters },
      outputs: { pictures: opacity === null ? pictures : build.concat([pictures, opacity], 1) },
    },
    given: stage.data,
    backdrop: behind,
  };
}

function picturesOf({ image, colours, preprocessing }: StepParts, parameters: Value) {
  const values = image.values(parameters);
  if (!image.transparent) return { pictures: colours.picture(values), opacity: null };
  const [colour, opacity] = build.split(values, [channelCount(preprocessing), 1], 1);
  return { pictures: colours.picture(colour), opacity: build.sigmoid(opacity) };
}
