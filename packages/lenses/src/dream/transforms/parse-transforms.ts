/** @file The text form of transforms: `jitter:8 scale:0.9..1.1 rotate:-10..10 blur:1..1.1 noise:0.1..0`, `lucid`, `none`. */
import { nearestNames } from "@noema/engine";
import { type Amount, isRange } from "../amount.js";
import { pointAt } from "../point-at.js";
import type { Move } from "./affine.js";
import type { AffineSampleOptions } from "./affine-sample.js";
import { composed } from "./composed.js";
import { transforms as kinds } from "./index.js";
import { lucidTransforms } from "./lucid.js";
import type { AmountSpec, Transform, TransformKind } from "./transform.js";

export interface ParsedTransforms {
  /** The same, as short as it can be said: what a recipe keeps. */
  readonly text: string;
  readonly transforms: readonly Transform[];
}

type Around = NonNullable<AffineSampleOptions["around"]>;

/** Words for what lies around the picture; it holds for the moves after it, up to the next one. */
const surroundings: Readonly<Record<string, Around>> = {
  black: 0,
  grey: 0.5,
  white: 1,
  mirrored: "mirrored",
  random: "random",
};
const usual = "grey";

/** Words that stand alone. */
const alone: Readonly<Record<string, readonly Transform[]>> = { lucid: lucidTransforms, none: [] };

/** Longer texts are no transforms that anybody wrote. */
const maxLength = 10_000;

interface Word {
  /** Where it begins. */
  readonly at: number;
  readonly name: string;
  /** What stands after the colon; undefined where there is none. */
  readonly amount: string | undefined;
}

type Fail = (code: string, at: number, found: string) => Error;

/**
 * Reads transforms: words with spaces between them, in the order in which the picture undergoes them.
 *
 * @throws NoemaError TRANSFORM_SYNTAX, TRANSFORM_UNKNOWN, TRANSFORM_AMOUNT, each pointing at the character
 */
export function parseTransforms(text: string): ParsedTransforms {
  const fail: Fail = (code, at, found) => pointAt(code, "transforms", text, at, found);
  if (text.length > maxLength) throw fail("TRANSFORM_SYNTAX", maxLength, `there are more than ${maxLength} characters`);
  const words = [...text.matchAll(/\S+/g)].map(({ 0: word, index: at }): Word => {
    const colon = word.indexOf(":");
    return colon < 0
      ? { at, name: word, amount: undefined }
      : { at, name: word.slice(0, colon), amount: word.slice(colon + 1) };
  });
  if (words.length === 0) throw fail("TRANSFORM_SYNTAX", 0, 'a transform is missing here; for none at all, say "none"');
  const [first] = words;
  if (words.length === 1 && first.amount === undefined && Object.hasOwn(alone, first.name)) {
    return { text: first.name, transforms: alone[first.name] };
  }
  return arranged(words, fail);
}

/** Moves of one surrounding belong together; other transforms have none. */
function arranged(words: readonly Word[], fail: Fail): ParsedTransforms {
  const said: string[] = [];
  const out: Transform[] = [];
  let parts: (Move | Transform)[] = [];
  let [around, saidAround] = [usual, usual];
  let waiting: Word | undefined;
  const flush = () => {
    out.push(...composed(parts, { around: surroundings[around] }));
    parts = [];
  };
  const refuseIdle = () => {
    if (waiting === undefined) return;
    throw fail("TRANSFORM_SYNTAX", waiting.at, "nothing that moves the picture comes after it");
  };
  for (const word of words) {
    if (word.name === "around") {
      refuseIdle();
      const chosen = surroundingOf(word, fail);
      if (chosen !== around) flush();
      around = chosen;
      waiting = word;
      continue;
    }
    const kind = kindOf(word, fail);
    const amount = amountOf(kind, word, fail);
    const part = kind.create(amount);
    if (typeof part === "function") {
      waiting = undefined;
      if (around !== saidAround) said.push(`around:${around}`);
      saidAround = around;
    }
    parts.push(part);
    said.push(wordOf(kind, amount));
  }
  refuseIdle();
  flush();
  return { text: said.join(" "), transforms: out };
}

