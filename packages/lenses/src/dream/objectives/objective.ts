/** @file What an objective is: a number for every picture, which ascent makes larger. */
import type { Value } from "@noema/engine";

/** What an objective sees of a network that looks at a batch of pictures. */
export interface Scene {
  /** How many pictures there are. */
  readonly batch: number;
  /** The pictures before any transform: N×C×H×W, 0 … 1. */
  readonly pictures: Value;
  /** What a layer makes of the transformed pictures; first axis N. */
  layer(name: string): Value;
  /** Numbers that are given to the program when it runs: it need not be compiled anew when they change. */
  given(name: string, shape: readonly number[], data: Float32Array): Value;
}

/** Always maximised. What should be small is subtracted by whoever adds it. */
export interface Objective {
  /** How it is written on the command line. */
  readonly text: string;
  /** One number per picture: N. */
  build(scene: Scene): Value;
}

/** What may stand between the colons of an objective's text. */
type Field = "layer" | "unit";

/** An objective as the command line knows it: `name:field:field`. */
export interface ObjectiveKind {
  readonly name: string;
  readonly summary: string;
  /** The names of its fields, in order, and what each of them is. */
  readonly fields: Readonly<Record<string, Field>>;
  create(fields: Readonly<Record<string, string>>): Objective;
}

/** Declares an objective that can be written as text; the folder's index and its contract test find it. */
export function defineObjective(kind: ObjectiveKind): ObjectiveKind {
  return kind;
}
