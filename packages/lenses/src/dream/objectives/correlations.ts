/** @file Channel correlations: which channels of a layer go together, wherever that is (Gatys, Ecker, Bethge 2015). */
import { build, type Value } from "@noema/engine";
import type { Scene } from "./objective.js";

/**
 * The mean over positions of the products of every two channels.
 *
 * @param planes N×C×P
 * @param key what the planes are, for sharing
 * @returns N×C×C
 */
export function correlations(scene: Scene, planes: Value, key: string): Value {
  return scene.shared(`correlations of ${key}`, () => {
    const products = build.matmul(planes, build.transpose(planes, [0, 2, 1]));
    return build.mul(products, 1 / planes.shape[2]);
  });
}