function surroundingOf({ at, amount = "" }: Word, fail: Fail): string {
  if (Object.hasOwn(surroundings, amount)) return amount;
  const known = Object.keys(surroundings).join(", ");
  throw fail("TRANSFORM_AMOUNT", at, `around what? One of ${known} follows, as in around:${usual}`);
}

function kindOf({ at, name }: Word, fail: Fail): TransformKind {
  const kind = kinds.find((candidate) => candidate.name === name);
  if (kind !== undefined) return kind;
  if (Object.hasOwn(alone, name)) throw fail("TRANSFORM_SYNTAX", at, `"${name}" stands alone`);
  if (name === "") throw fail("TRANSFORM_SYNTAX", at, "the name of a transform is missing before the colon");
  const known = [...kinds.map((candidate) => candidate.name), "around", ...Object.keys(alone)];
  const nearest = nearestNames(name, known).map((n) => `"${n}"`);
  throw fail("TRANSFORM_UNKNOWN", at, `no transform has this name; nearest: ${nearest.join(", ")}`);
}

const number = /^[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?/i;

/** Reads NUMBER, NUMBER..NUMBER or NUMBER,NUMBER,NUMBER. */
function amountOf(kind: TransformKind, word: Word, fail: Fail): Amount {
  const { amount: spec } = kind;
  const form = `${kind.name}:${formOf(spec)}`;
  if (word.amount === undefined || word.amount === "") {
    if (word.amount === undefined && spec.otherwise !== undefined) return [spec.otherwise];
    throw fail("TRANSFORM_AMOUNT", word.at + word.name.length, `the number is missing: ${form}`);
  }
  const start = word.at + word.name.length + 1;
  const text = word.amount;
  const values: number[] = [];
  let [at, separator] = [0, ""];
  for (;;) {
    const found = number.exec(text.slice(at))?.[0];
    if (found === undefined) throw fail("TRANSFORM_AMOUNT", start + at, `a number belongs here: ${form}`);
    values.push(checked(Number(found), spec, (complaint) => fail("TRANSFORM_AMOUNT", start + at, complaint)));
    at += found.length;
    if (at === text.length) break;
    const next = text.startsWith("..", at) ? ".." : text[at];
    const isAllowed =
      next === ".."
        ? spec.form !== "one" && separator === ""
        : next === "," && spec.form === "drawn" && separator !== "..";
    if (!isAllowed) throw fail("TRANSFORM_AMOUNT", start + at, `nothing more belongs here: ${form}`);
    separator = next;
    at += next.length;
  }
  return separator === ".." && values[0] !== values[1]
    ? { from: values[0], to: values[1] }
    : simplest(values, separator);
}

const simplest = (values: readonly number[], separator: string) => (separator === ".." ? [values[0]] : values);

function checked(value: number, { least, most, isWhole }: AmountSpec, fail: (complaint: string) => Error): number {
  if (isWhole && !Number.isInteger(value)) throw fail("a whole number belongs here");
  if (!(value >= least && value <= most)) throw fail(`the number must be from ${least} to ${most}`);
  // Minus zero would be written as zero.
  return value + 0;
}

function formOf({ name, form }: AmountSpec): string {
  const several = {
    one: "",
    drawn: " (A..B for all between, A,B,C for these)",
    course: " (A..B from beginning to end)",
  };
  return `${name}${several[form]}`;
}

function wordOf({ name, amount: spec }: TransformKind, amount: Amount): string {
  if (isRange(amount)) return `${name}:${amount.from}..${amount.to}`;
  if (amount.length === 1 && amount[0] === spec.otherwise) return name;
  return `${name}:${amount.join(",")}`;
}
