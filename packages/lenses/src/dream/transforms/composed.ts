/** @file composed: moves and transforms in the order in which a picture undergoes them, moves beside each other as one. */
import type { Move } from "./affine.js";
import { type AffineSampleOptions, affineSample } from "./affine-sample.js";
import type { Transform } from "./transform.js";

/** Moves that follow each other are sampled once: that blurs the picture less, and costs less. */
export function composed(parts: readonly (Move | Transform)[], options?: AffineSampleOptions): Transform[] {
  const out: Transform[] = [];
  let moves: Move[] = [];
  const flush = () => {
    if (moves.length > 0) out.push(affineSample(moves, options));
    moves = [];
  };
  for (const part of parts) {
    if (typeof part === "function") moves.push(part);
    else {
      flush();
      out.push(part);
    }
  }
  flush();
  return out;
}
