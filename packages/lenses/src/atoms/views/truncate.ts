/** @file truncate: a picture from one atom, from two, from three …, beside the atom that each step adds. */
import { rowOf } from "../../factors/label-vectors.js";
import { type Caption, type Panel, signed, spoken, type View } from "../../panel.js";
import { countVectors } from "../check-atoms.js";
import type { Codes } from "../codes.js";
import { checkDictionary, type Dictionary } from "../dictionary.js";
import { checkSteps, squaredDistance } from "../statistics/explained-curve.js";
import { type Part, partsOf, sumOfAtoms } from "../sum-of-atoms.js";
import { type CheckedDecoder, checkedDecoder, checkRoom, type ThoughtDecoder } from "../thought-decoder.js";
import { greyDifference } from "./grey-difference.js";
import { checkNamed, type NamedPictures, nameOf, originalOf } from "./picture-names.js";

export interface TruncateOptions extends NamedPictures {
  /** N×D. */
  readonly vectors: Float32Array;
  /** Codes of the N vectors with at most 1, 2 … K atoms, or of any other numbers of atoms that grow. */
  readonly steps: readonly Codes[];
}

/** One vector from so many atoms. */
interface Step {
  readonly parts: readonly Part[];
  /** Those that the step before has not. */
  readonly added: readonly Part[];
}

/**
 * A panel for each picture, a column for each step. Coefficients are found again at each step, so that those of earlier atoms change
 * too; the caption says that of the atom added. What is left is ‖x − x̂‖² / ‖x − mean‖². A vector that takes no more atoms ends early.
 *
 * @throws NoemaError ATOMS_EMPTY, VECTORS_LENGTH, VECTORS_NUMBERS, ATOMS_NUMBER, ATOMS_COUNT, ATOMS_CODES, CODES_SHAPE,
 *   ATOMS_RANGE, ATOMS_MANY, ATOMS_DECODER; what checkDictionary refuses
 */
export async function truncate(
  decoder: ThoughtDecoder,
  dictionary: Dictionary,
  options: TruncateOptions,
): Promise<View> {
  const { vectors, steps } = options;
  checkDictionary(dictionary);
  const count = countVectors("vectors", vectors, dictionary.length);
  checkSteps(steps, count, dictionary.count);
  const looker = checkedDecoder(decoder, dictionary.length);
  checkNamed(options, count, looker.picture);
  checkRoom(count * (steps.length + 1) * 3, looker.picture);
  const panels: Panel[] = [];
  for (let row = 0; row < count; row++) {
    const vector = rowOf(vectors, row, dictionary.length);
    panels.push(
      await panelOf(looker, dictionary, {
        ...{ vector, steps: stepsOf(steps, row) },
        heading: { text: nameOf(options, row) },
        from: originalOf(options, row, looker.size),
      }),
    );
  }
  return { picture: looker.picture, panels };
}

async function panelOf(
  { decode, size }: CheckedDecoder,
  dictionary: Dictionary,
  shown: {
    readonly vector: Float32Array;
    readonly steps: readonly Step[];
    readonly heading: Caption;
    readonly from: readonly Caption[];
  },
): Promise<Panel> {
  const { vector, steps, heading, from } = shown;
  const sums = steps.map(({ parts }) => sumOfAtoms(dictionary, parts));
  const decoded = await decode([vector, ...sums, ...steps.map(({ added }) => sumOfAtoms(dictionary, added))]);
  const of = (place: number) => decoded.subarray(place * size, (place + 1) * size);
  const width = steps.length;
  const pictures = new Float32Array(3 * width * size);
  for (let k = 0; k < width; k++) {
    pictures.set(of(1 + k), k * size);
    pictures.set(of(1 + width + k), (width + k) * size);
    pictures.set(greyDifference(of(1 + k), of(Math.max(1, k))), (2 * width + k) * size);
  }
  const whole = squaredDistance(vector, dictionary.mean);
  return {
    heading,
    from: [...from, { text: "whole vector", picture: of(0).slice() }],
    axes: { along: "atoms, one after the other" },
    rows: [{ text: "sum so far" }, { text: "what is added", note: "alone, on the mean" }, { text: "what it changes" }],
    columns: steps.map(({ added }, k) => ({
      text: k === 0 ? "mean" : said(added),
      note: `${spoken(whole === 0 ? 0 : (100 * squaredDistance(vector, sums[k])) / whole, 2)} % left`,
    })),
    pictures,
  };
}

/** The mean alone, then every step at which something has changed. */
function stepsOf(given: readonly Codes[], row: number): Step[] {
  const steps: Step[] = [{ parts: [], added: [] }];
  for (const codes of given) {
    const parts = partsOf(codes, row);
    const before = steps.at(-1)!.parts;
    const added = parts.filter(({ atom }) => !before.some((other) => other.atom === atom));
    if (added.length > 0 || parts.length !== before.length) steps.push({ parts, added });
  }
  return steps;
}

function said(added: readonly Part[]): string {
  if (added.length !== 1) return added.length === 0 ? "fewer" : `${added.length} atoms`;
  const [{ atom, amount }] = added;
  return `${atom} ${signed(amount)}`;
}
