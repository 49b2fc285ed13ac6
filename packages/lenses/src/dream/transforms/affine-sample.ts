/** @file affineSample: moves composed into one affine map, and the picture sampled through it once, bilinearly. */
import { build, constant, emit, Tensor, type Value } from "@noema/engine";
import { type Affine, compose, type Move, translation } from "./affine.js";
import type { Transform } from "./transform.js";

export interface AffineSampleOptions {
  /** What lies around the picture, without end: 0 is black, 0.5 (the default) grey. */
  readonly around?: number;
}

const input = "affine";

/**
 * The moves one after the other, in the order in which the picture undergoes them. All pictures of a batch undergo the
 * same ones, as in Lucid. What was drawn is the one affine map from the middle of what is shown to that of the picture.
 */
export function affineSample(moves: readonly Move[], { around = 0.5 }: AffineSampleOptions = {}): Transform {
  return {
    draws: () => ({ [input]: [2, 3] }),
    draw: (random, moment) => {
      // The last move is the first that a place in the shown picture is taken back through.
      const map = moves.reduce<Affine>((outer, move) => compose(outer, move(random, moment)), translation(0, 0));
      return { [input]: Float32Array.from(map) };
    },
    apply: (pictures, drawn) => build.add(sample(build.sub(pictures, around), drawn[input]), around),
  };
}

/** @param affine 2×3, in pixels. What lies outside the pictures is 0. */
function sample(pictures: Value, affine: Value): Value {
  const [batch, channels, height, width] = pictures.shape;
  const places = build.matmul(affine, fromMiddle(height, width));
  // GridSample counts from the middle in halves of the picture, and wants x and y together.
  const halves = constant(Tensor.ofNumbers("float32", [2, 1], [2 / width, 2 / height]));
  const grid = build.reshape(build.transpose(build.mul(places, halves), [1, 0]), [1, height, width, 2]);
  // All planes are sampled alike, so they are taken as the channels of one picture.
  const planes = build.reshape(pictures, [1, batch * channels, height, width]);
  const attributes = { mode: "linear", padding_mode: "zeros", align_corners: 0 };
  return build.reshape(emit("GridSample", [planes, grid], attributes)[0], pictures.shape);
}

/** Every pixel's place from the middle of what is shown, and 1: 3×HW. */
function fromMiddle(height: number, width: number): Value {
  const pixels = height * width;
  const out = new Float32Array(3 * pixels).fill(1);
  for (let i = 0; i < pixels; i++) {
    out[i] = (i % width) - (width - 1) / 2;
    out[pixels + i] = Math.floor(i / width) - (height - 1) / 2;
  }
  return constant(Tensor.of("float32", [3, pixels], out));
}
