/** @file sparseAutoencoder: a dictionary learnt together with an encoder that codes by one product (TopK). */
import { NoemaError, seededRandom, Tensor, Trainer, type TrainingState } from "@noema/engine";
import { permutation } from "../../permutation.js";
import type { Dictionary } from "../dictionary.js";
import { unitRows } from "../unit-rows.js";
import { checkOptions, totalsOf } from "./check-learning.js";
import { initialDictionary } from "./initial-dictionary.js";
import type { Learned, Learner, LearningOptions, LearningState, LearningStep, VectorSource } from "./learner.js";
import type { SparseEncoder } from "./top-k-coder.js";
import { topKLoss, topKOptimizer } from "./top-k-loss.js";

/** Streams of the seed from here on are those of passes over the vectors. */
const firstStream = 1000;

/** Vectors of a step where there are enough, the fewest, and how many steps a pass has at least. */
const [usualBatch, leastBatch, stepsPerPass] = [1024, 64, 16];

/** Steps below which a training has hardly begun, however few the vectors are. */
const leastSteps = 4000;

/** Neighbours that are read together: they are often alike, and apart in files they would be many readings. */
const run = 8;

/** Of one run of the graph: steps, products of numbers, and numbers of its vectors. A signal waits as long as it takes. */
const [mostSteps, mostProducts, mostNumbers] = [64, 2e10, 2 ** 22];

/** Products of vectors and atoms that a step has: three forwards, and two backwards for each of them but the first's. */
const productsOfStep = 8;

/** Gao et al. 2024, section 2.2 and appendix A.6: the rate of Adam for 2^14 atoms, and after how many vectors an atom is dead. */
const [usualRate, usualAtoms, mostSilence] = [2e-4, 2 ** 14, 1e7];

/** More than this makes so few atoms restless. */
const mostRate = 3e-3;

/** Over the last share of the steps the rate falls to 0 (appendix A.6). */
const fallingShare = 0.2;

export const sparseAutoencoder: Learner = {
  name: "sparse-autoencoder",
  title: "Sparse autoencoder: atoms and an encoder that finds them by one product, of which the k largest count (TopK)",
  iterations: 20,
  learn,
};

/** As `LearningStep`; several steps are taken at once, and only the last of them is told. */
export interface SparseAutoencoderStep extends LearningStep {
  /** Atoms that no vector has had for a whole pass. */
  readonly dead: number;
}

/**
 * Gao et al. 2024, "Scaling and evaluating sparse autoencoders", see `topKLoss`. The decoder begins with vectors of the data, the
 * encoder with the decoder transposed; with `centre`, what is taken off vectors first is learnt, from their mean on. `iterations` is by
 * default 20, or enough for 4000 steps; `batch` 1024, or fewer for 16 steps of a pass.
 */
async function learn(source: VectorSource, options: LearningOptions): Promise<Learned> {
  checkOptions(source, options, sparseAutoencoder.name);
  const { nonNegative = false, seed = 0, signal, onStep } = options;
  const { centre = !nonNegative, compile = {} } = options;
  const plan = planOf(source, options);
  const totals = await totalsOf(source, plan.batch);
  const space: Space = {
    mean: centre ? totals.mean : new Float64Array(source.length),
    // So that a number of a vector is about 1, as rates expect.
    scale: Math.sqrt((centre ? totals.variation : totals.squares) / (source.count * source.length)),
  };
  const trainer = await openTrainer(source, options, { plan, space, centre, compile });
  try {
    if (options.state !== undefined) trainer.restore(trainingState(options.state, trainer.state));
    const now = () => stateOf(trainer, space, nonNegative);
    let last = options.state ?? now();
    while (trainer.step < plan.steps) {
      if (signal?.aborted) return { dictionary: last.dictionary, state: last, finished: false };
      const from = trainer.step;
      const steps = Math.min(trainer.mostSteps, plan.steps - from);
      const { vectors, squares } = await readSteps(source, { from, steps, plan, space, seed });
      const rates = Float64Array.from({ length: steps }, (_, i) => rateAt(from + i, plan));
      const rows = [new Int32Array(steps * plan.batch)];
      const figures = await trainer.advance({ rows, rates, noise: { vectors } });
      last = now();
      const state = last;
      const told: SparseAutoencoderStep = {
        ...{ step: trainer.step, steps: plan.steps, replaced: 0, state: () => state },
        error: (space.scale ** 2 * figures.left[steps - 1]) / squares,
        explained: figures.explained[steps - 1],
        used: figures.used[steps - 1],
        dead: figures.dead[steps - 1],
      };
      await onStep?.(told);
    }
    return { dictionary: last.dictionary, state: last, finished: true };
  } finally {
    await trainer.dispose();
  }
}

