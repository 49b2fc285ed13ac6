/** @file The activations that ONNX Runtime's optimizer fuses into the operator before them. */
import { clip } from "../graph/builder.js";
import { emit } from "../graph/emit.js";
import { unknownName } from "../graph/error.js";
import type { Value } from "../graph/value.js";

/** Names of the parameters of each, in the order in which a fused operator lists them. */
const parameters: Readonly<Record<string, readonly string[]>> = {
  Relu: [],
  Tanh: [],
  Sigmoid: [],
  Softplus: [],
  Softsign: [],
  LeakyRelu: ["alpha"],
  Elu: ["alpha"],
  ThresholdedRelu: ["alpha"],
  HardSigmoid: ["alpha", "beta"],
  Selu: ["alpha", "gamma"],
  Clip: ["min", "max"],
};

/** The activation of this name on x; `given` are its parameters in order. No name: x as it is. */
export function fusedActivation(
  x: Value,
  name: string | undefined,
  given: readonly (number | undefined)[] = [],
  label?: string,
): Value {
  if (name === undefined || name === "") return x;
  const names = parameters[name];
  if (names === undefined) {
    throw unknownName(
      "FUSED_ACTIVATION",
      label ? `activation of ${label}` : "activation",
      name,
      Object.keys(parameters),
    );
  }
  if (name === "Clip") return clip(x, given[0] ?? null, given[1] ?? null);
  return emit(name, [x], Object.fromEntries(names.map((key, i) => [key, given[i]])))[0]!;
}
