/** @file split: which pictures a network is trained on, and which are kept to test it. */
import { NoemaError, type Random } from "@noema/engine";
import { permutation } from "../permutation.js";

export interface SplitOptions {
  /** N: the label of each picture, 0 … values − 1. */
  readonly label: Int32Array;
  /** Names of the labels. */
  readonly values: readonly string[];
  /** N, 1 for pictures that the data themselves set apart for testing: then nothing is drawn. */
  readonly given?: Uint8Array | undefined;
  /** What is held out whole: the persons of the test part are in no picture of the training part. */
  readonly heldOut?: HeldOut | undefined;
  /** Of the persons, or of each label's pictures, so many are for testing: 0 … 1, 1 excluded. Default: 0.1. */
  readonly share?: number | undefined;
  /** Whether a label that is missing in either part is an error; else it is a note. */
  readonly everyLabel?: boolean | undefined;
  /** Whether one label is enough: nothing is to be told apart. */
  readonly oneLabel?: boolean | undefined;
  readonly random: Random;
}

interface HeldOut {
  /** What it is called, such as `person`. */
  readonly name: string;
  /** N: which of its values each picture has. */
  readonly of: Int32Array;
}

export interface Split {
  /** Indices of pictures, rising. */
  readonly training: Int32Array;
  /** Indices of the others, rising; empty where the share is 0. */
  readonly test: Int32Array;
  /** How it came about, for reports. */
  readonly manner: "given" | "held out" | "stratified";
  /** What the user should know, in sentences. */
  readonly notes: readonly string[];
}

const usualShare = 0.1;

/** Names of so many labels are told. */
const mostNamed = 10;

/**
 * As the data say; else with whole persons held out, so that the test tells what holds for others; else by label, each
 * with its share of test pictures, at least one of two. A picture that is the only one of its label is for training.
 *
 * @throws NoemaError LABELS_COUNT, LABELS_VALUE, LABELS_ONE, LABEL_FEW, SPLIT_SHARE, SPLIT_EMPTY
 */
export function split(options: SplitOptions): Split {
  const { label, values, given, heldOut, share = usualShare, everyLabel = false, oneLabel = false, random } = options;
  checkOptions(options, share);
  const notes: string[] = [];
  const found =
    fromData(label.length, given, notes) ?? (share > 0 ? byGroup(label, heldOut, share, random, notes) : undefined);
  const { test, manner } = found ?? { test: stratified(label, values.length, share, random), manner: "stratified" };
  const indices = (wanted: number) => Int32Array.from(test.keys()).filter((i) => test[i] === wanted);
  const parts = { training: indices(0), test: indices(1) };
  if (parts.training.length === 0) throw emptyTraining(label.length);
  if (!oneLabel) checkLabels(options, parts);
  // Without a test part nothing is missing in it.
  const missing = [
    ...missingLabels(options, parts.training, "training"),
    ...(share > 0 || manner === "given" ? missingLabels(options, parts.test, "test") : []),
  ];
  if (everyLabel && missing.length > 0) throw fewPictures(missing[0]);
  return { ...parts, manner, notes: [...notes, ...missing] };
}

interface Marked {
  /** N, 1 for test pictures. */
  readonly test: Uint8Array;
  readonly manner: Split["manner"];
}

function fromData(count: number, given: Uint8Array | undefined, notes: string[]): Marked | undefined {
  if (given === undefined) return undefined;
  if (given.some((one) => one === 1)) return { test: given, manner: "given" };
  notes.push(`None of the ${count} pictures is of the test part that the data have: others are held out.`);
  return undefined;
}

/** Undefined where no person can be held out without taking a label away from training. */
function byGroup(
  label: Int32Array,
  heldOut: HeldOut | undefined,
  share: number,
  random: Random,
  notes: string[],
): Marked | undefined {
  if (heldOut === undefined) return undefined;
  const { name, of } = heldOut;
  const members = gathered(of);
  const left = counts(label);
  const wanted = Math.min(members.size - 1, Math.max(1, Math.round(share * members.size)));
  const test = new Uint8Array(label.length);
  let held = 0;
  for (const pictures of shuffled([...members.values()], random)) {
    if (held === wanted) break;
    const own = counts(label, pictures);
    if ([...own].some(([value, count]) => left.get(value) === count)) continue;
    for (const [value, count] of own) left.set(value, left.get(value)! - count);
    for (const i of pictures) test[i] = 1;
    held++;
  }
  if (held === 0) {
    notes.push(`No ${name} can be held out whole without taking a label from training: pictures are drawn by label.`);
    return undefined;
  }
  if (held < wanted) {
    notes.push(`${held} of ${wanted} values of ${name} are held out: the others have labels that training needs.`);
  }
  return { test, manner: "held out" };
}

