/** @file Ways of corrupting a model, in its bytes and in its structure, drawn from a seed. */
import { structureOf } from "./models.mjs";
import { ofBytes } from "./mutate-bytes.mjs";
import { ofStructure } from "./mutate-structure.mjs";

const { encodeModel } = await import("../../packages/engine/dist/graph/encode.testing.js");

/** A generator of numbers in 0…1 (mulberry32, Tommy Ettinger 2017), with draws from it. */
export function drawsFrom(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n) => Math.floor(next() * n);
  return { next, below, pick: (list) => list[below(list.length)] };
}

/** A corrupted copy of a model, and what was done to it. */
export function mutate(bytes, seed) {
  const draws = drawsFrom(seed);
  const kinds = draws.next() < 0.4 ? ofBytes : ofStructure;
  const name = draws.pick(Object.keys(kinds));
  if (kinds === ofBytes) return { name, bytes: ofBytes[name](bytes.slice(), draws) };
  const model = structuredClone(structureOf(bytes));
  const count = 1 + draws.below(2);
  for (let i = 0; i < count; i++) kinds[name](model, draws);
  return { name, bytes: encodeModel(model) };
}
