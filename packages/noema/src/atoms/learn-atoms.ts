/** @file learnAtoms: from vectors on disk to a dictionary, the codes of all of them and what came of it, in one folder. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { NoemaError } from "@noema/engine";
import { byAtom, density, type Learned, learnDictionary, learners, type VectorSource } from "@noema/lenses";
import { noemaVersion } from "../noema-version.js";
import { encodePng } from "../pictures/png.js";
import { writeBeside } from "../pictures/write-beside.js";
import { ActivationsStore } from "../store/activations-store.js";
import { clearAtoms, clearStoreLeftovers } from "../store/clear-store.js";
import type { CodesStore } from "../store/codes-store.js";
import { type DictionaryFile, type OpenDictionary, readDictionary, writeDictionary } from "../store/dictionary-file.js";
import { checkStoreRecipe, type StoreRecipe } from "../store/store-recipe.js";
import type { Terminal } from "../terminal/command.js";
import { type AtomsFile, atomsFormat, atomsName, chartName, learningName, readAtomsFile } from "./atoms-file.js";
import { drawCharts, lineChart, onPaper } from "./charts.js";
import { codesInMemory } from "./codes-in-memory.js";
import { encodeVectors } from "./encode-vectors.js";
import { explainedBy } from "./explained-by.js";
import { learningCharts } from "./learning-charts.js";
import { type LearningPoint, readLearning, type SavedLearning, writeLearning } from "./learning-state.js";
import { splitVectors, type VectorsSplit } from "./split-vectors.js";

export interface LearnAtomsOptions {
  /** A folder of vectors. */
  readonly activations: string;
  readonly out: string;
  readonly atoms: number;
  readonly sparsity: number;
  /** One of `learners`. Default: K-SVD where the vectors fit into memory, else online. */
  readonly method?: string | undefined;
  readonly iterations?: number | undefined;
  readonly update?: "approximate" | "exact" | undefined;
  readonly batch?: number | undefined;
  readonly nonNegative: boolean;
  readonly centre?: boolean | undefined;
  readonly whiten?: number | undefined;
  readonly general?: number | undefined;
  readonly heldOut?: string | undefined;
  readonly testShare?: number | undefined;
  readonly seed: number;
  readonly restart: boolean;
  /** Seconds from one saving to the next. */
  readonly saveEvery: number;
  readonly threads?: number | undefined;
  /** The command, as it could be given again. */
  readonly command: string;
}

export interface LearnedAtoms {
  readonly file: AtomsFile;
  readonly dictionary: DictionaryFile;
}

/**
 * Numbers that vectors may be for K-SVD: it holds them twice, with what is left of each, and their codes, 1 GB in all. More
 * are learned from online, batch by batch.
 */
export const mostInMemory = 1e8;

/** So many points of learning are kept. */
const mostPoints = 400;

/**
 * Undefined after Ctrl-C: what was done is kept, and the same goes on with it, to the same bytes.
 *
 * @throws NoemaError ATOMS_MEMORY, STORE_OTHER, FACTOR_UNKNOWN, OUT_PATH; what the store, learning and coding refuse
 */
export async function learnAtoms(options: LearnAtomsOptions, terminal: Terminal): Promise<LearnedAtoms | undefined> {
  const { out, restart } = options;
  const store = ActivationsStore.open(options.activations);
  try {
    const split = await splitVectors(store, {
      heldOut: options.heldOut,
      share: options.testShare,
      seed: options.seed,
    });
    for (const note of split.notes) terminal.warn(note);
    const method = methodOf(options, split.training.length * store.length);
    const recipe = recipeOf(options, { method, hash: store.meta.hash });
    const before = restart ? undefined : finished(out, recipe, terminal);
    if (before !== undefined) {
      terminal.warn(`${out}: these atoms are learned.`);
      return before;
    }
    const learned = await learn({ ...options, method }, { store, split, recipe }, terminal);
    if (learned === undefined || terminal.signal.aborted) return undefined;
    return await finish(options, { ...learned, store, split, recipe }, terminal);
  } finally {
    store.close();
  }
}

/** @throws NoemaError ATOMS_MEMORY */
function methodOf({ method, activations }: LearnAtomsOptions, numbers: number): string {
  const fits = numbers <= mostInMemory;
  if (method === undefined) return fits ? "k-svd" : "online";
  if (method !== "k-svd" || fits) return method;
  throw new NoemaError("ATOMS_MEMORY", {
    where: `activations "${activations}"`,
    found: `${(numbers / 1e6).toPrecision(3)} million numbers teach`,
    needed: `K-SVD holds all of them in memory: at most ${mostInMemory / 1e6} million`,
    remedy: "Leave --method out, or give --method online, which takes any number.",
  });
}

