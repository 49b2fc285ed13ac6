/** @file smallUniform: evenly distributed weights, smaller than ReLU needs to keep a signal's size. */
import { type Initializer, uniformOf } from "./initializer.js";

/**
 * −r … r with r = 1 / √fan-in, a sixth of the variance of `heUniform`: what PyTorch's `Linear` and `Conv2d` begin with. Outputs of
 * a few layers start near 0, and nothing is taken back that chance has put there.
 */
export const smallUniform: Initializer = uniformOf(({ fanIn }) => 1 / (3 * fanIn));
