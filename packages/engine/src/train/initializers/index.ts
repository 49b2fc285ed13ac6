/** @file Initializers: how weights are drawn before training. */
export { constant } from "./constant.js";
export { glorotNormal } from "./glorot-normal.js";
export { glorotUniform } from "./glorot-uniform.js";
export { heNormal } from "./he-normal.js";
export { heUniform } from "./he-uniform.js";
export type { Initializer } from "./initializer.js";
export { lecunNormal } from "./lecun-normal.js";
export { orthogonal } from "./orthogonal.js";
export { smallUniform } from "./small-uniform.js";
export { zeros } from "./zeros.js";
