/**
 * @file Decision tree: splits pictures by one latent at a time until those of a leaf share the value of a factor.
 *
 * Breiman, Friedman, Olshen and Stone 1984, "Classification and Regression Trees", with entropy as impurity: of many values it
 * splits evenly, where Gini's index is indifferent and may take one value off at a time. Each latent is sorted once; a split
 * keeps the order on both sides (Mehta, Agrawal and Rissanen 1996, SLIQ), so all thresholds of a latent cost one pass.
 */
import type { Random } from "@noema/engine";
import { sortedRows } from "./sorted-rows.js";

export interface TreeOptions {
  /** Splits from the root to a leaf, at most. */
  readonly depth: number;
}

/** Latents and the pictures that trees grow on, sorted once for all factors. */
export interface Ground {
  readonly columns: readonly Float32Array[];
  readonly pictures: Uint32Array;
  /** Per latent: places in `pictures`, by rising value. */
  readonly orders: readonly Uint32Array[];
  /** Per latent and place: the rank of its value; equal values share one. */
  readonly ranks: readonly Uint32Array[];
}

interface Split {
  readonly latent: number;
  readonly threshold: number;
  /** Where to go on: the number of a split, or −1 − that of a leaf. */
  below: number;
  above: number;
}

export interface Tree {
  /** Where to begin, as in a split. */
  readonly root: number;
  readonly splits: readonly Split[];
  /** Shares of the factor's values in each leaf. */
  readonly leaves: readonly Float32Array[];
}

/** Nats × pictures: what is less is rounding, in sums of some thousands of terms. */
const rounding = 1e-7;

export function ground(columns: readonly Float32Array[], pictures: Uint32Array): Ground {
  const places = pictures.map((_, place) => place);
  const grown = columns.map((column) => Float32Array.from(pictures, (picture) => column[picture]));
  const orders = grown.map((column) => sortedRows(column, places));
  const ranks = orders.map((order, j) => {
    const found = new Uint32Array(order.length);
    for (let i = 1, rank = 0; i < order.length; i++) {
      if (grown[j][order[i]] !== grown[j][order[i - 1]]) rank++;
      found[order[i]] = rank;
    }
    return found;
  });
  return { columns, pictures, orders, ranks };
}

/** The leaf that a picture falls into. */
export function leafOf(
  { root, splits, leaves }: Tree,
  columns: readonly Float32Array[],
  picture: number,
): Float32Array {
  let at = root;
  while (at >= 0) {
    const { latent, threshold, below, above } = splits[at];
    at = columns[latent][picture] < threshold ? below : above;
  }
  return leaves[-1 - at];
}

/** A part of the pictures that is still to be split: from … to in the order of every latent. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  /** How many of its pictures have each value. */
  readonly counts: Uint32Array;
  /** Told which split or leaf it has become. */
  readonly become: (at: number) => void;
}

interface Best {
  readonly latent: number;
  /** The last place below the threshold. */
  readonly place: number;
  /** By how many nats × pictures the split lessens the entropy. */
  readonly gain: number;
}

/** Grows trees for one factor. */
export class TreeGrower {
  readonly #ground: Ground;
  readonly #values: Int32Array;
  readonly #options: TreeOptions;
  /** n log n, and by how much it grows with the next n. */
  readonly #nLogN: Float64Array;
  readonly #step: Float64Array;
  readonly #left: Uint32Array;
  readonly #right: Uint32Array;
  /** Per place: whether the present split has it below. */
  readonly #below: Uint8Array;
  readonly #above: Uint32Array;
  #orders: Uint32Array[] = [];

  /** @param of which of `count` values each picture has */
  constructor(base: Ground, of: Int32Array, count: number, options: TreeOptions) {
    const size = base.pictures.length;
    this.#ground = base;
    this.#values = Int32Array.from(base.pictures, (picture) => of[picture]);
    this.#options = options;
    this.#nLogN = Float64Array.from({ length: size + 1 }, (_, n) => (n > 1 ? n * Math.log(n) : 0));
    this.#step = Float64Array.from({ length: size }, (_, n) => this.#nLogN[n + 1] - this.#nLogN[n]);
    this.#left = new Uint32Array(count);
    this.#right = new Uint32Array(count);
    this.#below = new Uint8Array(size);
    this.#above = new Uint32Array(size);
  }

