/** @file attribute: the mean of chosen examples as a vector, such as a smile: decoded, added to pictures, and as a sum of atoms. */
import { NoemaError } from "@noema/engine";
import { rowOf } from "../../factors/label-vectors.js";
import { type Panel, signed, spoken, type View } from "../../panel.js";
import { checkAmounts, checkCount, checkRows, checkUsableCodes, countVectors } from "../check-atoms.js";
import type { Codes } from "../codes.js";
import { checkDictionary, type Dictionary } from "../dictionary.js";
import { squaredDistance } from "../statistics/explained-curve.js";
import { type Part, partsOf, sumOfAtoms } from "../sum-of-atoms.js";
import { checkedDecoder, checkRoom, type ThoughtDecoder } from "../thought-decoder.js";
import { checkNamed, type NamedPictures } from "./picture-names.js";
import { steered } from "./steer.js";

export interface AttributeOptions {
  /** N×D. */
  readonly vectors: Float32Array;
  /** Which of them have the attribute. */
  readonly chosen: readonly number[];
  /**
   * What the mean of the chosen is told from. `mean`: the dictionary's mean, which is White's attribute vector. `others`: the mean of
   * those not chosen, without what both have in common.
   */
  readonly from?: "mean" | "others";
  /** Vectors of D numbers each, with the mean still in them, as sums of atoms. */
  readonly code: (vectors: Float32Array) => Codes | Promise<Codes>;
  /** What the attribute is called. */
  readonly name?: string;
  /** What it is added to. */
  readonly onto?: NamedPictures & {
    /** M×D. */
    readonly vectors: Float32Array;
    /** How many times. Default −1, −0.5, 0, 0.5, 1, 1.5, 2. */
    readonly amounts?: readonly number[];
  };
}

export interface Attribute extends View {
  /** D: what is added to a vector. */
  readonly direction: Float32Array;
  /** The atoms that it is made of, the strongest first. */
  readonly parts: readonly Part[];
  /** How much of it they leave, ‖v − Σ‖² / ‖v‖², 0..1. */
  readonly left: number;
}

/** From its opposite to twice as much as examples have. */
const usualAmounts: readonly number[] = [-1, -0.5, 0, 0.5, 1, 1.5, 2];

/**
 * Attribute vectors (White 2016, "Sampling generative networks") and what they are made of. The first panel has the mean, the
 * attribute on the mean, the sum of its atoms on the mean, and each atom's part alone; the second adds the attribute to pictures.
 *
 * @throws NoemaError ATOMS_EMPTY, VECTORS_LENGTH, VECTORS_NUMBERS, ATOMS_NUMBER, ATOMS_COUNT, ATOMS_RANGE, ATOMS_CODES,
 *   CODES_SHAPE, ATOMS_MANY, ATOMS_DECODER; what checkDictionary refuses; ATOMS_ALIKE where the chosen are as the rest
 */
export async function attribute(
  decoder: ThoughtDecoder,
  dictionary: Dictionary,
  options: AttributeOptions,
): Promise<Attribute> {
  const { code, name = "attribute", onto } = options;
  checkDictionary(dictionary);
  const { mean, length } = dictionary;
  const direction = directionOf(dictionary, options);
  const looker = checkedDecoder(decoder, length);
  const { decode, picture } = looker;
  const amounts = onto?.amounts ?? usualAmounts;
  checkAmounts("amounts", amounts);
  const count = onto === undefined ? 0 : countVectors("vectors that it is added to", onto.vectors, length);
  if (onto !== undefined) checkNamed(onto, count, picture);
  checkRoom(count * amounts.length, picture);
  const whole = mean.map((v, d) => v + direction[d]);
  const codes = await code(whole.slice());
  checkUsableCodes(codes, dictionary.count);
  checkCount("codes of the attribute", codes.vectors, 1);
  const parts = partsOf(codes, 0).sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount) || a.atom - b.atom);
  const sum = sumOfAtoms(dictionary, parts);
  const left = squaredDistance(whole, sum) / squaredDistance(whole, mean);
  const itself: Panel = {
    heading: { text: name, note: `${options.chosen.length} examples` },
    axes: { along: "what it is made of" },
    rows: [{ text: "decoded" }],
    columns: [
      { text: "mean" },
      { text: name },
      { text: "its atoms", note: `${spoken(100 * left, 2)} % left` },
      ...parts.map(({ atom, amount }) => ({ text: `atom ${atom}`, note: signed(amount) })),
    ],
    pictures: await decode([mean, whole, sum, ...parts.map((part) => sumOfAtoms(dictionary, [part]))]),
  };
  const panels = [itself];
  if (onto !== undefined) {
    const heading = { text: `${name}, added` };
    panels.push({ heading, ...(await steered(looker, direction, { ...onto, amounts, count })) });
  }
  return { picture, panels, direction, parts, left };
}

function directionOf({ mean, length }: Dictionary, { vectors, chosen, from = "mean" }: AttributeOptions): Float32Array {
  const count = countVectors("vectors", vectors, length);
  checkRows(chosen, count);
  const examples = new Set(chosen);
  const others = Array.from({ length: count }, (_, row) => row).filter((row) => !examples.has(row));
  if (from === "others" && others.length === 0) {
    throw new NoemaError("ATOMS_EMPTY", {
      where: "vectors that are not chosen",
      found: "there are none",
      needed: "the attribute is told from them",
    });
  }
  const base = from === "others" ? meanOf(vectors, others, length) : mean;
  const own = meanOf(vectors, [...examples], length);
  const direction = Float32Array.from(own, (v, d) => v - base[d]);
  if (direction.every((v) => v === 0)) {
    throw new NoemaError("ATOMS_ALIKE", {
      where: "attribute",
      found: "the mean of the chosen is that of the rest",
      needed: "examples that have something of their own",
    });
  }
  return direction;
}

function meanOf(vectors: Float32Array, rows: readonly number[], length: number): Float64Array {
  const sum = new Float64Array(length);
  for (const row of rows) {
    const own = rowOf(vectors, row, length);
    for (let d = 0; d < length; d++) sum[d] += own[d] / rows.length;
  }
  return sum;
}
