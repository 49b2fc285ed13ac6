/** @file judgeSteering: whether an atom added to a picture's vector gives it a value that it lacked, and leaves the rest, as classifiers see it. */
import { NoemaError, type Random, unknownName } from "@noema/engine";
import type { Halves } from "../../dream/directions/labelling.js";
import { portion } from "../../factors/checked.js";
import { rowOf } from "../../factors/label-vectors.js";
import { permutation } from "../../permutation.js";
import { checkAmounts, checkCount, checkRows, checkShare, checkWhole, countVectors } from "../check-atoms.js";
import { checkDictionary, type Dictionary } from "../dictionary.js";
import { type Part, partsFrom, sumOfAtoms } from "../sum-of-atoms.js";
import { type CheckedDecoder, checkedDecoder, type ThoughtDecoder } from "../thought-decoder.js";

/** Something that a classifier, which knows nothing of atoms, tells of pictures. */
export interface JudgedFactor {
  readonly name: string;
  readonly values: readonly string[];
  /** N: what is known of each vector's picture, −1 where nothing: one that has the value does not lack it, whatever the judge sees. */
  readonly of?: ArrayLike<number>;
  /** @param pictures M×C×H×W, 0..1 @returns M: the value that is seen, an index of `values` */
  classes(pictures: Float32Array): Promise<ArrayLike<number>>;
}

export interface SteeringTarget {
  /** Names of a factor and of the value that pictures are to get. */
  readonly factor: string;
  readonly value: string;
  /** An atom, or several with an amount each. */
  readonly add: number | readonly Part[];
}

export interface JudgeSteeringOptions {
  /** N×D. */
  readonly vectors: Float32Array;
  readonly factors: readonly JudgedFactor[];
  readonly targets: readonly SteeringTarget[];
  /** How many times it is added: one of these is chosen. Negative ones take it away. */
  readonly amounts: readonly number[];
  /** Where the amount is chosen, and where it is measured. */
  readonly halves: Halves;
  /** Draws which vectors of a half are looked at. */
  readonly random: Random;
  /** At most so many vectors of each half. Default 1000. */
  readonly most?: number;
  /**
   * `smallest`: the amount nearest to 0 that gives the value to `wanted` of the pictures; where none does, as `balance`.
   * `balance`: of the share that is given the value, of which more than `wanted` counts as `wanted`, and the share that else is as before, the
   * amount of which the smaller is largest; of equals the one that leaves more as it was.
   */
  readonly choose?: "smallest" | "balance";
  /** Default 0.8. */
  readonly wanted?: number;
}

/** Of pictures that lacked the value; shares, 0..1. */
export interface SteeringScore {
  readonly amount: number;
  readonly count: number;
  /** Of how many the judge sees the value afterwards. */
  readonly flipped: number;
  /** How many of the other factors' judges see what they saw before, on average; 1 where there are no others. */
  readonly unchanged: number;
  /** Of how many pictures all other judges do. */
  readonly allUnchanged: number;
  /** By factor: of how many its judge sees what it saw before; of the target's own factor, how many it does not flip. */
  readonly byFactor: readonly number[];
}

export interface JudgedSteering {
  readonly factor: string;
  readonly value: string;
  readonly add: readonly Part[];
  /** By amount, where it was chosen; empty where no picture lacks the value. */
  readonly tried: readonly SteeringScore[];
  /** With the amount that was chosen, on pictures that had no part in the choice; none where none of them lacks the value. */
  readonly measured?: SteeringScore;
}

/**
 * What pictures are before is what the decoder makes of their own vectors, so that nothing is laid to an atom that the decoder does.
 * One target after the other: whoever asks may stop between them.
 *
 * @throws NoemaError ATOMS_EMPTY, VECTORS_LENGTH, VECTORS_NUMBERS, ATOMS_NUMBER, ATOMS_COUNT, ATOMS_RANGE, ATOMS_FACTOR,
 *   ATOMS_VALUE, ATOMS_DECODER, ATOMS_JUDGE where a classifier answers with another count, or with a value that there is not
 */
export async function* judgeSteering(
  decoder: ThoughtDecoder,
  dictionary: Dictionary,
  options: JudgeSteeringOptions,
): AsyncGenerator<JudgedSteering, void, undefined> {
  const { vectors, factors, amounts, halves, random, most = 1000, choose = "smallest", wanted = 0.8 } = options;
  checkDictionary(dictionary);
  const count = countVectors("vectors", vectors, dictionary.length);
  checkAmounts("amounts", amounts);
  checkWhole("most", most, 1);
  checkShare("wanted", wanted);
  for (const { name, of } of factors) {
    if (of !== undefined) checkCount(`factor "${name}": values of vectors`, of.length, count);
  }
  const targets = options.targets.map((target) => targetOf(target, factors, dictionary));
  for (const half of [halves.choosing, halves.measuring]) checkRows(Array.from(half), count);
  const looker = new Looker(checkedDecoder(decoder, dictionary.length), dictionary, { vectors, factors });
  const [choosing, measuring] = [
    await looker.look(drawn(halves.choosing, most, random)),
    await looker.look(drawn(halves.measuring, most, random)),
  ];
  for (const { factor, value, add } of targets) {
    const asked = { factor, value, add };
    const tried: SteeringScore[] = [];
    const lacking = looker.lacking(choosing, asked);
    if (lacking.rows.length > 0) for (const amount of amounts) tried.push(await looker.steer(lacking, asked, amount));
    const others = looker.lacking(measuring, asked);
    const told = { factor: factors[factor].name, value: factors[factor].values[value], add, tried };
    if (tried.length === 0 || others.rows.length === 0) yield told;
    else yield { ...told, measured: await looker.steer(others, asked, best(tried, { choose, wanted })) };
  }
}

