/** @file Losses, as graphs: values in, a scalar out. Each is to be made small. */
export { absoluteError } from "./absolute-error.js";
export { accuracy } from "./accuracy.js";
export { binaryCrossEntropy } from "./binary-cross-entropy.js";
export { crossCovariance } from "./cross-covariance.js";
export { type CrossEntropyOptions, crossEntropy } from "./cross-entropy.js";
export { type HuberOptions, huber } from "./huber.js";
export { kullbackLeiblerToNormal } from "./kullback-leibler-to-normal.js";
export type { PerOptions } from "./loss-inputs.js";
export { softCrossEntropy } from "./soft-cross-entropy.js";
export { squaredError } from "./squared-error.js";
