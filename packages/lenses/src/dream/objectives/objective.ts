/** @file What an objective is: a number for every picture, which ascent makes larger. */
import type { Value } from "@noema/engine";
import type { Position } from "../activations.js";

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
  /** What the network says of classes, before any softmax; first axis N. */
  logits(): Value;
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
  /** What joins the parts of its text, where it has several: within a larger one it may need parentheses. */
  readonly joined?: "sum" | "product";
  /** Names (on the command line: paths) of photographs that it asks the scene for. */
  readonly photographs?: readonly string[];
  /** Names (on the command line: paths) of lists of numbers that it asks the scene for. */
  readonly vectors?: readonly string[];
  /** One number per picture: N. */
  build(scene: Scene): Value;
}

/** One channel of a group, and how much it counts. */
export interface WeightedUnit {
  readonly unit: number;
  readonly weight: number;
}

/** What may stand between the colons of an objective's text, and what is made of it. */
export interface FieldValues {
  /** A layer's name. The first field of an objective may hold colons: it is what the others leave over. */
  readonly layer: string;
  /** `conv1,conv2` */
  readonly layers: readonly string[];
  /** A whole number from 0 on. */
  readonly unit: number;
  /** `3,5*0.5,9` */
  readonly units: readonly WeightedUnit[];
  /** A whole number from 0 on, or a word of the label, where labels are known. */
  readonly class: number;
  /** A number, 0 or more. */
  readonly number: number;
  /** `X,Y` */
  readonly position: Position;
  readonly photograph: string;
  readonly vector: string;
}

export type FieldType = keyof FieldValues;

/** `?` after the type of a field that may be left out. */
export type Field = FieldType | `${FieldType}?`;

/** The values of an objective's fields, by name. */
export type Fields<F extends Readonly<Record<string, Field>>> = {
  readonly [K in keyof F as F[K] extends FieldType ? K : never]: F[K] extends FieldType ? FieldValues[F[K]] : never;
} & {
  readonly [K in keyof F as F[K] extends FieldType ? never : K]?: F[K] extends `${infer T extends FieldType}?`
    ? FieldValues[T]
    : never;
};

/** An objective as the command line knows it: `name:field:field`. */
export interface ObjectiveKind {
  readonly name: string;
  readonly summary: string;
  /** A number that is 0 at best, to be subtracted. */
  readonly penalty?: boolean;
  /** The names of its fields, in order, and what each of them is. */
  readonly fields: Readonly<Record<string, Field>>;
  create(fields: Readonly<Record<string, FieldValues[FieldType]>>): Objective;
}

/** Declares an objective that can be written as text; the folder's index and its contract test find it. */
export function defineObjective<const F extends Readonly<Record<string, Field>>>(
  kind: Omit<ObjectiveKind, "fields" | "create"> & { readonly fields: F; create(fields: Fields<F>): Objective },
): ObjectiveKind {
  // What is read from text has the types that the fields say.
  return kind as unknown as ObjectiveKind;
}
