/** @file Exhibit: the pictures that views are made of, from the test part of a run's data or from the user's files. */
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { readPicture } from "../pictures/read-picture.js";
import type { OpenRun } from "../training/open-run.js";
import { picturesOf, type Subject } from "../training/subject.js";

export interface Exhibit {
  /** N×C×H×W, 0..1. */
  readonly pictures: Float32Array;
  readonly names: readonly string[];
}

/**
 * Pictures of different persons where the data know persons, else of different labels in turn; the first ones of the test part
 * from `skip` on.
 */
export function chosen({ label, asked: from, heldOut: person }: Subject, count: number, skip = 0): Int32Array {
  const wanted = new Map<number, number[]>();
  for (const i of from) {
    const key = (person ?? label).of[i];
    const own = wanted.get(key) ?? [];
    wanted.set(key, own);
    own.push(i);
  }
  const groups = [...wanted].sort(([a], [b]) => a - b).map(([, own]) => own);
  const found: number[] = [];
  for (let round = 0; found.length < count + skip && round < from.length; round++) {
    for (const [g, own] of groups.entries()) {
      // Of every person another expression, so that there is something of each.
      const at = person === undefined ? round : (round + g) % own.length;
      if (round < own.length && found.length < count + skip) found.push(own[at]);
    }
  }
  return Int32Array.from(found.slice(skip, skip + count));
}

/**
 * As many pictures of the test part as there are to show; those in the folder `examples` of the run where they are enough: then
 * the data need not be there.
 */
export async function exhibitOf(run: OpenRun, count: number, skip = 0): Promise<Exhibit> {
  const examples = examplesOf(run).slice(skip, skip + count);
  if (examples.length === count) return named(await exhibitFiles(run, examples));
  const subject = await run.subject();
  const indices = chosen(subject, count, skip);
  const { label, dataset } = subject;
  return {
    pictures: picturesOf(dataset, indices),
    names: Array.from(indices, (i) => label.values[label.of[i]]),
  };
}

function examplesOf({ folder }: OpenRun): string[] {
  const place = join(folder, "examples");
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((name) => name.endsWith(".png"))
    .sort()
    .map((name) => join(place, name));
}

/** Examples are called after their label: 03-happy.png. */
function named({ pictures, names }: Exhibit): Exhibit {
  return { pictures, names: names.map((name) => name.replace(/^\d+-(.+)\.png$/, "$1")) };
}

/**
 * Files, brought to the size that the run was trained on.
 *
 * @throws NoemaError what cannot be read
 */
export async function exhibitFiles({ file }: OpenRun, paths: readonly string[]): Promise<Exhibit> {
  const { channels, height, width } = file.picture;
  const each = channels * height * width;
  const pictures = new Float32Array(paths.length * each);
  for (const [k, path] of paths.entries()) {
    pictures.set((await readPicture(path, { width, height, channels })).data, k * each);
  }
  return { pictures, names: paths.map((path) => basename(path)) };
}
