/** @file each: every picture of a batch has an objective of its own. */
import { build, NoemaError } from "@noema/engine";
import type { Objective } from "./objective.js";
import { only } from "./only.js";
import { materialsOf } from "./written.js";

/**
 * Picture i ascends objective i. What objectives share, such as the means of a layer's channels, is computed once; and where
 * they are of the same form, as channels of one layer are, the program is the same whichever units they name.
 *
 * @throws NoemaError when built: EACH_COUNT where there are not as many objectives as pictures
 */
export function each(objectives: readonly Objective[]): Objective {
  const text = objectives.map((one, i) => only(one, i).text).join(" + ");
  return {
    ...(objectives.length === 1 ? objectives[0] : { text, joined: "sum" }),
    ...materialsOf(objectives),
    build: (scene) => {
      if (objectives.length !== scene.batch) {
        throw new NoemaError("EACH_COUNT", {
          where: "objectives of a batch",
          found: `${objectives.length} of them`,
          needed: `one for each of the ${scene.batch} pictures`,
        });
      }
      const built = new Map(objectives.map((one) => [one, undefined as ReturnType<Objective["build"]> | undefined]));
      const own = objectives.map((one, i) => {
        const value = built.get(one) ?? one.build(scene);
        built.set(one, value);
        return build.slice(value, [i], [i + 1], [0]);
      });
      return build.concat(own, 0);
    },
  };
}
