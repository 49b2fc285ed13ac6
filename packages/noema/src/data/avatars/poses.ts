/** @file Poses: where in the picture a face is, and how large, in few steps each, so that they are factors with names. */
import type { Random } from "@noema/engine";

/** In percent of the picture's side: 3 pixels of 64 at most. */
const shifts = [-5, -2.5, 0, 2.5, 5];

const scales = [0.92, 0.99, 1.06];

export interface Pose {
  /** To the right, as a share of the picture's side. */
  readonly shiftX: number;
  /** Down. */
  readonly shiftY: number;
  /** Over 1: larger. */
  readonly scale: number;
}

interface PosePart {
  readonly name: string;
  /** Names of its values. */
  readonly values: readonly string[];
  /** Which of them a pose has. */
  of(pose: number): number;
}

const shiftX: PosePart = { name: "shift-x", values: shifts.map(percent), of: (pose) => pose % shifts.length };
const shiftY: PosePart = {
  name: "shift-y",
  values: shifts.map(percent),
  of: (pose) => Math.floor(pose / shifts.length) % shifts.length,
};
const scale: PosePart = {
  name: "scale",
  values: scales.map((times) => `×${times}`),
  of: (pose) => Math.floor(pose / shifts.length ** 2),
};

/** What a pose is made of, each a factor of its own. */
export const poseParts: readonly PosePart[] = [shiftX, shiftY, scale];

export const poseCount = shifts.length ** 2 * scales.length;

/** Names of all poses, such as "+5 % 0 % ×0.92". */
export const poseNames = Array.from({ length: poseCount }, (_, pose) =>
  poseParts.map(({ values, of }) => values[of(pose)]).join(" "),
);

/** @param pose 0 … poseCount − 1 */
export function poseOf(pose: number): Pose {
  return {
    shiftX: shifts[shiftX.of(pose)] / 100,
    shiftY: shifts[shiftY.of(pose)] / 100,
    scale: scales[scale.of(pose)],
  };
}

/** The pose in the middle of all: not shifted, and of the size between the others. */
export const middlePose: Pose = { shiftX: 0, shiftY: 0, scale: scales[1] };

/** So many different poses, drawn. Whoever asks for more gets the same ones and then others. */
export function drawPoses(count: number, random: Random): number[] {
  const left = Array.from({ length: poseCount }, (_, pose) => pose);
  return Array.from({ length: count }, () => left.splice(random.below(left.length), 1)[0]);
}

function percent(shift: number): string {
  return `${shift > 0 ? "+" : ""}${shift} %`;
}
