/** @file dense: every output sees every input, y = x·W + b; perceptron: several of them with ReLU between. */
import { build, constant, emit, initializers, Tensor } from "@noema/engine";
import { type Initializer, type Net, plain, sequence } from "./net.js";

const relu = plain(build.relu);

export interface DenseOptions {
  /** Default "linear". */
  readonly activation?: "relu" | "linear";
  /** Default: He's before a ReLU, else Glorot's. */
  readonly initialize?: Initializer;
}

/** @param name of its weights, `NAME.weight` (inputs×outputs) and `NAME.bias` */
export function dense(name: string, inputs: number, outputs: number, options: DenseOptions = {}): Net {
  const { activation = "linear" } = options;
  const { initialize = activation === "relu" ? initializers.heNormal : initializers.glorotUniform } = options;
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  const linear: Net = {
    parameters: {
      [weight]: { shape: [inputs, outputs], initialize },
      [bias]: { shape: [outputs], initialize: initializers.zeros },
    },
    apply: (x, weights) => emit("Gemm", [x, weights[weight], weights[bias]])[0],
  };
  return activation === "relu" ? sequence(linear, relu) : linear;
}

/** Dense layers with ReLU, of these sizes: N×sizes[0] to N×sizes[last]. */
export function perceptron(name: string, sizes: readonly number[], initialize?: Initializer): Net {
  const layers = sizes
    .slice(1)
    .map((size, i) =>
      dense(`${name}.${i + 1}`, sizes[i], size, { activation: "relu", ...(initialize && { initialize }) }),
    );
  return sequence(...layers);
}

/** N×… to N×P. */
export const flatten: Net = plain((x) => emit("Flatten", [x], { axis: 1 })[0]);

/** N×P to N×C×H×W, for any N. */
export function unflatten(channels: number, height: number, width: number): Net {
  return plain((x) => emit("Reshape", [x, constant(Tensor.ofNumbers("int64", [4], [-1, channels, height, width]))])[0]);
}
