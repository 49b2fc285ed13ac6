/** @file A ranking of pictures by how a direction responds to them, and what it tells of labels. */
import type { Random } from "@noema/engine";

export interface Ranking {
  /** Places in the list of responses, the highest first; ties stand in random order. */
  readonly order: Uint32Array;
  /** 1 where the response is equal to that of the place before. */
  readonly tied: Uint8Array;
}

/** Ranks responses, none of them NaN. Ties are shuffled: the order of the files, often that of the labels, must not count. */
export function ranking(responses: ArrayLike<number>, random: Random): Ranking {
  const order = Uint32Array.from({ length: responses.length }, (_, i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  order.sort((a, b) => responses[b] - responses[a]);
  const tied = Uint8Array.from(order, (place, i) => (i > 0 && responses[place] === responses[order[i - 1]] ? 1 : 0));
  return { order, tied };
}

/**
 * Average precision of every label: the mean, over the pictures of the label, of the share of the label among the pictures
 * that respond no less. Tied pictures count as one step, as in scikit-learn's average_precision_score.
 *
 * @param of the label of each place, −1 where it is not known: such places are passed over
 * @param weights of each place. Default: all 1
 * @returns NaN for labels without pictures
 */
export function averagePrecisions(
  { order, tied }: Ranking,
  of: Int32Array,
  labels: number,
  weights?: Float64Array,
): Float64Array {
  const found = new Float64Array(labels);
  const sums = new Float64Array(labels);
  const inGroup = new Float64Array(labels);
  let seen = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    for (to = from; to < order.length && (to === from || tied[to] === 1); to++) {
      const label = of[order[to]];
      if (label < 0) continue;
      const weight = weights === undefined ? 1 : weights[order[to]];
      inGroup[label] += weight;
      found[label] += weight;
      seen += weight;
    }
    for (let i = from; i < to; i++) {
      const label = of[order[i]];
      if (label < 0 || inGroup[label] === 0) continue;
      sums[label] += (inGroup[label] * found[label]) / seen;
      inGroup[label] = 0;
    }
  }
  return sums.map((sum, label) => sum / found[label]);
}

/** The same for one label, without arrays: bootstraps call it millions of times. */
export function averagePrecision(
  { order, tied }: Ranking,
  of: Int32Array,
  label: number,
  weights: Float64Array,
): number {
  let [seen, found, sum, inGroup] = [0, 0, 0, 0];
  for (let i = 0; i < order.length; i++) {
    if (tied[i] === 0 && inGroup > 0) {
      sum += (inGroup * found) / seen;
      inGroup = 0;
    }
    const place = order[i];
    const own = of[place];
    if (own < 0) continue;
    const weight = weights[place];
    seen += weight;
    if (own !== label) continue;
    found += weight;
    inGroup += weight;
  }
  if (inGroup > 0) sum += (inGroup * found) / seen;
  return sum / found;
}

/** What average precision is, on average over all orders, where `count` of `pictures` have the label. */
export function chancePrecision(count: number, pictures: number): number {
  if (pictures <= 1) return 1;
  let harmonic = 0;
  for (let i = 1; i <= pictures; i++) harmonic += 1 / i;
  // At rank r a picture of the label is found with probability count/pictures, and then
  // 1 + (r − 1)(count − 1)/(pictures − 1) of them up to there: divided by r, summed, divided by count.
  return (harmonic + ((count - 1) / (pictures - 1)) * (pictures - harmonic)) / pictures;
}

/** Average precision beyond chance: 0 is chance, 1 is perfect. Of several labels' it is comparable, whatever their counts. */
export function beyondChance(precision: number, chance: number): number {
  return chance < 1 ? (precision - chance) / (1 - chance) : 0;
}

/** Average precisions of random orders without ties, rising. */
export function nullPrecisions(count: number, pictures: number, draws: number, random: Random): Float64Array {
  const marks = new Uint8Array(pictures);
  return Float64Array.from({ length: draws }, () => {
    marks.fill(0);
    // Floyd's way to draw `count` of `pictures` without repetition.
    for (let i = pictures - count; i < pictures; i++) {
      const at = random.below(i + 1);
      marks[marks[at] === 0 ? at : i] = 1;
    }
    let [found, sum] = [0, 0];
    for (let i = 0; i < pictures; i++) if (marks[i] === 1) sum += ++found / (i + 1);
    return sum / count;
  }).sort();
}

/**
 * Entropy, in bits, of the labels of the first `top` pictures (by weight, if weights are given).
 *
 * @param of as above; pictures whose label is not known are passed over
 */
export function topEntropy(
  { order }: Ranking,
  of: Int32Array,
  labels: number,
  top: number,
  weights?: Float64Array,
): number {
  const found = new Float64Array(labels);
  let left = top;
  for (let i = 0; i < order.length && left > 0; i++) {
    const label = of[order[i]];
    if (label < 0) continue;
    const weight = Math.min(left, weights === undefined ? 1 : weights[order[i]]);
    found[label] += weight;
    left -= weight;
  }
  return entropy(found);
}

/** In bits, of shares given as counts. */
function entropy(counts: Float64Array): number {
  let [total, sum] = [0, 0];
  for (const count of counts) {
    if (count === 0) continue;
    total += count;
    sum += count * Math.log2(count);
  }
  return total === 0 ? 0 : Math.max(0, Math.log2(total) - sum / total);
}

/** The entropy of `top` pictures drawn at random, on average, in bits. */
export function chanceEntropy(counts: ArrayLike<number>, top: number): number {
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
  const drawn = Math.min(top, total);
  let result = 0;
  for (const count of Array.from(counts)) {
    for (let i = 1; i <= Math.min(count, drawn); i++) {
      result -= hypergeometric(i, count, drawn, total) * (i / drawn) * Math.log2(i / drawn);
    }
  }
  return Math.max(0, result);
}

/** The probability that `drawn` of `total` hold `found` of the `count`. */
function hypergeometric(found: number, count: number, drawn: number, total: number): number {
  if (drawn - found > total - count) return 0;
  return Math.exp(logChoose(count, found) + logChoose(total - count, drawn - found) - logChoose(total, drawn));
}

function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= Math.min(k, n - k); i++) sum += Math.log((n - Math.min(k, n - k) + i) / i);
  return sum;
}
