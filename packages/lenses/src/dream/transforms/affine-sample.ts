/** @file affineSample: moves composed into one affine map, and the picture sampled through it once, bilinearly. */
import { build, constant, emit, Tensor, type Value } from "@noema/engine";
import type { PictureSize } from "../../preprocessing.js";
import { alongAxes, mixture } from "../along-axes.js";
import { type Affine, compose, type Move, translation } from "./affine.js";
import type { Transform } from "./transform.js";

export interface AffineSampleOptions {
  /**
   * What lies around the picture, without end: a shade, 0 black and 0.5 (the default) grey; `mirrored`, the picture itself;
   * `random`, one colour, another at every step.
   */
  readonly around?: number | "mirrored" | "random";
}

/** Up to this side, matrices along the axes are cheaper than sampling place by place: their cost grows with its cube. */
const matrixSide = 384;

/**
 * The moves one after the other, in the order in which the picture undergoes them. All pictures of a batch undergo the
 * same ones, as in Lucid. Where they may turn the picture, what was drawn is `affine`, the one map from the middle of what
 * is shown to that of the picture. Where they may not, the interpolation is one matrix for each axis, `down` and `across`:
 * the same, and several times cheaper, most of all on the way back.
 */
export function affineSample(moves: readonly Move[], { around = 0.5 }: AffineSampleOptions = {}): Transform {
  const isMirrored = around === "mirrored";
  const byMatrix = ({ height, width }: Pick<PictureSize, "height" | "width">) =>
    moves.every((move) => move.upright) && Math.max(height, width) <= matrixSide;
  return {
    draws: (size) => ({
      ...(byMatrix(size) ? { down: [size.height, size.height], across: [size.width, size.width] } : { affine: [2, 3] }),
      ...(around === "random" && { colour: [1, size.channels, 1, 1] }),
    }),
    draw: (random, moment) => {
      // The last move is the first that a place in the shown picture is taken back through.
      const map = moves.reduce<Affine>((outer, move) => compose(outer, move(random, moment)), translation(0, 0));
      const { height, width, channels } = moment.size;
      const [a, , c, , e, f] = map;
      return {
        ...(byMatrix(moment.size)
          ? { down: interpolation(height, e, f, isMirrored), across: interpolation(width, a, c, isMirrored) }
          : { affine: Float32Array.from(map) }),
        ...(around === "random" && { colour: Float32Array.from({ length: channels }, random.uniform) }),
      };
    },
    apply: (pictures, drawn) => {
      const sampled = (from: Value) =>
        drawn.affine === undefined
          ? alongAxes(from, drawn.down, drawn.across)
          : sample(from, drawn.affine, isMirrored ? "reflection" : "zeros");
      if (isMirrored) return sampled(pictures);
      const outside = around === "random" ? drawn.colour : around;
      return build.add(sampled(build.sub(pictures, outside)), outside);
    },
  };
}

/** @param affine 2×3, in pixels. What lies outside the pictures is 0, or they themselves mirrored. */
function sample(pictures: Value, affine: Value, padding: "zeros" | "reflection"): Value {
  const [batch, channels, height, width] = pictures.shape;
  const places = build.matmul(affine, fromMiddle(height, width));
  // GridSample counts from the middle in halves of the picture, and wants x and y together.
  const halves = constant(Tensor.ofNumbers("float32", [2, 1], [2 / width, 2 / height]));
  const grid = build.reshape(build.transpose(build.mul(places, halves), [1, 0]), [1, height, width, 2]);
  // All planes are sampled alike, so they are taken as the channels of one picture.
  const planes = build.reshape(pictures, [1, batch * channels, height, width]);
  const attributes = { mode: "linear", padding_mode: padding, align_corners: 0 };
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

/** Of one axis: what is shown `from the middle` lies at stretch·place + offset from the middle of the picture. */
function interpolation(size: number, stretch: number, offset: number, isMirrored: boolean): Float32Array {
  const middle = (size - 1) / 2;
  return mixture(size, (row, add) => {
    const place = stretch * (row - middle) + offset + middle;
    const below = Math.floor(place);
    for (const [column, weight] of [
      [below, 1 - (place - below)],
      [below + 1, place - below],
    ]) {
      if (isMirrored) add(mirrored(column, size), weight);
      else if (column >= 0 && column < size) add(column, weight);
    }
  });
}

/** Where one is inside, having been mirrored at the edges as often as it takes. */
function mirrored(column: number, size: number): number {
  const turn = ((column % (2 * size)) + 2 * size) % (2 * size);
  return turn < size ? turn : 2 * size - 1 - turn;
}
