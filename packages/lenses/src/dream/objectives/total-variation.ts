/** @file total-variation: how much neighbouring pixels differ (Mahendran, Vedaldi 2015). */
import { build, type Value } from "@noema/engine";
import { defineObjective, type Objective } from "./objective.js";

/**
 * The mean over pixels and channels of |difference to the right| + |difference below|, 0 … 2 (Lucid's total_variation, which
 * sums). To be subtracted.
 */
export function totalVariation(): Objective {
  return {
    text: "total-variation",
    build: ({ pictures }) => {
      const sums = [2, 3].flatMap((axis) => (pictures.shape[axis] > 1 ? [variation(pictures, axis)] : []));
      const [, channels, height, width] = pictures.shape;
      if (sums.length === 0) return build.mul(build.reduceSum(pictures, [1, 2, 3], { keepdims: false }), 0);
      return build.mul(sums.reduce(build.add), 1 / (channels * height * width));
    },
  };
}

export const totalVariationObjective = defineObjective({
  name: "total-variation",
  summary: "the mean difference of neighbouring pixels",
  penalty: true,
  fields: {},
  create: () => totalVariation(),
});

function variation(pictures: Value, axis: number): Value {
  const length = pictures.shape[axis];
  const [later, earlier] = [
    build.slice(pictures, [1], [length], [axis]),
    build.slice(pictures, [0], [length - 1], [axis]),
  ];
  return build.reduceSum(build.abs(build.sub(later, earlier)), [1, 2, 3], { keepdims: false });
}