/**
 * The encoder that was learnt with a dictionary.
 *
 * @throws NoemaError LEARNING_STATE where it was learnt in another way
 */
export function encoderOf({ learner, arrays }: LearningState): SparseEncoder {
  const { [encoderArrays.weights]: weights, [encoderArrays.bias]: bias } = arrays;
  if (weights !== undefined && bias !== undefined) return { weights, bias };
  throw new NoemaError("LEARNING_STATE", {
    where: "state",
    found: `it is of ${learner}, which has no encoder`,
    needed: `a dictionary that ${sparseAutoencoder.name} has learnt`,
  });
}

const encoderArrays = { weights: "encoder/weights", bias: "encoder/bias" } as const;
const trainingPrefix = "training/";

/** Vectors as the network sees them are (x − mean) / scale. */
interface Space {
  readonly mean: Float64Array;
  readonly scale: number;
}

interface Plan {
  readonly batch: number;
  /** Neighbours that are read together; a batch is a whole number of times as many. */
  readonly run: number;
  readonly perPass: number;
  readonly steps: number;
  /** Steps of one run of the graph. */
  readonly stretch: number;
  readonly rate: number;
}

function planOf({ count, length }: VectorSource, { atoms, batch: wanted, iterations }: LearningOptions): Plan {
  const power = 2 ** Math.floor(Math.log2(Math.max(1, count / stepsPerPass)));
  const most = Math.min(count, wanted ?? Math.max(leastBatch, Math.min(usualBatch, power)));
  const together = most < run ? 1 : run;
  const batch = most - (most % together);
  const perPass = Math.ceil(count / batch);
  const passes = iterations ?? Math.max(sparseAutoencoder.iterations, Math.ceil(leastSteps / perPass));
  const rate = Math.min(mostRate, usualRate / Math.sqrt(atoms / usualAtoms));
  const stretch = Math.min(
    mostProducts / (productsOfStep * batch * atoms * length),
    mostNumbers / (batch * length),
    mostSteps,
  );
  return { batch, run: together, perPass, steps: passes * perPass, stretch: Math.max(1, Math.floor(stretch)), rate };
}

function rateAt(step: number, { steps, rate }: Plan): number {
  return rate * Math.min(1, (steps - step) / (fallingShare * steps));
}

interface TrainerCall {
  readonly plan: Plan;
  readonly space: Space;
  readonly centre: boolean;
  readonly compile: NonNullable<LearningOptions["compile"]>;
}

