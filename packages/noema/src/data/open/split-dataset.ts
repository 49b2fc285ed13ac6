/** @file Which pictures of a dataset a network is trained on, which test it, and which make pairs. */
import { NoemaError, seededRandom } from "@noema/engine";
import { type Pairs, pairs, type Split, split } from "@noema/lenses";
import type { Dataset, Factor } from "../dataset.js";

/** Streams of the seed. */
const [splittingStream, pairingStream] = [302, 303];

export interface SplitDatasetOptions {
  /** Of the persons, or of each label's pictures, so many are for testing, 0..1; where the data say, it is as they say. */
  readonly share?: number | undefined;
  /** Whether a label that is missing in either part is an error. */
  readonly everyLabel?: boolean | undefined;
  /** Whether the label is to be told: where it is not, pictures are drawn whatever they are called. Default true. */
  readonly labelled?: boolean | undefined;
  readonly seed: number;
}

/** @throws NoemaError what `split` throws */
export function splitDataset(
  dataset: Pick<Dataset, "kind" | "count" | "label" | "heldOutBy" | "test" | "factors">,
  { share, everyLabel, labelled = true, seed }: SplitDatasetOptions,
): Split {
  const { label, heldOutBy, test } = dataset;
  const random = seededRandom(seed, splittingStream);
  if (!labelled) {
    const heldOut = heldOutBy === undefined ? undefined : factorNamed(dataset, heldOutBy);
    return split({
      label: new Int32Array(dataset.count),
      values: [""],
      given: test,
      heldOut,
      share,
      oneLabel: true,
      random,
    });
  }
  const { values, of } = factorNamed(dataset, label);
  // Who is the label must be known from training.
  const heldOut = heldOutBy === undefined || heldOutBy === label ? undefined : factorNamed(dataset, heldOutBy);
  return split({ label: of, values, given: test, heldOut, share, everyLabel, random });
}

export interface PairDatasetOptions {
  /** Only these pictures. */
  readonly of?: Int32Array | undefined;
  /** At most so many pairs. */
  readonly most?: number | undefined;
  readonly seed: number;
}

/** @throws NoemaError PAIRS_UNKNOWN where nothing says what pairs share, and what `pairs` throws */
export function pairsOfDataset(dataset: Dataset, { of, most, seed }: PairDatasetOptions): Pairs {
  const { kind, label, factors, pairedBy } = dataset;
  if (pairedBy === undefined) {
    throw new NoemaError("PAIRS_UNKNOWN", {
      where: `the pictures of ${kind}, whose label is ${label}`,
      found: "nothing says which of them show the same but for the label",
      needed: "to be known, such as who is in each",
      remedy: `Name the person in a column "person" of a table of labels, or train without pairs. Known: ${factors.map(({ name }) => name).join(", ")}.`,
    });
  }
  const groups = pairedBy.map((name) => factorNamed(dataset, name).of);
  const random = seededRandom(seed, pairingStream);
  return pairs({ label: factorNamed(dataset, label).of, groups, of, most, random });
}

/** @throws NoemaError FACTOR_UNKNOWN */
function factorNamed({ kind, factors }: Pick<Dataset, "kind" | "factors">, name: string): Factor {
  const found = factors.find((factor) => factor.name === name);
  if (found !== undefined) return found;
  throw new NoemaError("FACTOR_UNKNOWN", { where: `dataset "${kind}"`, found: `it has no factor "${name}"` });
}
