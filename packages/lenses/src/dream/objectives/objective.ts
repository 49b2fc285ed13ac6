/** @file What an objective is: a number for every picture, which ascent makes larger. */
import type { Value } from "@noema/engine";

/** What an objective sees of a network that looks at a batch of pictures. */
export interface Scene {
  /** How many pictures there are. */
  readonly batch: number;
  /** The pictures before any transform: N×C×H×W, 0 … 1; of transparent ones the colours alone. */
  readonly pictures: Value;
  /** How opaque transparent pictures are: N×1×H×W, 0 … 1. Null where pictures are opaque. */
  readonly opacity: Value | null;
  /** What a layer makes of the transformed pictures; first axis N. */
  layer(name: string): Value;
  /** What a layer makes of other pictures, N×C×H×W, under the same transforms; no gradient is asked of it. */
  seen(pictures: Value, layer: string): Value;
  /** A photograph of the objective's `photographs`, once for every picture: N×C×H×W, 0 … 1. */
  photograph(name: string): Value;
  /** Numbers of one of the objective's `vectors`. */
  vector(name: string): Float32Array;
  /** Numbers that are given to the program when it runs: it need not be compiled anew when they change. */
  given(name: string, shape: readonly number[], data: Float32Array): Value;
  /** The same value for the same key: what several terms have in common is built once. */
  shared(key: string, make: () => Value): Value;
}

/** Always maximised. What should be small is subtracted by whoever adds it. */
export interface Objective {
  /** How it is written on the command line. */
  readonly text: string;
  /** Names (on the command line: paths) of photographs that it asks the scene for. */
  readonly photographs?: readonly string[];
  /** Names (on the command line: paths) of lists of numbers that it asks the scene for. */
  readonly vectors?: readonly string[];
  /** One number per picture: N. */
  build(scene: Scene): Value;
}

/** What may stand between the colons of an objective's text. */
export type Field = "layer" | "unit" | "units" | "number" | "position" | "photograph" | "vector";

/** An objective as the command line knows it: `name:field:field`. */
export interface ObjectiveKind {
  readonly name: string;
  readonly summary: string;
  /** The names of its fields, in order, and what each of them is; `?` after the name of one that may be left out. */
  readonly fields: Readonly<Record<string, Field>>;
  create(fields: Readonly<Record<string, string>>): Objective;
}

/** Declares an objective that can be written as text; the folder's index and its contract test find it. */
export function defineObjective(kind: ObjectiveKind): ObjectiveKind {
  return kind;
}
