/** @file lecunNormal: normally distributed weights for layers that keep their inputs' size by themselves, such as SELU. */
import { type Initializer, normalOf } from "./initializer.js";

/**
 * Variance 1 / fan-in (LeCun et al. 1998, "Efficient BackProp", section 4.6), which self-normalizing networks need (Klambauer
 * et al. 2017).
 */
export const lecunNormal: Initializer = normalOf(({ fanIn }) => 1 / fanIn);
