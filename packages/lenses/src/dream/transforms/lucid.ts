/** @file Lucid's standard transforms (optvis/transform.py), sampled once: docs/decisions/0003-one-affine-sample.md. */
import { affineSample } from "./affine-sample.js";
import { jitter } from "./jitter.js";
import { rotate } from "./rotate.js";
import { scale } from "./scale.js";
import type { Transform } from "./transform.js";

const factors = Array.from({ length: 11 }, (_, i) => 1 + (i - 5) / 50);
const degrees = [...Array.from({ length: 21 }, (_, i) => i - 10), 0, 0, 0, 0, 0];

/** Grey around the picture, jitter 8, scale 0.9 … 1.1, rotate −10° … 10° (rather not at all), jitter 4. */
export const lucidTransforms: readonly Transform[] = [
  affineSample([jitter(8), scale(factors), rotate(degrees), jitter(4)], { around: 0.5 }),
];
