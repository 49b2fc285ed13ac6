/** @file What ReduceMax and ReduceMin share. */
import { cast, div, equal, reduceSum, where } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import type { ImportRule } from "../../graph/op.js";
import type { Value } from "../../graph/value.js";
import { axesAsInput, keepAxes, type ReduceAttributes, reducedAxes } from "./reduction.js";

/** The gradient goes to the elements that are the extremum, in equal parts. */
export function extremeGradient(inputs: readonly Value[], y: Value, g: Value, attributes: ReduceAttributes): Value {
  const [x] = inputs;
  const held = equal(x, keepAxes(y, inputs, attributes));
  const count = reduceSum(cast(held, "float32"), reducedAxes(inputs, attributes));
  return where(held, div(keepAxes(g, inputs, attributes), count), 0);
}

/** Booleans, which opset 20 allowed, are compared as bytes: that way any opset can be written. */
export function importExtreme(op: string): ImportRule {
  const older = axesAsInput(op, 18);
  return (call) => {
    const [x, axes] = call.inputs;
    if (x?.dtype !== "bool") return older(call);
    const [y] = emit(op, [emit("Cast", [x], { to: 2 })[0], axes], call.attributes);
    return emit("Cast", [y], { to: 9 });
  };
}