async function openTrainer(source: VectorSource, options: LearningOptions, call: TrainerCall): Promise<Trainer> {
  const { atoms, sparsity, nonNegative = false, seed = 0 } = options;
  const { plan, space, centre, compile } = call;
  const { length } = source;
  const mean = Float32Array.from(space.mean);
  const start = (await initialDictionary(source, { atoms, mean, nonNegative, seed })).atoms;
  const sizes = { batch: plan.batch, atoms, length, sparsity };
  const deadAfter = Math.min(mostSilence, Math.max(source.count, 10 * plan.batch));
  const loss = topKLoss({ ...sizes, nonNegative, deadAfter });
  return Trainer.open({
    parameters: {
      encoder: Tensor.of("float32", [atoms, length], start),
      decoder: Tensor.of("float32", [atoms, length], start.slice()),
      bias: Tensor.of("float32", [1, atoms], new Float32Array(atoms)),
      ...(centre && { centre: Tensor.of("float32", [1, length], new Float32Array(length)) }),
      silence: Tensor.of("float32", [atoms], new Float32Array(atoms)),
    },
    // Vectors come with each step: they may be more than memory holds.
    data: { none: Tensor.of("float32", [1, 1], new Float32Array(1)) },
    noise: { vectors: [plan.batch, length] },
    ...{ batch: plan.batch, loss, optimizer: topKOptimizer, mostSteps: plan.stretch, compile },
  });
}

interface ReadCall {
  readonly from: number;
  readonly steps: number;
  readonly plan: Plan;
  readonly space: Space;
  readonly seed: number;
}

/** The vectors of some steps, as the network sees them, and Σ‖x‖² of those of the last step as they are. */
async function readSteps(source: VectorSource, { from, steps, plan, space, seed }: ReadCall) {
  const { count, length } = source;
  const { batch, run: together, perPass } = plan;
  const vectors = new Float32Array(steps * batch * length);
  let order: { readonly pass: number; readonly of: Int32Array } | undefined;
  let [at, squares] = [0, 0];
  for (let step = from; step < from + steps; step++) {
    const pass = Math.floor(step / perPass);
    if (order?.pass !== pass) {
      order = { pass, of: permutation(Math.ceil(count / together), seededRandom(seed, firstStream + pass)) };
    }
    squares = 0;
    for (let i = 0; i < batch / together; i++) {
      const place = order.of[((step % perPass) * (batch / together) + i) % order.of.length];
      // The last run is as long as the others.
      const first = Math.min(place * together, count - together);
      for (const value of await source.read(first, first + together)) {
        squares += value * value;
        vectors[at] = (value - space.mean[at % length]) / space.scale;
        at++;
      }
    }
  }
  return { vectors, squares };
}

function stateOf(trainer: Trainer, { mean, scale }: Space, nonNegative: boolean): LearningState {
  const { encoder, decoder, bias, centre } = trainer.parameters();
  const [count, length] = decoder.dims;
  const moved = mean.map((value, i) => value + scale * ((centre?.data[i] as number | undefined) ?? 0));
  const atoms = (decoder.data as Float32Array).slice();
  unitRows(atoms, length);
  const dictionary: Dictionary = {
    ...{ count, length, nonNegative, atoms },
    mean: Float32Array.from(moved),
  };
  const training = Object.entries(trainer.state.arrays).map(
    ([name, { data }]) => [`${trainingPrefix}${name}`, data as Float32Array] as const,
  );
  return {
    ...{ learner: sparseAutoencoder.name, step: trainer.step, dictionary },
    arrays: {
      ...Object.fromEntries(training),
      // Scaled vectors have scaled codes: the weights stay, and what is added grows.
      [encoderArrays.weights]: encoder.data as Float32Array,
      [encoderArrays.bias]: (bias.data as Float32Array).map((value) => scale * value),
    },
  };
}

/** @throws NoemaError LEARNING_STATE where arrays are missing or of other sizes */
function trainingState({ step, arrays }: LearningState, own: TrainingState): TrainingState {
  const found = Object.entries(own.arrays).map(([name, { dims, size }]) => {
    const saved = arrays[`${trainingPrefix}${name}`];
    if (saved?.length === size) return [name, Tensor.of("float32", dims, saved)] as const;
    throw new NoemaError("LEARNING_STATE", {
      where: `array "${name}" of a state`,
      found: saved === undefined ? "it is not there" : `${saved.length} numbers`,
      needed: `${size}: these vectors, atoms and options were not those of the state`,
    });
  });
  return { step, arrays: Object.fromEntries(found) };
}
