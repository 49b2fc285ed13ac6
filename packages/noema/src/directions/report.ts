/** @file What a comparison of directions is reported from: the figure, the page and the numbers all show the same. */
import type { Halves, Labelling } from "@noema/lenses";
import type { ShownDirection } from "./dream-directions.js";
import type { Measured } from "./measure-kinds.js";
import type { Unreadable } from "./read-activations.js";

export interface Report extends Measured {
  readonly model: string;
  readonly layer: string;
  readonly channels: number;
  readonly positions: number;
  /** All that could be read and have labels, by index; names within the folder. */
  readonly pictures: readonly string[];
  readonly labellings: readonly Labelling[];
  readonly halves: Halves;
  /** Sentences. */
  readonly verdict: readonly string[];
  /** What was left out, and other things to know. */
  readonly notes: readonly string[];
  readonly unreadable: readonly Unreadable[];
  readonly options: Readonly<Record<string, string | number>>;
  readonly shown: readonly (readonly ShownDirection[])[];
}

/** What the numbers cannot tell, whatever they are. */
export const limits: readonly string[] = [
  "Selective here means: tells one of the given labels from the others. A direction that follows something without a label counts as if it followed nothing.",
  "Labels that many directions could know, such as large classes, dominate the mean; the table of directions says which they are.",
  "The intervals cover the choice of pictures that were measured on and of directions. They do not cover the halving of the pictures, the fit of PCA, ICA and NMF, or the training of the network: repeat with another --seed to see the first two.",
  "They speak of this layer, these pictures and these labels. A direction with a high score need not be what the network computes with, and pictures of a direction that look alike do not show that it means one thing.",
];

/** Everything in numbers, as directions.json holds it. */
export function numbersOf(report: Report): unknown {
  const { kinds, comparison, labellings, halves, pictures, ...rest } = report;
  return {
    ...rest,
    shown: undefined,
    pictures: pictures.length,
    halves: {
      choosing: [...halves.choosing].map((i) => pictures[i]),
      measuring: [...halves.measuring].map((i) => pictures[i]),
    },
    labellings: labellings.map(({ name, labels, of }) => ({
      name,
      labels: Object.fromEntries(labels.map((label, l) => [label, of.filter((own) => own === l).length])),
    })),
    comparison,
    kinds: kinds.map(({ directions, ...kind }) => ({
      ...kind,
      directions: directions.map((one) => ({
        name: one.name,
        vector: `vectors/${one.name}.json`,
        sign: one.sign,
        labelling: labellings[one.labelling].name,
        label: labellings[one.labelling].labels[one.label],
        chosenAt: one.chosenAt,
        averagePrecision: one.precision,
        chance: one.chance,
        beyondChance: one.beyondChance,
        pValue: one.pValue,
        entropyBits: one.entropy,
        chanceEntropyBits: one.chanceEntropy,
        first: one.first.map((i) => pictures[i]),
      })),
    })),
  };
}
