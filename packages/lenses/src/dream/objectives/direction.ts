/** @file direction: how much a layer's activations point in one direction, averaged over all positions. */
import { build, NoemaError, type Value } from "@noema/engine";
import { layerPlanes } from "../activations.js";
import { magnitude, weightedByCosine } from "./cosine.js";
import { defineObjective, type Objective, type Scene } from "./objective.js";
import { quoted, quotedFile } from "./written.js";

export interface DirectionOptions {
  readonly layer: string;
  /** One of the dream's vectors, one number per channel. */
  readonly vector: string;
  /** 0 (the default, Lucid): the dot product. Larger: pictures that show this and little else. */
  readonly cosinePower?: number;
}

/**
 * The mean over positions of x·v · max(0.1, cos(x, v))^power (Lucid's direction). One program serves all vectors.
 *
 * @throws NoemaError when built: as channel, and VECTOR_SIZE, VECTOR_VALUES, MATERIAL_MISSING
 */
export function direction({ layer, vector, cosinePower = 0 }: DirectionOptions): Objective {
  return {
    text: directionText("direction", { layer, vector, cosinePower }),
    vectors: [vector],
    build: (scene) =>
      build.reduceMean(along(scene, layerPlanes(scene, layer), { layer, vector, cosinePower }), [1], flat),
  };
}

export const directionObjective = defineObjective({
  name: "direction",
  summary: "the dot product with a vector, times a power of the cosine, averaged over positions",
  fields: { layer: "layer", vector: "vector", cosinePower: "number?" },
  create: (fields) => direction(fields),
});

const flat = { keepdims: false };

export function directionText(name: string, { layer, vector, cosinePower }: Required<DirectionOptions>): string {
  return [name, quoted(layer), quotedFile(vector), ...(cosinePower === 0 ? [] : [cosinePower])].join(":");
}

/**
 * x·v · max(0.1, cos(x, v))^power at every position.
 *
 * @param planes N×C×P
 * @returns N×P
 */
export function along(scene: Scene, planes: Value, { layer, vector, cosinePower }: Required<DirectionOptions>): Value {
  const [batch, channels, positions] = planes.shape;
  const v = scene.given("vector", [1, channels], vectorOf(scene, vector, layer, channels));
  const dot = build.reshape(build.matmul(v, planes), [batch, positions]);
  return weightedByCosine(dot, () => [magnitude(planes, 1), magnitude(v, 1)], cosinePower);
}

function vectorOf(scene: Scene, name: string, layer: string, channels: number): Float32Array {
  const vector = scene.vector(name);
  if (vector.length !== channels) {
    throw new NoemaError("VECTOR_SIZE", {
      where: `vector "${name}"`,
      found: `${vector.length} numbers`,
      needed: `layer "${layer}" has ${channels} channels`,
    });
  }
  if (!vector.every(Number.isFinite) || vector.every((v) => v === 0)) {
    throw new NoemaError("VECTOR_VALUES", {
      where: `vector "${name}"`,
      found: vector.every((v) => v === 0) ? "it is all zeros" : "it holds something that is no finite number",
      needed: "a direction is finite numbers, not all of them 0",
    });
  }
  return vector;
}
