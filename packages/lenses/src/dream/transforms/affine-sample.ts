/** @file affineSample: moves composed into one affine map, and the picture sampled through it once, bilinearly. */
import { build, constant, NoemaError, Tensor, type Value } from "@noema/engine";
import type { PictureSize } from "../../preprocessing.js";
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
    draws: { [input]: [2, 3] },
    draw: (random) => {
      // The last move is the first that a place in the shown picture is taken back through.
      const map = moves.reduce<Affine>((outer, move) => compose(outer, move(random)), translation(0, 0));
      return { [input]: Float32Array.from(map) };
    },
    apply: (pictures, drawn) => build.add(sample(build.sub(pictures, around), drawn[input]), around),
  };
}

/** Pixels of nothing around the picture: places outside are brought into it. */
const border = 2;

/** @param affine 2×3, in pixels. What lies outside the pictures is 0. */
function sample(pictures: Value, affine: Value): Value {
  const [batch, channels, height, width] = pictures.shape;
  if (height * width === 0) throw new NoemaError("PICTURE_EMPTY", { found: `a picture of ${width}×${height} pixels` });
  const [planes, pixels, rowLength] = [batch * channels, height * width, width + 2 * border];
  const padded = build.pad(pictures, [0, 0, border, border, 0, 0, border, border]);
  const source = build.reshape(padded, [planes, (height + 2 * border) * rowLength]);
  const middle = Tensor.ofNumbers("float32", [2, 1], [(width - 1) / 2, (height - 1) / 2]);
  const places = build.add(build.matmul(affine, fromMiddle({ batch, channels, height, width })), constant(middle));
  const corner = build.floor(places);
  const [right, down] = build.split(build.sub(places, corner), [1, 1], 0);
  const [x, y] = build.split(corner, [1, 1], 0);
  const columns = build.cast(build.add(build.clip(x, -border, width), border), "int64");
  const rows = build.cast(build.add(build.clip(y, -border, height), border), "int64");
  const first = build.add(build.mul(rows, rowLength), columns);
  const steps = Tensor.ofNumbers("int64", [4, 1], [0, 1, rowLength, rowLength + 1]);
  const taps = build.reshape(build.add(first, constant(steps)), [4 * pixels]);
  const [left, up] = [build.sub(1, right), build.sub(1, down)];
  const weights = build.concat(
    [
      [left, up],
      [right, up],
      [left, down],
      [right, down],
    ].map(([a, b]) => build.mul(a, b)),
    0,
  );
  const taken = build.reshape(build.gather(source, taps, 1), [planes, 4, pixels]);
  return build.reshape(build.reduceSum(build.mul(taken, weights), [1], { keepdims: false }), pictures.shape);
}

/** Every pixel's place from the middle of what is shown, and 1: 3×HW. */
function fromMiddle({ height, width }: PictureSize): Value {
  const pixels = height * width;
  const out = new Float32Array(3 * pixels).fill(1);
  for (let i = 0; i < pixels; i++) {
    out[i] = (i % width) - (width - 1) / 2;
    out[pixels + i] = Math.floor(i / width) - (height - 1) / 2;
  }
  return constant(Tensor.of("float32", [3, pixels], out));
}
