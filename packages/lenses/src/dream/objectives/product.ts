/** @file product: objectives multiplied: large only where all of them are. */
import { build, NoemaError } from "@noema/engine";
import type { Objective } from "./objective.js";
import { materialsOf, wrapped } from "./written.js";

/** @throws NoemaError OBJECTIVE_FACTOR where there is none */
export function product(objectives: readonly Objective[]): Objective {
  if (objectives.length === 0) {
    throw new NoemaError("OBJECTIVE_FACTOR", { where: "a product of objectives", found: "it has no factors" });
  }
  if (objectives.length === 1) return objectives[0];
  return {
    text: objectives.map((one) => wrapped(one, "product")).join(" * "),
    joined: "product",
    ...materialsOf(objectives),
    build: (scene) => objectives.map((one) => one.build(scene)).reduce(build.mul),
  };
}
