/** @file pairs: pictures that share everything but their label, such as one person with two expressions. */
import { NoemaError, type Random } from "@noema/engine";

export interface PairOptions {
  /** N: the label of each picture, such as its expression. */
  readonly label: Int32Array;
  /** Of N each: what the two pictures have in common, such as the person. Of several factors, all. */
  readonly groups: readonly Int32Array[];
  /** Only these pictures are paired, such as those for training. Default: all. */
  readonly of?: Int32Array | undefined;
  /** At most so many pairs, at most 2²³; of more they are drawn, each as likely as the others. Default: 2²⁰. */
  readonly most?: number | undefined;
  readonly random: Random;
}

export interface Pairs {
  /** P: the index of each pair's first picture, 0 … N − 1. */
  readonly first: Int32Array;
  /** P: that of its second. */
  readonly second: Int32Array;
  /** How many pairs there are, of which P were drawn. */
  readonly total: number;
}

/** 8 MB of indices. */
const usualMost = 2 ** 20;

/** A set of numbers holds twice as many in JavaScript. */
const highestMost = 2 ** 23;

/**
 * All ordered pairs of two pictures of one group with different labels: both (a, b) and (b, a), since the autoencoder
 * rebuilds either from the other's latents. Of a group of n pictures, n_l of them with label l, these are n² − Σ n_l².
 *
 * JAFFE's 213 pictures (ten people of 20 to 23, mostly three of each of seven expressions) make 3,888 ordered pairs, or
 * 1,944 if order is left aside. Jambigi, who trained on pairs of JAFFE first, counts "around 2152", put together by hand:
 * near the 2,166 unordered pairs of one person that there are when two pictures of the same expression count as well.
 * They do not here, for they have no label to exchange.
 *
 * @returns sorted by group and label of the first picture, then of the second
 * @throws NoemaError PAIRS_COUNT where arrays are of different lengths; PAIRS_NONE where no group has two labels; PAIRS_MOST
 */
export function pairs({ label, groups, of, most = usualMost, random }: PairOptions): Pairs {
  checkOptions(label, groups, most);
  const group = commonGroup(groups, label.length);
  const order = Int32Array.from(of ?? label.keys());
  order.sort((a, b) => group[a] - group[b] || label[a] - label[b] || a - b);
  const inGroup = runs(order, (i) => group[i]);
  const inBlock = runs(
    order,
    (i) => group[i],
    (i) => label[i],
  );
  const partners = (at: number) => inGroup.end[at] - inGroup.start[at] - (inBlock.end[at] - inBlock.start[at]);
  let total = 0;
  for (let at = 0; at < order.length; at++) total += partners(at);
  if (total === 0) throw noPairs(order.length);

  const ranks = total > most ? drawnRanks(total, most, random) : undefined;
  const count = ranks?.length ?? total;
  const [first, second] = [new Int32Array(count), new Int32Array(count)];
  for (let pair = 0, at = 0, before = 0; pair < count; pair++) {
    const rank = ranks?.[pair] ?? pair;
    while (rank - before >= partners(at)) before += partners(at++);
    // The group's pictures but for those of the same label.
    let other = inGroup.start[at] + rank - before;
    if (other >= inBlock.start[at]) other += inBlock.end[at] - inBlock.start[at];
    first[pair] = order[at];
    second[pair] = order[other];
  }
  return { first, second, total };
}

/** One number for each combination of values. */
function commonGroup(groups: readonly Int32Array[], count: number): Int32Array {
  return groups.reduce((before, values) => {
    const numbers = new Map<number, Map<number, number>>();
    let next = 0;
    return before.map((one, i) => {
      const within = numbers.get(one) ?? new Map<number, number>();
      numbers.set(one, within);
      const number = within.get(values[i]) ?? next++;
      within.set(values[i], number);
      return number;
    });
  }, new Int32Array(count));
}

/** For each place of an order, where the run of equal keys around it starts and ends. */
function runs(order: Int32Array, ...keys: readonly ((picture: number) => number)[]) {
  const [start, end] = [new Int32Array(order.length), new Int32Array(order.length)];
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && keys.every((key) => key(order[to]) === key(order[from]))) to++;
    start.fill(from, from, to);
    end.fill(to, from, to);
  }
  return { start, end };
}

/** So many different numbers below a total, rising; every choice of them is as likely (Floyd; Bentley 1987). */
function drawnRanks(total: number, count: number, random: Random): Float64Array {
  const drawn = new Set<number>();
  for (let last = total - count; last < total; last++) {
    const rank = random.below(last + 1);
    drawn.add(drawn.has(rank) ? last : rank);
  }
  return Float64Array.from(drawn).sort();
}

function checkOptions(label: Int32Array, groups: readonly Int32Array[], most: number): void {
  if (groups.length === 0 || groups.some(({ length }) => length !== label.length)) {
    throw new NoemaError("PAIRS_COUNT", {
      where: "the pictures to be paired",
      found: `${label.length} have labels and ${groups.map(({ length }) => length).join(", ") || "none"} have groups`,
      needed: "a label for each, and at least one group",
    });
  }
  if (Number.isInteger(most) && most >= 1 && most <= highestMost) return;
  throw new NoemaError("PAIRS_MOST", {
    where: "the number of pairs",
    found: String(most),
    needed: `a whole number from 1 to ${highestMost}`,
  });
}

function noPairs(pictures: number): NoemaError {
  return new NoemaError("PAIRS_NONE", {
    where: `the ${pictures} pictures to be paired`,
    found: "no two of them differ in their label and share what pairs have in common",
    needed: "somebody must be seen with two labels, such as one person with two expressions",
    remedy: "Choose another label, or train without pairs.",
  });
}
