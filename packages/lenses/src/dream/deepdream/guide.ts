/** @file guide: the features of another picture in place of a layer's own strongest ones (dream.ipynb, objective_guide). */
import { build, type CompileOptions, type Model, NoemaError } from "@noema/engine";
import { Look } from "../../look.js";
import type { Preprocessing } from "../../preprocessing.js";
import { channelAxis } from "../channel-axis.js";
import type { Objective } from "../objectives/objective.js";

export interface GuideOptions {
  /** Opened for one picture of the guide's size. */
  readonly model: Model;
  readonly preprocessing: Preprocessing;
  readonly layer: string;
  /** C×H×W, 0 … 1. */
  readonly picture: Float32Array;
  readonly input?: string | undefined;
  readonly compile?: CompileOptions;
}

/** More features of the guide are thinned out evenly: each is compared with every position of a tile. */
const mostFeatures = 512;

/**
 * At each position of the layer, the largest dot product with a feature of the guide; of all positions the mean. Its
 * gradient pulls every position towards the feature of the guide that fits it best.
 *
 * @throws NoemaError LAYER_UNKNOWN, LAYER_NO_CHANNELS, INPUT_NOT_PICTURE, GUIDE_BLIND
 */
export async function guide(options: GuideOptions): Promise<Objective> {
  const { model, preprocessing, layer, picture, input, compile } = options;
  const axis = channelAxis(model.value(layer));
  const look = await Look.open({
    model,
    preprocessing,
    layers: [layer],
    ...(input && { input }),
    compile: compile ?? {},
  });
  let seen: Float32Array;
  let shape: readonly number[];
  try {
    const { data, dims } = (await look.at(picture))[layer];
    [seen, shape] = [data as Float32Array, dims];
  } finally {
    await look.dispose();
  }
  const { features, count } = featuresOf(seen, shape, axis);
  if (!features.every(Number.isFinite) || features.every((v) => v === 0)) {
    throw new NoemaError("GUIDE_BLIND", {
      where: `the guide, at layer "${layer}"`,
      found: features.every((v) => v === 0) ? "the layer sees nothing in it" : "the layer's values are not numbers",
      remedy: "Use another picture or layer.",
    });
  }
  return {
    text: `guide:${layer}`,
    build: (scene) => {
      const value = scene.layer(layer);
      const others = [...value.shape.keys()].filter((i) => i !== 0 && i !== axis);
      const channels = value.shape[axis];
      const positions = others.reduce((product, i) => product * value.shape[i], 1);
      const planes = build.reshape(build.transpose(value, [0, axis, ...others]), [scene.batch, channels, positions]);
      const fits = build.matmul(scene.given("guide", [1, count, channels], features), planes);
      const best = build.reduceMax(fits, [1], { keepdims: false });
      return build.reduceMean(best, [1], { keepdims: false });
    },
  };
}

/** One row for each of the guide's positions, or of an even choice of them. */
function featuresOf(seen: Float32Array, shape: readonly number[], axis: number) {
  const channels = shape[axis];
  const positions = seen.length / channels;
  const after = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const count = Math.min(mostFeatures, positions);
  const features = new Float32Array(count * channels);
  for (let i = 0; i < count; i++) {
    const position = Math.floor(((i + 0.5) * positions) / count);
    const start = Math.floor(position / after) * channels * after + (position % after);
    for (let c = 0; c < channels; c++) features[i * channels + c] = seen[start + c * after];
  }
  return { features, count };
}
