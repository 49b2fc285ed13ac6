/** @file zeros: for biases, and for what is to begin as nothing. */
import { checkedSize, type Initializer } from "./initializer.js";

/** Zeros, of any shape. */
export const zeros: Initializer = (shape) => new Float32Array(checkedSize(shape));
