/** @file The seven expressions: each a mouth, eyes and eyebrows of avataaars that anyone would give the same name. */
import type { Options } from "@dicebear/avataaars";

type Part<K extends "mouth" | "eyes" | "eyebrows"> = NonNullable<Options[K]>[number];

interface Expression {
  readonly name: string;
  readonly mouth: Part<"mouth">;
  readonly eyes: Part<"eyes">;
  readonly eyebrows: Part<"eyebrows">;
}

/** Neutral, and the six basic emotions (Ekman 1992). Chosen by eye among others, at 64 pixels and at 48 grey ones. */
export const expressions: readonly Expression[] = [
  { name: "neutral", mouth: "serious", eyes: "default", eyebrows: "default" },
  { name: "happy", mouth: "smile", eyes: "happy", eyebrows: "default" },
  { name: "sad", mouth: "sad", eyes: "cry", eyebrows: "sadConcernedNatural" },
  { name: "surprise", mouth: "disbelief", eyes: "surprised", eyebrows: "raisedExcited" },
  { name: "anger", mouth: "grimace", eyes: "squint", eyebrows: "angryNatural" },
  { name: "disgust", mouth: "vomit", eyes: "xDizzy", eyebrows: "frownNatural" },
  { name: "fear", mouth: "screamOpen", eyes: "surprised", eyebrows: "sadConcernedNatural" },
];
