/** @file trainingGraph: many steps of training as one graph: a loop that carries weights and what the optimizer remembers. */
import { gradient } from "../autodiff/gradient.js";
import { concat, gather, identity, reshape, split } from "../graph/builder.js";
import { constant, emit, input } from "../graph/emit.js";
import { NoemaError } from "../graph/error.js";
import { sizeOf, Tensor } from "../graph/tensor.js";
import type { Value, ValueType } from "../graph/value.js";
import type { Signature } from "../graph/write-model.js";
import { clipByGlobalNorm, clipByValue } from "./clip.js";
import type { Optimizer } from "./optimizers/optimizer.js";

/** What a loss gives: a scalar to go down, and other scalars that are only looked at. */
export interface Loss {
  readonly loss: Value;
  readonly figures?: Readonly<Record<string, Value>>;
}

/** Arrays by name, as a loss sees them. */
type Values = Readonly<Record<string, Value>>;

/** What a loss is computed from. */
export interface LossCall {
  readonly parameters: Values;
  /** The rows of the data that this step sees, each B×…; one record for every draw, two for pairs. */
  readonly rows: readonly Values[];
  /** What was drawn for this step. */
  readonly noise: Values;
}

export type LossFunction = (call: LossCall) => Loss;

export interface Clipping {
  /** The length that all gradients together may have. */
  readonly norm?: number;
  /** The size that each number of a gradient may have. */
  readonly value?: number;
}

export interface TrainingGraphOptions {
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly data: Readonly<Record<string, ValueType>>;
  readonly noise: Readonly<Record<string, readonly number[]>>;
  readonly batch: number;
  readonly draws: number;
  readonly mostSteps: number;
  readonly loss: LossFunction;
  readonly clip: Clipping;
}

/** One array that the loop carries: a parameter, or many small ones in a row. */
interface Carried {
  readonly name: string;
  readonly shape: readonly number[];
  readonly members: readonly string[];
  /** Whether it is one parameter, of its own shape. */
  readonly whole: boolean;
  readonly decays: boolean;
}

export interface TrainingGraph {
  readonly signature: Signature;
  readonly carried: readonly Carried[];
  /** Names of the figures, the loss first. */
  readonly figures: readonly string[];
}

/** The figure of the gradient's length, where it is clipped. */
export const normName = "gradient-norm";

/** Parameters of at most so many numbers are carried in one array: an operator on each would cost more than it computes. */
const smallSize = 8192;

/**
 * Inputs: `trips` (how many steps), the carried arrays and their slots (`weights`, `weights/mean`), the data, `rows/0` …
 * (mostSteps×B, which rows of the data a step sees), `scalars` (mostSteps×S) and `noise/NAME` (mostSteps×…). Outputs: what is
 * carried as it is after the last step (`weights/next`), and `figures` (steps×F).
 */
export function trainingGraph(options: TrainingGraphOptions & { readonly optimizer: Optimizer }): TrainingGraph {
  const { parameters, mostSteps, optimizer } = options;
  const carried = carriedArrays(parameters);
  const scalars = input("scalars", [mostSteps, Math.max(1, optimizer.scalarCount)]);
  const states = carried.flatMap(({ name, shape }) =>
    [name, ...optimizer.slots.map((slot) => `${name}/${slot}`)].map((one) => input(one, shape)),
  );
  const inside = states.map(({ name, shape }) => input(`${name}/now`, shape));
  const stride = 1 + optimizer.slots.length;
  const bodies = carried.map((_, i) => inside.slice(i * stride, (i + 1) * stride));
  const loop = new StepLoop(options);
  const bound = unpack(
    carried,
    parameters,
    bodies.map(([value]) => value!),
  );
  const seen = loop.figures(bound);
  const names = Object.keys(parameters);
  const slopes = gradient(
    seen.loss!,
    names.map((name) => bound[name]!),
  );
  const { clipped, norm } = clip(slopes, options.clip);
  const byName = Object.fromEntries(names.map((name, i) => [name, clipped[i]!]));
  const now = split(loop.at(scalars), new Array<number>(Math.max(1, optimizer.scalarCount)).fill(1), 0);
  const next = carried.flatMap((one, i) => {
    const [parameter, ...slots] = bodies[i]!;
    const slope = pack(one, byName);
    const after = optimizer.update({ parameter: parameter!, gradient: slope, slots, scalars: now, decays: one.decays });
    return [after.parameter, ...after.slots];
  });
  const all = { ...seen, ...(norm && { [normName]: norm }) };
  const outputs = loop.run(states, inside, next, all);
  return {
    signature: {
      inputs: byItsName([...loop.inputs, scalars, ...states]),
      outputs: {
        ...Object.fromEntries(states.map(({ name }, i) => [`${name}/next`, outputs[i]!])),
        figures: outputs[states.length]!,
      },
    },
    carried,
    figures: Object.keys(all),
  };
}

/** The same loss and figures without a step: inputs as those of `trainingGraph`, but for slots and scalars. */
export function evaluationGraph(options: TrainingGraphOptions): TrainingGraph {
  const carried = carriedArrays(options.parameters);
  const states = carried.map(({ name, shape }) => input(name, shape));
  const loop = new StepLoop(options);
  const seen = loop.figures(unpack(carried, options.parameters, states));
  const [found] = loop.run([], [], [], seen);
  return {
    signature: { inputs: byItsName([...loop.inputs, ...states]), outputs: { figures: found! } },
    carried,
    figures: Object.keys(seen),
  };
}

