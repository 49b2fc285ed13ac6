/** @file Selectivity: which label a direction responds to, chosen on one half of the pictures and measured on the other. */
import { NoemaError, type Random, seededRandom } from "@noema/engine";
import { checkLabels, type Halves, type Labelling, labelCounts, usableLabels } from "./labelling.js";
import {
  averagePrecisions,
  beyondChance,
  chanceEntropy,
  chancePrecision,
  nullPrecisions,
  type Ranking,
  ranking,
  topEntropy,
} from "./ranking.js";

export interface Selectivity {
  /** An index of the labellings, and one of the labelling's labels: the label that the direction is best at. */
  readonly labelling: number;
  readonly label: number;
  /** −1 where the opposite of the direction is better, and opposites were allowed. */
  readonly sign: 1 | -1;
  /** Average precision beyond chance where the label was chosen: the largest of many, so it flatters. */
  readonly chosenAt: number;
  /** Average precision on the measuring half. */
  readonly precision: number;
  /** What that is by chance. */
  readonly chance: number;
  /** The one beyond the other: 0 is chance, 1 is perfect. */
  readonly beyondChance: number;
  /** How probable so high a precision is by chance, estimated from `nullDraws` random orders. */
  readonly pValue: number;
  /** Of the labels of the first pictures of the measuring half, in bits; and what it is by chance. */
  readonly entropy: number;
  readonly chanceEntropy: number;
  /** The ranking of the measuring half: places of `Halves.measuring`. */
  readonly ranking: Ranking;
}

export interface SelectivityOptions {
  /** How much each picture excites each direction: pictures × directions. With opposites, a second such array for them. */
  readonly responses: readonly Float32Array[];
  readonly directions: number;
  readonly labellings: readonly Labelling[];
  readonly halves: Halves;
  /** How many pictures the entropy is of. */
  readonly top: number;
  readonly seed: number;
}

/** The smallest p-value is one in so many and one more. */
const nullDraws = 9999;

/** Streams of the seed, for ties and for random orders. */
const streams = { ties: 101, orders: 102 };

/**
 * The selectivity of each direction.
 *
 * @throws NoemaError LABELS_FEW, RESPONSES_NOT_FINITE
 */
export function selectivities(options: SelectivityOptions): Selectivity[] {
  const { responses, directions, labellings, halves, top, seed } = options;
  checkLabels(labellings, halves);
  const ties = seededRandom(seed, streams.ties);
  const usable = labellings.map((labelling) => usableLabels(labelling, halves));
  const [choosing, measuring] = [halves.choosing, halves.measuring].map((half) => sideOf(labellings, half));
  const orders = nulls(seededRandom(seed, streams.orders));
  const chanceEntropies = labellings.map((_, l) => chanceEntropy(measuring.counts[l], top));
  return Array.from({ length: directions }, (_, direction) => {
    let best: Pick<Selectivity, "labelling" | "label" | "sign" | "chosenAt"> | undefined;
    responses.forEach((array, opposite) => {
      const order = ranking(along(array, direction, directions, halves.choosing), ties);
      labellings.forEach(({ labels }, labelling) => {
        const found = averagePrecisions(order, choosing.of[labelling], labels.length);
        for (const label of labels.keys()) {
          if (!usable[labelling][label]) continue;
          const chosenAt = beyondChance(found[label], choosing.chances[labelling][label]);
          if (best === undefined || chosenAt > best.chosenAt) {
            best = { labelling, label, sign: opposite === 0 ? 1 : -1, chosenAt };
          }
        }
      });
    });
    const { labelling, label, sign } = best!;
    const order = ranking(along(responses[sign === 1 ? 0 : 1], direction, directions, halves.measuring), ties);
    const [of, counts] = [measuring.of[labelling], measuring.counts[labelling]];
    const precision = averagePrecisions(order, of, counts.length)[label];
    const chance = measuring.chances[labelling][label];
    return {
      ...best!,
      precision,
      chance,
      beyondChance: beyondChance(precision, chance),
      pValue: pValue(
        precision,
        orders(
          counts[label],
          counts.reduce((sum, count) => sum + count, 0),
        ),
      ),
      entropy: topEntropy(order, of, counts.length, top),
      chanceEntropy: chanceEntropies[labelling],
      ranking: order,
    };
  });
}

/**
 * How many of these tests hold, where a share of them (`rate`) may hold by chance alone: Benjamini and Hochberg 1995.
 *
 * @returns how many
 */
export function discoveries(pValues: readonly number[], rate: number): number {
  const rising = [...pValues].sort((a, b) => a - b);
  for (let count = rising.length; count > 0; count--) {
    if (rising[count - 1] <= (rate * count) / rising.length) return count;
  }
  return 0;
}

/** The labels of one half, their counts and what precision they have by chance, by labelling. */
function sideOf(labellings: readonly Labelling[], half: Uint32Array) {
  const counts = labellings.map((labelling) => labelCounts(labelling, half));
  return {
    of: labellings.map((labelling) => Int32Array.from(half, (picture) => labelling.of[picture])),
    counts,
    chances: counts.map((byLabel) => {
      const known = byLabel.reduce((sum, count) => sum + count, 0);
      return Float64Array.from(byLabel, (count) => (count === 0 ? Number.NaN : chancePrecision(count, known)));
    }),
  };
}

function along(responses: Float32Array, direction: number, directions: number, half: Uint32Array): Float32Array {
  return Float32Array.from(half, (picture) => {
    const response = responses[picture * directions + direction];
    if (Number.isFinite(response)) return response;
    throw new NoemaError("RESPONSES_NOT_FINITE", {
      where: `direction ${direction}, picture ${picture}`,
      found: `a response of ${response}`,
      needed: "finite numbers",
    });
  });
}

/** Null distributions, each computed once: they depend on the counts alone. */
function nulls(random: Random): (count: number, pictures: number) => Float64Array {
  const known = new Map<string, Float64Array>();
  return (count, pictures) => {
    const key = `${count}/${pictures}`;
    const found = known.get(key) ?? nullPrecisions(count, pictures, nullDraws, random);
    known.set(key, found);
    return found;
  };
}

/** The share of random orders that do as well, this one counted in (Phipson and Smyth 2010). */
function pValue(precision: number, rising: Float64Array): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle] >= precision - 1e-12) high = middle;
    else low = middle + 1;
  }
  return (1 + rising.length - low) / (1 + rising.length);
}
