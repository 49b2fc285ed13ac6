/** @file The derivatives of the Gaussian error linear unit, exact and by tanh, and its values in double precision. */
import { add, erf, exp, mul, sigmoid, sub } from "../../graph/builder.js";
import type { Value } from "../../graph/value.js";
import { normalCdf } from "../special-functions.js";

/** Coefficient of x³ in the approximation (Hendrycks & Gimpel 2016). */
const cubic = 0.044715;
const twoRoot = 2 * Math.sqrt(2 / Math.PI);

/** 2 · d/dx of x·Φ(x), which is 1 + erf u + 2/√π · u · e^(−u²) with u = x/√2. */
export function doubleGeluSlope(x: Value): Value {
  const u = mul(x, Math.SQRT1_2);
  const bell = exp(sub(Math.log(2 / Math.sqrt(Math.PI)), mul(u, u)));
  return add(add(erf(u), 1), mul(u, bell));
}

/** d/dx of y = x · sigmoid(z), the approximation by tanh, where z = 2·√(2/π) · (x + 0.044715 x³). */
export function tanhGeluSlope(x: Value): Value {
  const square = mul(x, x);
  const gate = sigmoid(mul(x, add(mul(square, twoRoot * cubic), twoRoot)));
  const steepness = add(mul(square, 3 * twoRoot * cubic), twoRoot);
  return mul(gate, add(mul(mul(x, steepness), sub(1, gate)), 1));
}

/** x·Φ(x). */
export function geluOf(x: number): number {
  return x * normalCdf(x);
}

/** x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))). */
export function tanhGeluOf(x: number): number {
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + cubic * x ** 3)));
}