/** A loop over steps, each of which sees its own rows of the data and its own noise. */
class StepLoop {
  readonly #trips = input("trips", [], "int64");
  readonly #iteration = input("iteration", [], "int64");
  readonly #going = input("going", [], "bool");
  readonly #columns: Values;
  readonly #drawn: Values;
  readonly #indices: readonly Value[];
  readonly #loss: LossFunction;

  constructor({ data, noise, batch, draws, mostSteps, loss }: TrainingGraphOptions) {
    this.#columns = named(data, (name, { shape, dtype }) => input(name, shape, dtype));
    this.#drawn = named(noise, (name, shape) => input(`noise/${name}`, [mostSteps, ...shape]));
    this.#indices = Array.from({ length: draws }, (_, i) => input(`rows/${i}`, [mostSteps, batch], "int32"));
    this.#loss = loss;
  }

  get inputs(): readonly Value[] {
    return [this.#trips, ...Object.values(this.#columns), ...Object.values(this.#drawn), ...this.#indices];
  }

  /** What belongs to this step, of an array that has a row for each. */
  at(rows: Value): Value {
    return gather(rows, this.#iteration, 0);
  }

  /** The loss, and what is looked at beside it. */
  figures(parameters: Values): Values {
    const { loss, figures = {} } = this.#loss({
      parameters,
      rows: this.#indices.map((rows) => named(this.#columns, (_, column) => gather(column, this.at(rows), 0))),
      noise: named(this.#drawn, (_, values) => this.at(values)),
    });
    const taken = ["loss", normName].find((name) => Object.hasOwn(figures, name));
    if (taken !== undefined) throw nameTwice("figure", taken);
    const all = { loss, ...figures };
    for (const [name, { dtype, shape }] of Object.entries(all)) {
      if (dtype === "float32" && sizeOf(shape) === 1) continue;
      throw new NoemaError("LOSS_SHAPE", {
        where: name === "loss" ? "loss" : `figure "${name}"`,
        found: `${dtype}[${shape.join("×")}]`,
        needed: "one float32 number is needed",
        remedy: "Take the mean over the batch, as losses do; cast whole numbers.",
      });
    }
    return all;
  }

  run(states: readonly Value[], inside: readonly Value[], next: readonly Value[], seen: Values): readonly Value[] {
    const row = concat(
      Object.values(seen).map((figure) => reshape(figure, [1])),
      0,
    );
    const body = { inputs: [this.#iteration, this.#going, ...inside], outputs: [this.#going, ...next, row] };
    const begin = constant(Tensor.ofNumbers("bool", [], [1]));
    return emit("Loop", [this.#trips, begin, ...states], { body }, { outputs: states.length + 1 });
  }
}

/** @throws NoemaError NAME_TWICE, such as where data and a parameter have one name */
function byItsName(values: readonly Value[]): Record<string, Value> {
  const found: Record<string, Value> = {};
  for (const value of values) {
    if (Object.hasOwn(found, value.name)) throw nameTwice("array", value.name);
    found[value.name] = value;
  }
  return found;
}

function nameTwice(what: string, name: string): NoemaError {
  return new NoemaError("NAME_TWICE", {
    where: `${what} "${name}" of a training`,
    found: "there are two of this name",
    remedy: "Give one of them another name.",
  });
}

function named<T, U>(record: Readonly<Record<string, T>>, make: (name: string, value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, make(name, value)]));
}

/** Large parameters by themselves, small ones in one row; biases and weights apart, for only weights decay. */
function carriedArrays(parameters: Readonly<Record<string, readonly number[]>>): Carried[] {
  const large: Carried[] = [];
  const small = { "small weights": [] as string[], biases: [] as string[] };
  for (const [name, shape] of Object.entries(parameters)) {
    const decays = shape.length > 1;
    if (sizeOf(shape) > smallSize) large.push({ name, shape, members: [name], whole: true, decays });
    else small[decays ? "small weights" : "biases"].push(name);
  }
  const rows = Object.entries(small).flatMap(([name, members]): Carried[] => {
    if (members.length === 0) return [];
    const size = members.reduce((sum, member) => sum + sizeOf(parameters[member]!), 0);
    return [{ name, shape: [size], members, whole: false, decays: name === "small weights" }];
  });
  return [...large, ...rows];
}

function unpack(
  carried: readonly Carried[],
  shapes: Readonly<Record<string, readonly number[]>>,
  arrays: readonly Value[],
): Record<string, Value> {
  const values: Record<string, Value> = {};
  carried.forEach(({ members, shape, name, whole }, i) => {
    if (whole) {
      values[name] = arrays[i]!;
      return;
    }
    const parts =
      members.length === 1
        ? [arrays[i]!]
        : split(
            arrays[i]!,
            members.map((member) => sizeOf(shapes[member]!)),
            0,
          );
    members.forEach((member, k) => {
      const own = shapes[member]!;
      // A value of its own, so that its gradient is asked of it and not of the row that it lies in.
      values[member] =
        own.length === shape.length && own[0] === shape[0] ? identity(parts[k]!) : reshape(parts[k]!, own);
    });
  });
  return values;
}

function pack({ members, name, whole }: Carried, values: Readonly<Record<string, Value>>): Value {
  if (whole) return values[name]!;
  return concat(
    members.map((member) => reshape(values[member]!, [values[member]!.size])),
    0,
  );
}

function clip(
  slopes: readonly Value[],
  { norm, value }: Clipping,
): { readonly clipped: readonly Value[]; readonly norm?: Value } {
  const bounded = value === undefined ? { clipped: slopes } : clipByValue(slopes, value);
  return norm === undefined ? bounded : clipByGlobalNorm(bounded.clipped, norm);
}
