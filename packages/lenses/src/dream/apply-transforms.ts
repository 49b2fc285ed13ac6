/** @file applyTransforms: one transform after the other, with inputs for what each of them draws. */
import { input, type Random, type Value } from "@noema/engine";
import type { PictureSize } from "../preprocessing.js";
import type { Drawn, Moment, Transform } from "./transforms/transform.js";

/** Name of the program's input for something that a transform draws. */
const drawnName = (transform: number, name: string) => `transform${transform}_${name}`;

export interface Transforming {
  /** All pictures that it is applied to are transformed alike. */
  transform(pictures: Value): Value;
  /** The inputs that `drawTransforms` feeds. */
  readonly drawn: Readonly<Record<string, Value>>;
}

export function applyTransforms(transforms: readonly Transform[], size: PictureSize): Transforming {
  const own = transforms.map((one, i) =>
    Object.entries(one.draws(size)).map(([name, shape]) => [name, input(drawnName(i, name), shape)] as const),
  );
  return {
    transform: (pictures) =>
      transforms.reduce((shown, one, i) => one.apply(shown, Object.fromEntries(own[i])), pictures),
    drawn: Object.fromEntries(own.flatMap((inputs) => inputs.map(([, value]) => [value.name, value]))),
  };
}

/** What they all draw for one step, in order. */
export function drawTransforms(transforms: readonly Transform[], random: Random, moment: Moment): Drawn {
  return Object.fromEntries(
    transforms.flatMap((one, i) =>
      Object.entries(one.draw(random, moment)).map(([name, data]) => [drawnName(i, name), data]),
    ),
  );
}
