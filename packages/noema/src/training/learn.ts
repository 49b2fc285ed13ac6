/** @file learn: from a dataset and options to a trained run: a folder with models, figures, and the state to go on from. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { Tensor, writeModel } from "@noema/engine";
import { eightBitWeights, fullWeights, type Task } from "@noema/lenses";
import type { Dataset, DatasetOptions } from "../data/dataset.js";
import { openDataset } from "../data/open/open-dataset.js";
import { pairsOfDataset, splitDataset } from "../data/open/split-dataset.js";
import { noemaVersion } from "../noema-version.js";
import { writeBeside } from "../pictures/write-beside.js";
import type { Terminal } from "../terminal/command.js";
import { autoencoderRun } from "./autoencoder-run.js";
import { classifierRun } from "./classifier-run.js";
import { type LearnOptions, settled, trainingOptions } from "./learn-options.js";
import { recipeOf } from "./recipe.js";
import { type RunFile, runName } from "./run-file.js";
import { clearLeftovers, clearRun, finishedRun, modelName } from "./run-folder.js";
import type { Examples, Subject } from "./subject.js";
import { train } from "./train.js";
import { xcovRun } from "./xcov-run.js";

export interface Place {
  readonly folder: string;
  /** Seconds from one saving to the next. */
  readonly saveEvery: number;
  readonly restart: boolean;
  readonly threads?: number | undefined;
  /** The command, as it could be given again. */
  readonly command: string;
}

/**
 * Trains, or goes on; a run that is finished is read.
 *
 * @returns undefined after Ctrl-C: what was done is kept in the folder
 * @throws NoemaError what the data, the architecture and the training refuse
 */
export async function learn(given: LearnOptions, place: Place, terminal: Terminal): Promise<RunFile | undefined> {
  const { folder, restart } = place;
  const dataset = await openDataset(given.data, dataOptions(given), terminal);
  if (terminal.signal.aborted) return undefined;
  const subject = subjectOf(dataset, given, terminal);
  const options = settled(given, subject);
  const run = { xcov: xcovRun, classifier: classifierRun, autoencoder: autoencoderRun }[options.task](subject, options);
  const finished = restart ? undefined : finishedRun(folder, { options, subject, models: run.models }, terminal);
  if (finished !== undefined) {
    terminal.warn(`${folder}: this training is finished; what came of it is read.`);
    return finished;
  }
  const how = trainingOptions(options);
  if (restart) clearRun(folder);
  clearLeftovers(folder);
  const training = await train(
    {
      task: run.task,
      recipe: recipeOf(options, subject),
      data: {
        pixels: Tensor.of("uint8", [dataset.count, ...sidesOf(dataset)], dataset.pixels),
        ...(isLabelled(options) && { label: Tensor.of("int32", [dataset.count], subject.label.of) }),
      },
      examples: drawsOf(run.task, subject.training),
      held: drawsOf(run.task, subject.test),
      options: how,
      ...place,
    },
    terminal,
  );
  if (training.stopped) return undefined;
  const weights = (options.weights === "int8" ? eightBitWeights : fullWeights)(training.weights);
  const models = Object.entries(run.task.models(weights)).map(
    ([name, signature]) => [name, writeModel(signature, { batchAxis: "N" }).bytes] as const,
  );
  const figures = await run.figures(Object.fromEntries(models), subject, terminal.signal);
  if (figures === undefined) return undefined;
  const sheet = await run.sheet?.(Object.fromEntries(models), subject, figures);
  const file: RunFile = {
    noema: noemaVersion(),
    task: options.task,
    command: place.command,
    options: { ...options },
    picture: dataset.size,
    label: subject.label.name,
    labels: [...subject.label.values],
    latents: run.latents,
    data: {
      count: dataset.count,
      training: subject.training.pictures.length,
      test: subject.test.pictures.length,
      manner: subject.manner,
      examples: drawsOf(run.task, subject.training)[0].length,
      skipped: dataset.skipped.map((one) => ({ ...one })),
      hash: subject.hash,
      split: subject.split,
    },
    parameters: Object.values(training.weights).reduce((sum, { size }) => sum + size, 0),
    steps: training.steps,
    seconds: training.seconds,
    ...(training.bestEpoch !== undefined && { bestEpoch: training.bestEpoch }),
    history: training.history.map(({ epoch, step, training: seen, held }) => ({
      epoch,
      step,
      training: { ...seen },
      held: { ...held },
    })),
    figures,
  };
  for (const [name, bytes] of models) await writeBeside(join(folder, modelName(name)), bytes);
  if (sheet !== undefined) await writeBeside(join(folder, sheet.name), sheet.bytes);
  await writeBeside(join(folder, runName), Buffer.from(`${JSON.stringify(file, null, 1)}\n`));
  return file;
}

/** What a dataset is opened with. */
export function dataOptions(options: LearnOptions): DatasetOptions {
  return { ...options, seed: options.dataSeed ?? options.seed, unlabelled: !isLabelled(options) };
}

const isLabelled = ({ task }: LearnOptions) => task !== "autoencoder";

/** What is to be learned of a dataset: the label, which pictures teach and which test. */
export function subjectOf(dataset: Dataset, options: LearnOptions, terminal: Terminal): Subject {
  const heldOutBy = options.heldOut === "none" ? undefined : (options.heldOut ?? dataset.heldOutBy);
  const { heldOutBy: _, ...rest } = dataset;
  const drawnByLabel = dataset.test === undefined && (heldOutBy === undefined || heldOutBy === dataset.label);
  const parts = splitDataset(
    { ...rest, ...(heldOutBy !== undefined && { heldOutBy }) },
    {
      share: options.testShare,
      seed: options.splitSeed ?? options.seed,
      labelled: isLabelled(options),
      // A label of one picture can be learned or tested, not both. Where the data say what tests, that is theirs to decide.
      everyLabel: drawnByLabel && options.testShare !== 0,
    },
  );
  for (const note of parts.notes) terminal.warn(note);
  const examples = (of: Int32Array): Examples =>
    options.pairs && of.length > 0
      ? { pictures: of, pairs: pairsOfDataset(dataset, { of, seed: options.seed }) }
      : { pictures: of };
  const label = isLabelled(options)
    ? dataset.factors.find(({ name }) => name === dataset.label)!
    : { name: "", values: [], of: new Int32Array(dataset.count) };
  const [training, test] = [examples(parts.training), examples(parts.test)];
  return {
    ...{ dataset, label, training, test, manner: parts.manner },
    asked: test.pictures.length > 0 ? test.pictures : training.pictures,
    heldOut: dataset.factors.find(({ name }) => name === heldOutBy && name !== label.name),
    hash: hashOf(dataset.pixels, label.of),
    split: hashOf(...marked(training), ...marked(test)),
  };
}

function drawsOf({ draws }: Task, { pictures, pairs: found }: Examples): Int32Array[] {
  if (draws === 1) return [pictures];
  return found === undefined ? [pictures, pictures] : [found.first, found.second];
}

const sidesOf = ({ size }: Dataset) => [size.channels, size.height, size.width];

/** Which pictures and pairs these are; how many, so that where the arrays begin makes a difference. */
function marked({ pictures, pairs }: Examples): Int32Array[] {
  const arrays = pairs === undefined ? [pictures] : [pictures, pairs.first, pairs.second];
  return [Int32Array.from(arrays, ({ length }) => length), ...arrays];
}

function hashOf(...arrays: readonly (Uint8Array | Int32Array)[]): string {
  const hash = createHash("sha256");
  for (const { buffer, byteOffset, byteLength } of arrays) hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest("hex");
}
