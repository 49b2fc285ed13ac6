/** @file Optimizer: how one array of parameters follows its gradient, as a graph; one file of this folder each. */
import type { Value } from "../../graph/value.js";

/** One array of parameters at one step. */
export interface OptimizerCall {
  readonly parameter: Value;
  /** d loss / d parameter: the step goes against it. */
  readonly gradient: Value;
  /** What the optimizer carries, in the order of `slots`; each of the parameter's shape. */
  readonly slots: readonly Value[];
  /** The scalars of this step, in the order that `scalars` gives them. */
  readonly scalars: readonly Value[];
  /** Whether weight decay acts on this parameter: on weights, not on biases. */
  readonly decays: boolean;
}

export interface Optimizer {
  readonly name: string;
  /** The arrays that it carries for each parameter; zeros at the start. */
  readonly slots: readonly string[];
  /** How many scalars a step has. */
  readonly scalarCount: number;
  /** What changes from step to step, such as the rate with the correction of a bias. The first step is 1. */
  scalars(step: number, rate: number): readonly number[];
  update(call: OptimizerCall): { readonly parameter: Value; readonly slots: readonly Value[] };
}
