/** @file heNormal: normally distributed weights for layers with ReLU. */
import { type Initializer, normalOf } from "./initializer.js";

/** Variance 2 / fan-in, which keeps the size of activations through ReLUs (He et al. 2015, "Delving Deep into Rectifiers"). */
export const heNormal: Initializer = normalOf(({ fanIn }) => 2 / fanIn);
