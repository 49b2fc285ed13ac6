/** @file learnGeneralFirst: a few atoms that all vectors share, and then many of what those leave. */
import { NoemaError } from "@noema/engine";
import { rebuild } from "../coding/rebuild.js";
import { SparseCoder } from "../coding/sparse-coder.js";
import type { Dictionary } from "../dictionary.js";
import {
  type Learned,
  type Learner,
  type LearningOptions,
  type LearningState,
  type LearningStep,
  type VectorSource,
  vectorsInMemory,
} from "./learner.js";

/** Numbers of vectors whose rest is held in memory: 256 MiB. Of more it is made whenever they are read. */
const mostHeld = 2 ** 26;

/** Of the sparsity, while general atoms are learnt. */
const generalShare = 5 / 8;

/** Names of what a state of the second part carries of the first. */
const first = { atoms: "general/atoms", mean: "general/mean", steps: "general/steps" } as const;

/**
 * Steps are counted through both parts.
 *
 * @throws NoemaError LEARNING_OPTIONS, LEARNING_STATE; what learning and coding refuse
 */
export async function learnGeneralFirst(
  source: VectorSource,
  { general, state: given, ...options }: LearningOptions & { readonly general: number },
  learn: Learner["learn"],
): Promise<Learned> {
  const { atoms, sparsity, compile = {} } = options;
  if (!(Number.isInteger(general) && general >= 1 && general < atoms)) {
    throw new NoemaError("LEARNING_OPTIONS", {
      where: "general",
      found: `${general} of ${atoms} atoms`,
      needed: `a whole number, 1 … ${atoms - 1}`,
    });
  }
  const most = Math.min(general, Math.ceil(generalShare * sparsity));
  const before = given && generalOf(given, { general, length: source.length });
  const begun = given === undefined ? options : { ...options, state: given };
  const found = before ?? (await learnFirst(source, begun, { general, most, learn }));
  if (!("steps" in found)) return found;
  const { dictionary, steps, state } = found;
  const coder = await SparseCoder.open(dictionary, { sparsity: most, compile });
  const carried = {
    [first.atoms]: dictionary.atoms,
    [first.mean]: dictionary.mean,
    [first.steps]: Float32Array.of(steps),
  };
  const outer = (state: LearningState): LearningState => ({
    ...state,
    step: state.step + steps,
    arrays: { ...state.arrays, ...carried },
  });
  try {
    const { count, length } = source;
    const rest = async (from: number, to: number) => {
      const vectors = await source.read(from, to);
      const rebuilt = rebuild(dictionary, await coder.code(vectors));
      return vectors.map((value, i) => value - rebuilt[i]);
    };
    const held = count * length <= mostHeld;
    const left: VectorSource = held ? vectorsInMemory(await rest(0, count), length) : { count, length, read: rest };
    const { onStep } = options;
    const learned = await learn(left, {
      ...options,
      atoms: atoms - general,
      sparsity: Math.max(1, sparsity - most),
      centre: false,
      ...(state && { state }),
      ...(onStep && { onStep: (step) => onStep(shifted(step, steps, outer)) }),
    });
    return {
      dictionary: joined(dictionary, learned.dictionary),
      state: outer(learned.state),
      finished: learned.finished,
    };
  } finally {
    await coder.dispose();
  }
}

interface General {
  readonly dictionary: Dictionary;
  /** Taken for it. */
  readonly steps: number;
  /** Of the second part, as its learner left it, where that had begun. */
  readonly state?: LearningState;
}

/** The general atoms; or what there is of them, where learning was ended. */
async function learnFirst(
  source: VectorSource,
  { onStep, ...options }: LearningOptions,
  { general, most, learn }: { readonly general: number; readonly most: number; readonly learn: Learner["learn"] },
): Promise<General | Learned> {
  const learned = await learn(source, {
    ...options,
    atoms: general,
    sparsity: most,
    ...(onStep && { onStep: (step) => onStep({ ...step, steps: 2 * step.steps }) }),
  });
  if (!learned.finished) return learned;
  return { dictionary: learned.dictionary, steps: learned.state.step };
}

/** What a state of the second part knows of the first, and of its own; undefined of one of the first. */
function generalOf(
  state: LearningState,
  { general, length }: { readonly general: number; readonly length: number },
): General | undefined {
  const { [first.atoms]: atoms, [first.mean]: mean, [first.steps]: steps, ...arrays } = state.arrays;
  if (atoms === undefined && mean === undefined && steps === undefined) return undefined;
  if (atoms?.length === general * length && mean?.length === length && steps?.length === 1) {
    const { nonNegative } = state.dictionary;
    return {
      dictionary: { count: general, length, atoms, mean, nonNegative },
      steps: steps[0],
      state: { ...state, step: state.step - steps[0], arrays },
    };
  }
  throw new NoemaError("LEARNING_STATE", {
    where: "state",
    found: "general atoms of another number or length",
    needed: `${general} of ${length}`,
  });
}

function shifted(told: LearningStep, by: number, outer: (state: LearningState) => LearningState): LearningStep {
  return { ...told, step: told.step + by, steps: told.steps + by, state: () => outer(told.state()) };
}

function joined(general: Dictionary, rest: Dictionary): Dictionary {
  const atoms = new Float32Array(general.atoms.length + rest.atoms.length);
  atoms.set(general.atoms);
  atoms.set(rest.atoms, general.atoms.length);
  return { ...general, count: general.count + rest.count, atoms };
}