function recipeOf(
  options: LearnAtomsOptions,
  { method, hash }: { readonly method: string; readonly hash: string },
): StoreRecipe {
  const { atoms, sparsity, iterations, update, batch, nonNegative, centre, whiten, general } = options;
  const { heldOut, testShare, seed } = options;
  return {
    activationsHash: hash,
    ...{ atoms, sparsity, method, update, batch, nonNegative, heldOut, testShare, seed },
    // What is left out is the learner's own, which need not be the same number for all data.
    ...{ iterations, centre, whiten, general },
  };
}

/** What the folder holds, if it is finished and whole. */
function finished(out: string, recipe: StoreRecipe, terminal: Terminal): LearnedAtoms | undefined {
  if (!existsSync(join(out, atomsName))) return undefined;
  try {
    const file = readAtomsFile(out);
    checkStoreRecipe(out, file.recipe, recipe, "atoms");
    return { file, dictionary: readDictionary(out).file };
  } catch (error) {
    if (!(error instanceof NoemaError) || error.code === "STORE_OTHER") throw error;
    terminal.warn(`${error.parts.where}: ${error.parts.found}; all is written anew.`);
    return undefined;
  }
}

interface Learning {
  readonly store: ActivationsStore;
  readonly split: VectorsSplit;
  readonly recipe: StoreRecipe;
}

interface LearningDone {
  readonly learned: Learned;
  readonly history: readonly LearningPoint[];
}

/** Undefined after Ctrl-C. */
async function learn(
  options: LearnAtomsOptions & { readonly method: string },
  { store, split, recipe }: Learning,
  terminal: Terminal,
): Promise<LearningDone | undefined> {
  const { out, atoms, sparsity, method, iterations, update, batch, nonNegative, seed, threads } = options;
  const { centre, whiten, general } = options;
  const path = join(out, learningName);
  const before = options.restart ? undefined : saved(path, recipe, { out, terminal });
  if (before === undefined) clearAtoms(out);
  clearStoreLeftovers(out);
  const history = [...(before?.history ?? [])];
  const source: VectorSource = {
    count: split.training.length,
    length: store.length,
    read: async (from, to) => store.rows(split.training.subarray(from, to)),
  };
  if (before !== undefined) terminal.warn(`Going on after step ${before.state.step}.`);
  let progress: ReturnType<Terminal["progress"]> | undefined;
  let savedMs = performance.now();
  const save = (state: SavedLearning["state"]) => writeLearning(path, { recipe, history, state });
  try {
    const learned = await learnDictionary(source, {
      ...{ learner: method, atoms, sparsity, nonNegative, seed, signal: terminal.signal },
      ...(iterations !== undefined && { iterations }),
      ...(update !== undefined && { update }),
      ...(batch !== undefined && { batch }),
      ...(centre !== undefined && { centre }),
      ...(whiten !== undefined && { whiten }),
      ...(general !== undefined && { general }),
      ...(threads !== undefined && { compile: { threads } }),
      ...(before !== undefined && { state: before.state }),
      onStep: async ({ step, steps, error, explained, used, replaced, state }) => {
        history.push({ step, error, explained: Number.isFinite(explained) ? explained : null, used, replaced });
        // How many steps there are is known with the first of them, which says nothing of how long the others take.
        progress ??= terminal.progress(steps, "steps", step);
        progress.update(step, `error ${error.toPrecision(3)}, ${used} atoms used`);
        if (performance.now() - savedMs >= 1000 * options.saveEvery) {
          await save(state());
          savedMs = performance.now();
        }
        // Learning occupies the thread: without this, Ctrl-C would never be seen.
        await setImmediate();
      },
    });
    // Steps after the last one that is kept were not taken.
    history.splice(history.findLastIndex(({ step }) => step <= learned.state.step) + 1);
    await save(learned.state);
    return learned.finished ? { learned, history } : undefined;
  } finally {
    progress?.stop();
  }
}

/** What is to be gone on with. */
function saved(
  path: string,
  recipe: StoreRecipe,
  { out, terminal }: { readonly out: string; readonly terminal: Terminal },
): SavedLearning | undefined {
  const found = readLearning(path);
  if (found === undefined) return undefined;
  if ("damage" in found) {
    terminal.warn(`${path}: ${found.damage}; it begins anew.`);
    return undefined;
  }
  checkStoreRecipe(out, found.recipe, recipe, "atoms");
  return found;
}