interface Asked {
  readonly factor: number;
  readonly value: number;
  readonly add: readonly Part[];
}

/** Vectors, and what each factor's judge sees in what is decoded from them. */
interface Seen {
  readonly rows: readonly number[];
  /** By factor, one per row. */
  readonly classes: readonly Int32Array[];
}

class Looker {
  readonly #decoder: CheckedDecoder;
  readonly #dictionary: Dictionary;
  readonly #vectors: Float32Array;
  readonly #factors: readonly JudgedFactor[];

  constructor(
    decoder: CheckedDecoder,
    dictionary: Dictionary,
    { vectors, factors }: { readonly vectors: Float32Array; readonly factors: readonly JudgedFactor[] },
  ) {
    this.#decoder = decoder;
    this.#dictionary = dictionary;
    this.#vectors = vectors;
    this.#factors = factors;
  }

  async look(rows: readonly number[], add: readonly Part[] = [], times = 0): Promise<Seen> {
    const classes = this.#factors.map(() => new Int32Array(rows.length));
    for (let at = 0; at < rows.length; at += portion) {
      const some = rows.slice(at, at + portion);
      const steered = some.map((row) =>
        sumOfAtoms(this.#dictionary, add, { onto: rowOf(this.#vectors, row, this.#dictionary.length), times }),
      );
      // What judges see is a picture.
      const pictures = (await this.#decoder.decode(steered)).map((v) => Math.min(1, Math.max(0, v)));
      for (const [f, factor] of this.#factors.entries()) {
        const answers = await factor.classes(pictures);
        checkAnswers(factor, answers, some.length);
        classes[f].set(Array.from(answers), at);
      }
    }
    return { rows, classes };
  }

  lacking({ rows, classes }: Seen, { factor, value }: Asked): Seen {
    const { of } = this.#factors[factor];
    const kept = [...rows.keys()].filter((i) => classes[factor][i] !== value && of?.[rows[i]] !== value);
    return { rows: kept.map((i) => rows[i]), classes: classes.map((own) => Int32Array.from(kept, (i) => own[i])) };
  }

  async steer(before: Seen, { factor, value, add }: Asked, amount: number): Promise<SteeringScore> {
    const after = await this.look(before.rows, add, amount);
    const all = [...before.rows.keys()];
    const share = (is: (i: number) => boolean) => all.filter(is).length / all.length;
    const same = (f: number, i: number) => after.classes[f][i] === before.classes[f][i];
    const flipped = share((i) => after.classes[factor][i] === value);
    const byFactor = this.#factors.map((_, f) => (f === factor ? 1 - flipped : share((i) => same(f, i))));
    const others = [...this.#factors.keys()].filter((f) => f !== factor);
    return {
      ...{ amount, count: all.length, flipped, byFactor },
      unchanged: others.length === 0 ? 1 : others.reduce((sum, f) => sum + byFactor[f], 0) / others.length,
      allUnchanged: share((i) => others.every((f) => same(f, i))),
    };
  }
}

function best(
  tried: readonly SteeringScore[],
  { choose, wanted }: { readonly choose: NonNullable<JudgeSteeringOptions["choose"]>; readonly wanted: number },
): number {
  const enough = tried.filter(({ flipped }) => flipped >= wanted);
  if (choose === "smallest" && enough.length > 0) {
    return enough.reduce((a, b) => (Math.abs(b.amount) < Math.abs(a.amount) ? b : a)).amount;
  }
  const worth = ({ flipped, unchanged }: SteeringScore) => Math.min(flipped, wanted, unchanged);
  const better = (b: SteeringScore, a: SteeringScore) => worth(b) - worth(a) || b.unchanged - a.unchanged;
  return tried.reduce((a, b) => (better(b, a) > 0 ? b : a)).amount;
}

function drawn(rows: Uint32Array, most: number, random: Random): number[] {
  return Array.from(permutation(rows.length, random).subarray(0, most).sort(), (i) => rows[i]);
}

function targetOf(
  { factor, value, add }: SteeringTarget,
  factors: readonly JudgedFactor[],
  { count }: Dictionary,
): Asked {
  const names = factors.map(({ name }) => name);
  const place = names.indexOf(factor);
  if (place < 0) throw unknownName("ATOMS_FACTOR", "factor", factor, names);
  const { values } = factors[place];
  if (!values.includes(value)) throw unknownName("ATOMS_VALUE", `${factor}`, value, values);
  return { factor: place, value: values.indexOf(value), add: partsFrom(add, count) };
}

function checkAnswers({ name, values }: JudgedFactor, answers: ArrayLike<number>, count: number): void {
  const wrong = Array.from(answers).find(
    (answer) => !(Number.isInteger(answer) && answer >= 0 && answer < values.length),
  );
  if (answers.length === count && wrong === undefined) return;
  throw new NoemaError("ATOMS_JUDGE", {
    where: `classifier of "${name}"`,
    found: wrong === undefined ? `${answers.length} answers` : `${wrong} among its answers`,
    needed: wrong === undefined ? `one for each of ${count} pictures` : `0 to ${values.length - 1}`,
  });
}
