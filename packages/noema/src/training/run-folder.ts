/** @file The folder of a run: what a training finds in it, and what it takes away before it begins. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import type { Terminal } from "../terminal/command.js";
import type { SettledOptions } from "./learn-options.js";
import { checkRecipe, recipeOf } from "./recipe.js";
import { type RunFile, readRun } from "./run-file.js";
import type { Subject } from "./subject.js";

/** Files that training itself writes. */
export const stateName = "training.state";
export const logName = "log.jsonl";

/**
 * The run that a folder holds, if it is finished and its models are there.
 *
 * @param models names of its models
 * @throws NoemaError RUN_OTHER where it is another
 */
export function finishedRun(
  folder: string,
  { options, subject, models }: { options: SettledOptions; subject: Subject; models: readonly string[] },
  terminal: Terminal,
): RunFile | undefined {
  const found = readOrWarn(folder, terminal);
  if (found === undefined) return undefined;
  const before = found.options as unknown as SettledOptions;
  const dataset = { ...subject.dataset, size: found.picture };
  const { hash, split = subject.split } = found.data;
  checkRecipe(folder, recipeOf(before, { ...subject, dataset, hash, split }), recipeOf(options, subject));
  const whole = models.every((name) => existsSync(join(folder, modelName(name))));
  return whole && before.weights === options.weights ? found : undefined;
}

export const modelName = (name: string) => `${name}.onnx`;

function readOrWarn(folder: string, terminal: Terminal): RunFile | undefined {
  try {
    return readRun(folder);
  } catch (error) {
    if (!(error instanceof NoemaError)) throw error;
    if (error.code !== "RUN_MISSING") terminal.warn(`${error.parts.where}: ${error.parts.found}; it is written anew.`);
    return undefined;
  }
}

/**
 * Takes a run away, so that what is written next does not stand beside what is left of another.
 *
 * @throws NoemaError OUT_PATH
 */
export function clearRun(folder: string): void {
  remove(
    folder,
    namesIn(folder).filter((name) => ofRun.test(name)),
  );
}

const ofRun = /^(run\.json|log\.jsonl|training\.state|(encoder|decoder|classifier)\.onnx|reconstructions\.png)$/;

/**
 * Takes away what is left of files that were being written when their process was killed.
 *
 * @throws NoemaError OUT_PATH
 */
export function clearLeftovers(folder: string): void {
  const left = namesIn(folder).filter((name) => {
    const [, file, pid] = /^\.(.+)\.(\d+)\.part$/.exec(name) ?? [];
    return file !== undefined && ofRun.test(file) && !isRunning(Number(pid));
  });
  remove(folder, left);
}

function remove(folder: string, names: readonly string[]): void {
  try {
    for (const name of names) rmSync(join(folder, name), { force: true });
  } catch (cause) {
    throw new NoemaError("OUT_PATH", {
      where: `--out "${folder}"`,
      found: `what an earlier training left cannot be taken away: ${(cause as Error).message}`,
      cause,
    });
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Whether a process is there of this number, other than this one. */
export function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
