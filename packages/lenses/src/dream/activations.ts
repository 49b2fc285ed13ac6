/** @file What a layer makes of the pictures, in channels and positions, whatever the order of its axes. */
import { build, NoemaError, type Value } from "@noema/engine";
import { channelAxis } from "./channel-axis.js";
import type { Scene } from "./objectives/objective.js";

/** How the axes of a layer are taken. Its first one is the batch. */
export interface LayerForm {
  readonly channels: number;
  /** The axis that counts them. */
  readonly axis: number;
  /** Lengths of the axes that are neither, in their order: of pictures rows, then columns; none of logits. */
  readonly positions: readonly number[];
}

/**
 * @param layer its name, for messages
 * @throws NoemaError LAYER_NO_CHANNELS, LAYER_TYPE, LAYER_BATCH
 */
export function layerForm(value: Value, layer: string, batch: number): LayerForm {
  if (value.dtype !== "float32") {
    throw new NoemaError("LAYER_TYPE", {
      where: `layer "${layer}"`,
      found: `it is made of ${value.dtype}`,
      needed: "only float32 can be ascended",
      remedy: "Choose a layer before it.",
    });
  }
  const axis = channelAxis(value);
  if (value.shape[0] !== batch) {
    throw new NoemaError("LAYER_BATCH", {
      where: `layer "${layer}"`,
      found: `its first axis counts ${value.shape[0]}`,
      needed: `${batch} pictures are shown to the network`,
      remedy: "Choose a layer that keeps pictures apart.",
    });
  }
  const positions = value.shape.filter((_, i) => i !== 0 && i !== axis);
  return { channels: value.shape[axis], axis, positions };
}

/** The means of a layer's channels over all positions: N×C. */
export function channelMeans(scene: Scene, layer: string): Value {
  const value = scene.layer(layer);
  const { axis } = layerForm(value, layer, scene.batch);
  return scene.shared(`means of ${layer}`, () => meansOf(value, axis));
}

/** The mean over all axes but the first and this one: N×C. */
export function meansOf(value: Value, axis: number): Value {
  const positions = [...value.shape.keys()].filter((i) => i !== 0 && i !== axis);
  return build.reduceMean(value, positions, { keepdims: false });
}

/** A layer as N×C×P, with all positions in one axis. */
export function layerPlanes(scene: Scene, layer: string): Value {
  return scene.shared(`planes of ${layer}`, () => planesOf(scene.layer(layer), layer, scene.batch));
}

/** The same of a photograph, under the same transforms. */
export function photographPlanes(scene: Scene, photograph: string, layer: string): Value {
  return scene.shared(`planes of ${layer} of ${photograph}`, () =>
    planesOf(scene.seen(scene.photograph(photograph), layer), layer, scene.batch),
  );
}

function planesOf(value: Value, layer: string, batch: number): Value {
  const { axis, channels, positions } = layerForm(value, layer, batch);
  const others = [...value.shape.keys()].filter((i) => i !== 0 && i !== axis);
  const ordered = build.transpose(value, [0, axis, ...others]);
  return build.reshape(ordered, [batch, channels, positions.reduce((a, b) => a * b, 1)]);
}

/** Where in a layer: across, then down, then further axes; what a layer has no axis for is 0. */
export type Position = readonly number[];

/**
 * A layer's channels at one position: N×C. Without a position the middle one, of an even number the later of the two (Lucid,
 * objectives.neuron).
 *
 * @throws NoemaError POSITION_RANGE
 */
export function channelsAt(scene: Scene, layer: string, position?: Position): Value {
  const value = scene.layer(layer);
  const { axis, channels, positions } = layerForm(value, layer, scene.batch);
  const at = placeOf(layer, positions, position);
  return scene.shared(`${layer} at ${at}`, () => {
    const axes = [...value.shape.keys()].filter((i) => i !== 0 && i !== axis);
    const ends = at.map((v) => v + 1);
    const one = axes.length === 0 ? value : build.slice(value, at, ends, axes);
    return build.reshape(one, [scene.batch, channels]);
  });
}

/** One index per axis of positions, in the order of the axes. */
function placeOf(layer: string, positions: readonly number[], position: Position | undefined): number[] {
  if (position === undefined) return positions.map((length) => Math.floor(length / 2));
  const lengths = [...positions].reverse();
  position.forEach((v, i) => {
    const length = lengths[i] ?? 1;
    if (Number.isInteger(v) && v >= 0 && v < length) return;
    throw new NoemaError("POSITION_RANGE", {
      where: `position ${position.join(",")} in layer "${layer}"`,
      found: `it has ${positions.length === 0 ? "one position" : `${lengths.join("×")} positions`}`,
      needed: `number ${i + 1} of a position there is ${length === 1 ? "0" : `0 … ${length - 1}`}`,
    });
  });
  return lengths.map((_, i) => position[i] ?? 0).reverse();
}
