/** @file Which channels of a layer count, and how much: given to the program when it runs, so that one serves them all. */
import { build, NoemaError, type Value } from "@noema/engine";
import type { Scene, WeightedUnit } from "./objective.js";

/**
 * The weighted sum of some channels, for every picture.
 *
 * @param values N×C
 * @param units those of each picture
 * @param where what messages call it
 * @returns N
 * @throws NoemaError UNIT_RANGE, UNIT_COUNT
 */
export function sumOfUnits(
  scene: Scene,
  values: Value,
  units: readonly (readonly WeightedUnit[])[],
  where: string,
): Value {
  const [batch, count] = values.shape;
  if (units.length !== batch) {
    throw new NoemaError("UNIT_COUNT", {
      where,
      found: `${units.length} units`,
      needed: `one for each of the ${batch} pictures`,
    });
  }
  const weights = new Float32Array(batch * count);
  units.forEach((list, i) => {
    for (const { unit, weight } of list) {
      if (!Number.isInteger(unit) || unit < 0 || unit >= count) {
        throw new NoemaError("UNIT_RANGE", {
          where,
          found: `unit ${unit}`,
          needed: `it has ${count} channels, 0 … ${count - 1}`,
        });
      }
      weights[i * count + unit] += weight;
    }
  });
  return build.reduceSum(build.mul(values, scene.given("unit", [batch, count], weights)), [1], { keepdims: false });
}

/** The same units for every picture. */
export function forEveryPicture({ batch }: Scene, units: readonly WeightedUnit[]): (readonly WeightedUnit[])[] {
  return Array.from({ length: batch }, () => units);
}
