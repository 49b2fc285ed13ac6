/** @file glorotNormal: normally distributed weights for layers that are linear, softmax or tanh. */
import { type Initializer, normalOf } from "./initializer.js";

/**
 * Variance 2 / (fan-in + fan-out): between what keeps the size of activations and what keeps that of gradients (Glorot and
 * Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", equation 12).
 */
export const glorotNormal: Initializer = normalOf(({ fanIn, fanOut }) => 2 / (fanIn + fanOut));