function stratified(label: Int32Array, values: number, share: number, random: Random): Uint8Array {
  const test = new Uint8Array(label.length);
  const members = gathered(label);
  for (let value = 0; value < values; value++) {
    const pictures = members.get(value) ?? [];
    if (pictures.length < 2 || share === 0) continue;
    const count = Math.min(pictures.length - 1, Math.max(1, Math.round(share * pictures.length)));
    for (const i of shuffled(pictures, random).slice(0, count)) test[i] = 1;
  }
  return test;
}

/** Pictures by value, in the order of their first ones. */
function gathered(of: Int32Array): Map<number, number[]> {
  const members = new Map<number, number[]>();
  for (const [i, value] of of.entries()) {
    const known = members.get(value);
    if (known === undefined) members.set(value, [i]);
    else known.push(i);
  }
  return members;
}

function counts(label: Int32Array, pictures: Iterable<number> = label.keys()): Map<number, number> {
  const found = new Map<number, number>();
  for (const i of pictures) found.set(label[i], (found.get(label[i]) ?? 0) + 1);
  return found;
}

function shuffled<T>(from: readonly T[], random: Random): T[] {
  return Array.from(permutation(from.length, random), (i) => from[i]);
}

/** A sentence about the labels that pictures have, but none of this part. */
function missingLabels({ label, values }: SplitOptions, part: Int32Array, name: string): string[] {
  const here = counts(label, part);
  const missing = [...counts(label)].filter(([value]) => !here.has(value)).sort(([a], [b]) => a - b);
  if (missing.length === 0) return [];
  const named = missing
    .slice(0, mostNamed)
    .map(([value, count]) => `"${values[value]}" (${count} picture${count === 1 ? "" : "s"})`);
  const more = missing.length > mostNamed ? `, and ${missing.length - mostNamed} more` : "";
  return [`No ${name} picture has the label ${named.join(", ")}${more}.`];
}

function checkOptions({ label, values, given, heldOut }: SplitOptions, share: number): void {
  if (!(share >= 0 && share < 1)) {
    throw new NoemaError("SPLIT_SHARE", {
      where: "the share of pictures for testing",
      found: String(share),
      needed: "a number from 0 to 1, 1 excluded",
    });
  }
  for (const [name, length] of [
    ["marks of the test part", given?.length],
    [`values of ${heldOut?.name}`, heldOut?.of.length],
  ] as const) {
    if (length === undefined || length === label.length) continue;
    throw new NoemaError("LABELS_COUNT", {
      where: "the pictures to be split",
      found: `there are ${label.length} labels and ${length} ${name}`,
      needed: "one for each picture",
    });
  }
  const wrong = label.findIndex((value) => !(value >= 0 && value < values.length));
  if (wrong < 0) return;
  throw new NoemaError("LABELS_VALUE", {
    where: `picture ${wrong}`,
    found: `its label is number ${label[wrong]}`,
    needed: `0 to ${values.length - 1}, for there are ${values.length} names of labels`,
  });
}

function checkLabels({ label, values }: SplitOptions, { training }: Pick<Split, "training">): void {
  const present = [...counts(label, training).keys()];
  if (present.length > 1) return;
  throw new NoemaError("LABELS_ONE", {
    where: `the ${training.length} pictures for training`,
    found: `all have the label "${values[present[0]]}"`,
    needed: "two labels at least: with one there is nothing to tell apart",
  });
}

function emptyTraining(count: number): NoemaError {
  return new NoemaError("SPLIT_EMPTY", {
    where: `the ${count} pictures`,
    found: count === 0 ? "there are none" : "all are of the test part that the data have",
    needed: "some to train on",
  });
}

function fewPictures(found: string): NoemaError {
  return new NoemaError("LABEL_FEW", {
    where: "the pictures for training and for testing",
    found: found.slice(0, -1),
    needed: "every label needs two pictures at least, one to train on and one to test with",
    remedy: "Add pictures of it, take it out, or let the share for testing be 0.",
  });
}
