/** @file record: a layer's vectors of many pictures into a folder; what is there already is taken, or gone on with. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { hashFiles } from "../models/file-hash.js";
import type { PictureModel } from "../models/open-for-pictures.js";
import { activationsName, type VectorKind, vectorsName } from "../store/activations-file.js";
import { ActivationsStore } from "../store/activations-store.js";
import { clearActivations, clearStoreLeftovers } from "../store/clear-store.js";
import { checkStoreRecipe, type StoreRecipe } from "../store/store-recipe.js";
import type { Terminal } from "../terminal/command.js";
import { LayerVectors } from "./layer-vectors.js";
import type { Network } from "./open-network.js";
import { openPictures, type PictureSource, type PictureSourceOptions } from "./picture-source.js";
import { writeActivations } from "./write-activations.js";

export interface RecordOptions extends Omit<PictureSourceOptions, "form"> {
  readonly network: Network;
  /** As on the command line. */
  readonly model: string;
  readonly layer: string;
  readonly of: VectorKind;
  /** Of `drawn`: how many places of each picture. */
  readonly drawn?: number | undefined;
  readonly out: string;
  /** Pictures of one look. Default: by their size. */
  readonly batch?: number | undefined;
  readonly threads?: number | undefined;
  readonly seed: number;
  readonly restart: boolean;
  /** Seconds from one saving to the next. */
  readonly saveEvery: number;
  /** The command, as it could be given again. */
  readonly command: string;
}

interface Opened {
  readonly pictures: PictureModel;
  readonly look: LayerVectors;
}

/** All that is known before the first picture is looked at. */
export interface Prepared extends Opened {
  readonly source: PictureSource;
  /** SHA-256 of the model's files. */
  readonly modelHash: string;
  readonly recipe: StoreRecipe;
}

export interface Recorded {
  readonly store: ActivationsStore;
  /** Whether all of it was there before. */
  readonly found: boolean;
}

/**
 * Undefined after Ctrl-C: what was done is kept, and the same goes on with it.
 *
 * @throws NoemaError STORE_OTHER, ACTIVATIONS_NOT_FINITE, ACTIVATIONS_SPACE, PICTURES_UNREADABLE, OUT_PATH, and what the model,
 *   the layer and the data refuse
 */
export async function record(options: RecordOptions, terminal: Terminal): Promise<Recorded | undefined> {
  const { network, out, restart } = options;
  const { pictures, look } = await openLook(options, terminal);
  try {
    const source = await openPictures({ ...options, form: look.size }, terminal);
    if (terminal.signal.aborted) return undefined;
    const modelHash = await hashFiles(await network.opened.files());
    const recipe = recipeOf(options, { pictures, look, source, modelHash });
    if (restart) clearActivations(out);
    const before = restart ? undefined : finished(out, recipe, terminal);
    if (before !== undefined) return { store: before, found: true };
    clearStoreLeftovers(out);
    const store = await writeActivations(options, { pictures, look, source, modelHash, recipe }, terminal);
    return store && { store, found: false };
  } finally {
    await look.dispose();
  }
}

async function openLook(options: RecordOptions, terminal: Terminal): Promise<Opened> {
  const { network, layer, of, drawn, threads } = options;
  const open = async (batch: number): Promise<Opened> => {
    const pictures = await network.open(batch);
    const compile = threads === undefined ? {} : { threads };
    return { pictures, look: await LayerVectors.open({ pictures, layer, of, drawn, compile }) };
  };
  const batch = options.batch ?? usualBatch((await network.open(1)).size);
  let opened: Opened;
  try {
    opened = await open(batch);
  } catch (error) {
    // Some networks take one picture and no more.
    if (!(error instanceof NoemaError) || options.batch !== undefined) throw error;
    opened = await open(1);
  }
  if (opened.pictures.guessed !== undefined) terminal.warn(opened.pictures.guessed);
  return opened;
}

/** Pictures of one look: eight photographs at 224×224, and of smaller ones as many as take that memory, up to 64. */
function usualBatch({ width, height }: { readonly width: number; readonly height: number }): number {
  return Math.max(8, Math.min(64, Math.floor(2 ** 18 / (width * height))));
}

function recipeOf(
  { network, layer, of, drawn, most, dataSeed, dataSize, seed }: RecordOptions,
  { pictures, look, source, modelHash }: Omit<Prepared, "recipe">,
): StoreRecipe {
  const { size, input, preprocessing } = pictures;
  return {
    modelHash,
    weights: network.weights,
    layer,
    positions: of === "drawn" ? drawn : of,
    input,
    size: `${size.width}x${size.height}`,
    preprocessing,
    batch: look.size.batch,
    dataHash: source.hash,
    most,
    dataSeed,
    dataSize: dataSize && `${dataSize.width}x${dataSize.height}`,
    // Nothing else is drawn by it.
    seed: of === "drawn" ? seed : undefined,
  };
}

/** What the folder holds, if it is finished and whole. */
function finished(out: string, recipe: StoreRecipe, terminal: Terminal): ActivationsStore | undefined {
  if (!existsSync(join(out, activationsName))) return undefined;
  try {
    const store = ActivationsStore.open(out);
    checkStoreRecipe(out, store.meta.recipe, recipe);
    if (existsSync(join(out, vectorsName))) return store;
    terminal.warn(`${join(out, vectorsName)} is not there; all is written anew.`);
  } catch (error) {
    if (!(error instanceof NoemaError) || error.code === "STORE_OTHER") throw error;
    terminal.warn(`${error.parts.where}: ${error.parts.found}; all is written anew.`);
  }
  return undefined;
}
