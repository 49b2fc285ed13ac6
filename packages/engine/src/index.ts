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
export { type Random, seededRandom } from "./random.js";
export { type CompileOptions, compile } from "./runtime/compile.js";
export { type Feed, Program } from "./runtime/program.js";
export { readTfjsModel } from "./tfjs/read-tfjs-model.js";
export { type AdamOptions, type AdamState, adam, adamRate } from "./train/adam.js";
export { type ClippedGradients, clipByGlobalNorm, clipByValue } from "./train/clip.js";
export {
  type EarlyStopping,
  type EarlyStoppingOptions,
  type EarlyStoppingState,
  earlyStopping,
} from "./train/early-stopping.js";
export * as initializers from "./train/initializers/index.js";
export * as losses from "./train/losses/index.js";
export { type AdamOptimizerOptions, adamOptimizer, adamW } from "./train/optimizers/adam.js";
export type { Optimizer, OptimizerCall } from "./train/optimizers/optimizer.js";
export { type SgdOptions, sgd } from "./train/optimizers/sgd.js";
export type { Schedule } from "./train/schedules/index.js";
export * as schedules from "./train/schedules/index.js";
export type { Clipping, Loss, LossCall, LossFunction } from "./train/step-graph.js";
export { type Stretch, Trainer, type TrainerOptions, type TrainingState } from "./train/trainer.js";
