/** @file topKLoss: the loss of a sparse autoencoder of which only the k largest numbers of a code count, and its optimizer. */
import {
  adamOptimizer,
  build,
  constant,
  emit,
  type LossFunction,
  type Optimizer,
  Tensor,
  type Value,
} from "@noema/engine";

export interface TopKLossOptions {
  /** B, N of a step. */
  readonly batch: number;
  /** A. */
  readonly atoms: number;
  /** D. */
  readonly length: number;
  /** k. */
  readonly sparsity: number;
  readonly nonNegative: boolean;
  /** After so many vectors without it an atom is dead. */
  readonly deadAfter: number;
  /** α, what counts of what dead atoms could add. Default 1/32. */
  readonly auxiliary?: number;
}

/** α, and ε of Adam, of Gao et al. 2024, appendix A.2. */
const [usualAuxiliary, epsilon] = [1 / 32, 6.25e-10];

/** Below all that a code may hold. */
const lowest = -1e30;

/** Numbers of a vector that has none would be divided by 0. */
const leastSquares = 1e-12;

/**
 * Gao et al. 2024, "Scaling and evaluating sparse autoencoders": z = TopK(W(x − c) + b), x̂ = c + zD with the rows of D of length 1;
 * the loss is ‖x − x̂‖² as a share of the vectors' variance, and 1/32 of the share of x − x̂ that the best dead atoms leave (AuxK).
 * Without `nonNegative`, the k largest sizes count, of either sign. Vectors come as `noise.vectors` (B×D); parameters are
 * `encoder` and `decoder` (A×D), `bias` (1×A), `centre` (1×D, c; 0 where there is none) and `silence` (A: for how many vectors each
 * atom was not heard).
 *
 * Figures: `left`, Σ‖x − x̂‖², and `explained` of the step's vectors; `used` and `dead`, numbers of atoms.
 */
export function topKLoss(options: TopKLossOptions): LossFunction {
  const { atoms, length, sparsity, nonNegative, auxiliary = usualAuxiliary } = options;
  // The power of two next to half the numbers of a vector (appendix B.1).
  const woken = Math.min(atoms, 2 ** Math.max(0, Math.round(Math.log2(length / 2))));
  return ({ parameters, noise: { vectors } }) => {
    const { encoder, decoder, bias, centre, silence } = parameters;
    const directions = unitRows(decoder);
    const inside = centre === undefined ? vectors : build.sub(vectors, centre);
    const products = build.add(emit("Gemm", [inside, encoder], { transB: 1 })[0], bias);
    const [sizes, amounts] = nonNegative ? [products, build.relu(products)] : [build.abs(products), products];
    const chosen = largest(sizes, sparsity);
    const code = build.mul(amounts, chosen);
    const left = build.sub(inside, build.matmul(code, directions));
    const loss = build.div(squares(left), build.add(squares(vectors), leastSquares));

    // How many vectors each atom has been silent for, and whether it was heard now.
    const heard = build.reduceMax(build.abs(code), [0], { keepdims: false });
    const fired = build.greater(heard, 0);
    const later = build.where(fired, 0, build.add(silence, options.batch));
    const dead = build.greaterOrEqual(silence, options.deadAfter);

    const asleep = build.where(dead, sizes, lowest);
    const tried = build.mul(build.mul(amounts, largest(asleep, woken)), build.cast(dead, "float32"));
    const target = fixed(left);
    const missed = build.sub(target, build.matmul(tried, directions));
    const help = build.div(squares(missed), build.add(squares(target), leastSquares));
    const both = build.add(loss, build.mul(help, auxiliary));
    return {
      loss: build.add(both, set(silence, later)),
      figures: {
        left: squares(left),
        explained: build.sub(1, build.div(squares(left), variation(vectors))),
        used: sum(build.cast(fired, "float32")),
        dead: sum(build.cast(dead, "float32")),
      },
    };
  };
}

/** Adam for weights, and for what has one axis what `set` says. */
export const topKOptimizer: Optimizer = (() => {
  const adam = adamOptimizer({ epsilon });
  return {
    ...adam,
    name: "adam, and counters that are set",
    update: (call) =>
      // Biases are 1×A here, so that nothing but counters has one axis.
      call.decays ? adam.update(call) : { parameter: build.sub(call.parameter, call.gradient), slots: call.slots },
  };
})();

/** A term that is 0, whose gradient takes a counter to its next value when it is subtracted as it is. */
function set(counter: Value, next: Value): Value {
  return sum(build.mul(build.sub(counter, fixed(counter)), fixed(build.sub(counter, next))));
}

/** Of numbers about 1 so much is kept that single precision hardly holds more; whole numbers stay as they are. */
const fixedStep = 2 ** -20;

/** The same numbers, of which no gradient is taken: rounding down has none. */
const fixed = (x: Value): Value => build.mul(build.floor(build.mul(x, 1 / fixedStep)), fixedStep);

const sum = (x: Value): Value => build.reduceSum(x, undefined, { keepdims: false });
const squares = (x: Value): Value => sum(build.mul(x, x));

/** Σ‖x − mean‖² */
function variation(vectors: Value): Value {
  return build.add(squares(build.sub(vectors, build.reduceMean(vectors, [0]))), leastSquares);
}

/** 1 where a number is among the k largest of its row, or equals the last of them; else 0. */
function largest(values: Value, k: number): Value {
  const count = constant(Tensor.ofNumbers("int64", [1], [k]));
  const [top] = emit("TopK", [values, count], { axis: 1 }, { outputs: 2 });
  const [last] = k === 1 ? [top] : build.split(top, [k - 1, 1], 1).slice(1);
  return build.cast(build.greaterOrEqual(values, last), "float32");
}

function unitRows(rows: Value): Value {
  return build.div(rows, build.sqrt(build.reduceSum(build.mul(rows, rows), [1])));
}