  /**
   * @param chosen 1 for places that this tree sees
   * @param importances to which each split adds its gain, by latent
   * @param random decides between latents that split equally well
   */
  grow(chosen: Uint8Array, importances: Float64Array, random: Random): Tree {
    const size = chosen.reduce((sum, one) => sum + one, 0);
    this.#orders = this.#ground.orders.map((order) => {
      const kept = new Uint32Array(size);
      let count = 0;
      for (const place of order) if (chosen[place] === 1) kept[count++] = place;
      return kept;
    });
    const seen = this.#orders[0];
    const counts = new Uint32Array(this.#left.length);
    for (const place of seen) counts[this.#values[place]]++;
    const [splits, leaves]: [Split[], Float32Array[]] = [[], []];
    let root = 0;
    const become = (at: number) => {
      root = at;
    };
    const parts: Part[] = [{ from: 0, to: seen.length, depth: 0, counts, become }];
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      const best = this.#isDone(part) ? undefined : this.#bestSplit(part, random);
      if (best === undefined) {
        const { from, to } = part;
        part.become(-1 - leaves.length);
        leaves.push(Float32Array.from(part.counts, (number) => number / (to - from)));
        continue;
      }
      importances[best.latent] += best.gain;
      const split: Split = { latent: best.latent, threshold: this.#threshold(best), below: 0, above: 0 };
      part.become(splits.length);
      splits.push(split);
      parts.push(...this.#divided(part, best, split));
    }
    return { root, splits, leaves };
  }

  #isDone({ from, to, depth, counts }: Part): boolean {
    return depth >= this.#options.depth || counts.includes(to - from);
  }

  #bestSplit({ from, to, counts }: Part, random: Random): Best | undefined {
    const [values, nLogN, step, left, right] = [this.#values, this.#nLogN, this.#step, this.#left, this.#right];
    const size = to - from;
    let whole = 0;
    for (const count of counts) whole += nLogN[count];
    let found: Best | undefined;
    let ties = 0;
    for (let latent = 0; latent < this.#orders.length; latent++) {
      const [order, rank] = [this.#orders[latent], this.#ground.ranks[latent]];
      if (rank[order[from]] === rank[order[to - 1]]) continue;
      left.fill(0);
      right.set(counts);
      let [sum, best, at] = [whole, Number.NEGATIVE_INFINITY, -1];
      for (let place = from, next = order[from]; place < to - 1; place++) {
        const here = next;
        next = order[place + 1];
        const value = values[here];
        // The picture moves below: n log n of its value grows there, and shrinks above.
        sum += step[left[value]++] - step[--right[value]];
        if (rank[here] === rank[next]) continue;
        const entropies = sum - nLogN[place + 1 - from] - nLogN[to - place - 1];
        if (entropies > best) {
          best = entropies;
          at = place;
        }
      }
      if (at < 0) continue;
      const gain = best - whole + nLogN[size];
      if (gain <= rounding || (found !== undefined && gain < found.gain - rounding)) continue;
      ties = found !== undefined && gain <= found.gain + rounding ? ties + 1 : 1;
      if (ties === 1 || random.below(ties) === 0) found = { latent, place: at, gain };
    }
    return found;
  }

  /** Halfway between the values on both sides. */
  #threshold({ latent, place }: Best): number {
    const [column, order] = [this.#ground.columns[latent], this.#orders[latent]];
    const value = (at: number) => column[this.#ground.pictures[order[at]]];
    return (value(place) + value(place + 1)) / 2;
  }

  /** The two parts, after the order of every latent has those below in front. */
  #divided({ from, to, depth, counts }: Part, { latent, place }: Best, split: Split): Part[] {
    const [under, over] = [new Uint32Array(counts.length), counts.slice()];
    const order = this.#orders[latent];
    for (let at = from; at < to; at++) {
      const isBelow = at <= place;
      this.#below[order[at]] = isBelow ? 1 : 0;
      if (!isBelow) continue;
      under[this.#values[order[at]]]++;
      over[this.#values[order[at]]]--;
    }
    const parts: Part[] = [
      {
        from,
        to: place + 1,
        depth: depth + 1,
        counts: under,
        become: (at) => {
          split.below = at;
        },
      },
      {
        from: place + 1,
        to,
        depth: depth + 1,
        counts: over,
        become: (at) => {
          split.above = at;
        },
      },
    ];
    if (parts.every((part) => this.#isDone(part))) return parts;
    const [below, above] = [this.#below, this.#above];
    this.#orders.forEach((other, j) => {
      if (j === latent) return;
      let [kept, moved] = [from, 0];
      for (let at = from; at < to; at++) {
        // Written to both, and kept in one: a branch that goes either way would cost more.
        const row = other[at];
        other[kept] = row;
        above[moved] = row;
        kept += below[row];
        moved += 1 - below[row];
      }
      for (let i = 0; i < moved; i++) other[kept + i] = above[i];
    });
    return parts;
  }
}
