/** @file runStudy: layer after layer: its vectors, those of an untrained network, their dictionaries, and what few atoms explain. */
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { studyLayer } from "@noema/lenses";
import type { Network } from "../../activations/open-network.js";
import type { RecordOptions } from "../../activations/record.js";
import { hashFiles } from "../../models/file-hash.js";
import { noemaVersion } from "../../noema-version.js";
import type { StoreRecipe } from "../../store/store-recipe.js";
import type { Terminal } from "../../terminal/command.js";
import { plainName } from "../../terminal/plain-name.js";
import { forget, type LayerVectorsRead, readLayer } from "./read-layer.js";
import { readStudy, type StudyFile, writeStudy } from "./study-file.js";

/** Of a layer of a study, what the options of `noema atoms study` say. */
export interface RunStudyOptions extends Omit<RecordOptions, "layer" | "out" | "network"> {
  readonly network: Network;
  readonly layers: readonly string[];
  readonly out: string;
  readonly atoms: number;
  readonly sparsity: number;
  readonly method: string;
  readonly iterations: number;
  readonly nonNegative: boolean;
  readonly heldOutShare: number;
  readonly withUntrained: boolean;
  readonly resamples: number;
  readonly keep: boolean;
}

/**
 * A layer that the folder holds already is not studied again.
 *
 * @returns undefined after Ctrl-C: layers that were finished are kept
 * @throws NoemaError STUDY_…, STORE_OTHER, and what recording, learning and coding refuse
 */
export async function runStudy(options: RunStudyOptions, terminal: Terminal): Promise<StudyFile | undefined> {
  const { network, layers, out, command } = options;
  const recipe = await recipeOf(options);
  let file: StudyFile = readStudy(out, recipe) ?? { noema: noemaVersion(), command, recipe, layers: [] };
  for (const [i, layer] of layers.entries()) {
    if (file.layers.some((one) => one.layer === layer)) {
      terminal.warn(`${layer}: it is studied already.`);
      continue;
    }
    if (terminal.signal.aborted) return undefined;
    terminal.warn(
      `Layer ${i + 1} of ${layers.length}, ${layer}: what it makes of the pictures${options.withUntrained ? ", trained and untrained" : ""} …`,
    );
    const folder = join(out, "layers", folderName(layer));
    const started = performance.now();
    const read = await readLayer({ ...options, network, layer, folder }, terminal);
    if (read === undefined) return undefined;
    const study = await studied(read, options, terminal);
    if (study === undefined) return undefined;
    const found = {
      ...{ layer, length: read.length, pictures: read.pictures, study: plain(study) },
      learning: read.layer.learning.length / read.length,
      heldOut: read.layer.heldOut.length / read.length,
      seconds: (performance.now() - started) / 1000,
    };
    // In the order in which they were asked for, whichever were there before.
    const all = [...file.layers, found];
    file = { ...file, layers: layers.flatMap((name) => all.filter((one) => one.layer === name)) };
    await writeStudy(out, file);
    if (!options.keep) forget(folder);
  }
  return file;
}

async function studied(
  { length, layer, untrained }: LayerVectorsRead,
  { atoms, sparsity, method, iterations, nonNegative, seed, resamples, threads }: RunStudyOptions,
  terminal: Terminal,
) {
  const share = 1000;
  const progress = terminal.progress((untrained === undefined ? 3 : 5) * share, "thousandths");
  try {
    return await studyLayer({
      ...{ length, layer, atoms, sparsity, iterations, nonNegative, seed, resamples },
      learner: method,
      ...(untrained && { untrained }),
      ...(threads !== undefined && { compile: { threads } }),
      signal: terminal.signal,
      onProgress: async ({ kind, index, share: done }) => {
        progress.update(Math.round((index + done) * share), kind);
        // Learning occupies the thread: without this, Ctrl-C would never be seen.
        await setImmediate();
      },
    });
  } finally {
    progress.stop();
  }
}

async function recipeOf(options: RunStudyOptions): Promise<StoreRecipe> {
  const { network, data, most, dataSeed, dataSize, of, drawn, batch, atoms, sparsity, method, iterations } = options;
  const { nonNegative, heldOutShare, withUntrained, resamples, seed } = options;
  return {
    modelHash: await hashFiles(await network.opened.files()),
    ...{ data, most, dataSeed, dataSize, of, drawn, batch, atoms, sparsity, method, iterations },
    ...{ nonNegative, heldOutShare, withUntrained, resamples, seed },
  };
}

/** A name that any system takes; what is cut off or replaced is told apart by the number at the end. */
function folderName(layer: string): string {
  let sum = 0;
  for (const letter of layer) sum = (Math.imul(sum, 31) + letter.codePointAt(0)!) >>> 0;
  return `${plainName(layer).slice(0, 80)}-${sum.toString(16)}`;
}

/** As it stands in a file. */
function plain(study: NonNullable<Awaited<ReturnType<typeof studyLayer>>>): StudyFile["layers"][number]["study"] {
  return JSON.parse(JSON.stringify(study)) as StudyFile["layers"][number]["study"];
}
