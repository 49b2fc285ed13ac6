/** @file glorotUniform: evenly distributed weights for layers that are linear, softmax or tanh. */
import { type Initializer, uniformOf } from "./initializer.js";

/** −r … r with r = √(6 / (fan-in + fan-out)) (Glorot and Bengio 2010, equation 16). */
export const glorotUniform: Initializer = uniformOf(({ fanIn, fanOut }) => 2 / (fanIn + fanOut));