/** Undefined after Ctrl-C. */
async function finish(
  options: LearnAtomsOptions,
  { learned, history, store, split, recipe }: LearningDone & Learning,
  terminal: Terminal,
): Promise<LearnedAtoms | undefined> {
  const { out, sparsity, seed, threads, activations, heldOut, testShare } = options;
  const compile = threads === undefined ? {} : { threads };
  const { dictionary } = learned;
  const explained = await explainedBy(dictionary, store, { split, sparsity, compile });
  const { hash, model, layer } = store.meta;
  const method = String(recipe.method);
  const about = {
    ...{ sparsity, seed, activations: hash, ...(model && { model: model.hash }) },
    options: { ...recipe, title: learners[method]?.title ?? method },
  };
  mkdirSync(out, { recursive: true });
  // Codes know their dictionary by its hash, and its figures are of the codes.
  const written: OpenDictionary = {
    dictionary,
    file: await writeDictionary(out, dictionary, { ...about, figures: {} }),
  };
  const codes = await encodeVectors({ activations: store, dictionary: written, out, sparsity, compile }, terminal);
  if (codes === undefined) return undefined;
  const figures = figuresOf(codes, { ...explained, error: history.at(-1)?.error });
  codes.close();
  const file: AtomsFile = {
    format: atomsFormat,
    noema: noemaVersion(),
    command: options.command,
    recipe: JSON.parse(JSON.stringify(recipe)) as StoreRecipe,
    activations: { folder: relative(resolve(out), resolve(activations)), given: activations, hash },
    ...(layer && { layer: { name: layer.name, of: layer.of } }),
    split: {
      manner: split.manner,
      ...(heldOut !== undefined && { heldOut }),
      ...(testShare !== undefined && { share: testShare }),
      ...{ seed, training: split.training.length, test: split.test.length },
    },
    history: thinned(history),
    curve: [...explained.curve],
  };
  const final = await writeDictionary(out, dictionary, { ...about, figures });
  await writeBeside(join(out, chartName), await encodePng(drawLearning(file, final, store)));
  await writeBeside(join(out, atomsName), Buffer.from(`${JSON.stringify(file, null, 1)}\n`));
  rmSync(join(out, learningName), { force: true });
  return { file, dictionary: final };
}

function figuresOf(
  codes: CodesStore,
  { curve, training, error }: { curve: readonly number[]; training: number; error: number | undefined },
): Record<string, number> {
  const { dead, rare, perVector } = density(byAtom(codesInMemory(codes).codes, codes.meta.atoms));
  return {
    explained: curve[curve.length - 1],
    explainedOfTraining: training,
    ...(error !== undefined && { error }),
    ...{ used: codes.meta.atoms - dead.length, dead: dead.length, rare: rare.length, perVector },
  };
}

function drawLearning(file: AtomsFile, { count, options, figures }: DictionaryFile, { meta }: ActivationsStore) {
  const of = meta.layer === undefined ? "" : ` of ${meta.layer.name} of ${meta.model?.name ?? "a network"}`;
  const n = (value: number) => value.toLocaleString("en-US");
  return drawCharts(
    learningCharts(file).map((chart) => lineChart(chart, onPaper)),
    {
      title: `${n(count)} atoms${of}`,
      subtitle: `${options.method}, learned from ${n(file.split.training)} vectors of ${n(meta.length)} numbers; ${n(figures.used)} are used, ${n(figures.rare)} of them hardly ever`,
    },
  );
}

/** Of many points means over as many neighbours, so that some hundreds are left. */
function thinned(history: readonly LearningPoint[]): AtomsFile["history"] {
  const each = Math.ceil(history.length / mostPoints);
  return Array.from({ length: Math.ceil(history.length / Math.max(1, each)) }, (_, i) => {
    const own = history.slice(i * each, (i + 1) * each);
    const known = own.flatMap(({ explained }) => (explained === null ? [] : [explained]));
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    return {
      step: own[own.length - 1].step,
      error: mean(own.map(({ error }) => error)),
      explained: known.length === 0 ? null : mean(known),
      used: Math.round(mean(own.map(({ used }) => used))),
      replaced: own.reduce((sum, { replaced }) => sum + replaced, 0),
    };
  });
}
