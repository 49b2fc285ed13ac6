/** @file The state of a training: all that it needs to go on as if it had never stopped, in one file that is whole or not there. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { Tensor, type TrainingState } from "@noema/engine";
import { readLargeFile } from "../models/read-large-file.js";
import { writeBeside } from "../pictures/write-beside.js";
import type { Recipe } from "./recipe.js";

/** Figures of the pictures that are set apart, after an epoch. */
export interface EpochFigures {
  readonly epoch: number;
  readonly step: number;
  /** Means over the epoch's steps. */
  readonly training: Readonly<Record<string, number>>;
  /** Of pictures set apart; empty where there are none. */
  readonly held: Readonly<Record<string, number>>;
}

export interface SavedTraining {
  /** What decides the weights: a state of another recipe is not gone on with. */
  readonly recipe: Recipe;
  readonly state: TrainingState;
  readonly history: readonly EpochFigures[];
  /** Sums of the figures over the steps of the epoch that is under way. */
  readonly sums: Readonly<Record<string, number>>;
  /** Bytes of the log that belong to these steps. */
  readonly logBytes: number;
  /** Seconds of work so far. */
  readonly seconds: number;
  /** The best weights so far, where training may stop early. */
  readonly best?: { readonly epoch: number; readonly loss: number; readonly weights: Readonly<Record<string, Tensor>> };
}

const mark = Buffer.from("noema training 1\n");
const digestBytes = 32;

export interface DamagedState {
  /** What is wrong with it, in words. */
  readonly damage: string;
}

/**
 * Reads a state; undefined where there is none.
 *
 * @throws NoemaError FILE_UNREADABLE
 */
export function readState(path: string): SavedTraining | DamagedState | undefined {
  if (!existsSync(path)) return undefined;
  const read = readLargeFile(path);
  const bytes = Buffer.from(read.buffer, read.byteOffset, read.byteLength);
  const start = mark.length + digestBytes;
  const content = bytes.subarray(start);
  if (!bytes.subarray(0, mark.length).equals(mark)) {
    return { damage: "it begins with something else than the state of a training does, or another version wrote it" };
  }
  if (content.length < 4 || !bytes.subarray(mark.length, start).equals(digest(content))) {
    return { damage: "it is not whole, or was changed" };
  }
  const headerBytes = content.readUInt32LE(0);
  const header = JSON.parse(content.toString("utf8", 4, 4 + headerBytes)) as Header;
  let at = 4 + headerBytes;
  const arraysOf = (entries: readonly Entry[]) =>
    Object.fromEntries(
      entries.map(({ name, dims }) => {
        const size = dims.reduce((a, b) => a * b, 1);
        const data = new Float32Array(size);
        new Uint8Array(data.buffer).set(content.subarray(at, at + 4 * size));
        at += 4 * size;
        return [name, Tensor.of("float32", dims, data)];
      }),
    );
  const arrays = arraysOf(header.arrays);
  const { step, best, arrays: _, bestArrays, ...others } = header;
  return {
    ...others,
    state: { step, arrays },
    ...(best && { best: { ...best, weights: arraysOf(bestArrays) } }),
  };
}

/** @throws NoemaError OUT_PATH where the disk refuses, such as a full one: what was saved before stays */
export async function writeState(path: string, { state, best, ...others }: SavedTraining): Promise<void> {
  const entries = (arrays: Readonly<Record<string, Tensor>>): Entry[] =>
    Object.entries(arrays).map(([name, { dims }]) => ({ name, dims }));
  const header: Header = {
    ...others,
    step: state.step,
    arrays: entries(state.arrays),
    bestArrays: entries(best?.weights ?? {}),
    ...(best && { best: { epoch: best.epoch, loss: best.loss } }),
  };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const parts = [...Object.values(state.arrays), ...Object.values(best?.weights ?? {})].map(({ bytes }) => bytes);
  const content = [length, text, ...parts];
  const hash = createHash("sha256");
  for (const part of content) hash.update(part);
  await writeBeside(path, Buffer.concat([mark, hash.digest(), ...content]));
}

interface Entry {
  readonly name: string;
  readonly dims: readonly number[];
}

interface Header extends Omit<SavedTraining, "state" | "best"> {
  readonly step: number;
  readonly arrays: readonly Entry[];
  readonly bestArrays: readonly Entry[];
  readonly best?: { readonly epoch: number; readonly loss: number };
}

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
