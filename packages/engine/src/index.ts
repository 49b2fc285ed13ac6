/** @file @noema/engine: gradients for any ONNX model, as ONNX graphs. */
import "./ops/index.js";

export { type GradientOptions, type GradientRules, gradient } from "./autodiff/gradient.js";
export * as build from "./graph/builder.js";
export { type DeclaredDimension, type DeclaredInput, declaredInputs } from "./graph/declared-inputs.js";
export type { DType, TensorData } from "./graph/dtype.js";
export { constant, emit, input, scalar } from "./graph/emit.js";
export { type ErrorParts, NoemaError, nearestNames, unknownName } from "./graph/error.js";
export { type Layer, Model, type ModelOutput } from "./graph/model.js";
export type { GradientCall, GradientRule } from "./graph/op.js";
export { newestOpset, type ReadOptions, readModel } from "./graph/read-model.js";
export { readTensorFile } from "./graph/read-tensor.js";
export { substitution } from "./graph/substitution.js";
export { Tensor } from "./graph/tensor.js";
export { Node, Value, type ValueType } from "./graph/value.js";
export { type Signature, type WriteOptions, type WrittenModel, writeModel } from "./graph/write-model.js";
export {
  type ArrayDescription,
  type GradientStatus,
  type Inspection,
  inspect,
  type LayerDescription,
  type OperatorDescription,
} from "./inspect/inspect.js";
export { type OperatorSupport, operatorSupport } from "./inspect/operator-support.js";
export { type OperatorUse, operatorsUsed } from "./inspect/operators-used.js";
export { type CompileOptions, compile } from "./runtime/compile.js";
export { type Feed, Program } from "./runtime/program.js";
export { readTfjsModel } from "./tfjs/read-tfjs-model.js";
export { type AdamOptions, type AdamState, adam, adamRate } from "./train/adam.js";
