/** @file heUniform: evenly distributed weights for layers with ReLU. */
import { type Initializer, uniformOf } from "./initializer.js";

/** −r … r with r = √(6 / fan-in): the variance of `heNormal` (He et al. 2015). */
export const heUniform: Initializer = uniformOf(({ fanIn }) => 2 / fanIn);
