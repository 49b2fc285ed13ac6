/** @file SameValueDraws: random pictures that share the value of one factor, for metrics that hold a factor fixed. */
import type { Random } from "@noema/engine";
import type { VaryingFactor } from "./representation.js";

/** The pictures of each value of one factor, one value after the other; values of a single picture are left out. */
interface Groups {
  readonly pictures: Uint32Array;
  /** Per place: where its group begins and ends. */
  readonly begins: Uint32Array;
  readonly ends: Uint32Array;
}

/**
 * A simulator, which the definitions have at hand, draws any number of pictures with one factor fixed and all others free.
 * Here they are drawn from those there are: the other factors vary as they do among these.
 */
export class SameValueDraws {
  readonly #groups: readonly Groups[];

  constructor(pictures: Uint32Array, factors: readonly VaryingFactor[]) {
    this.#groups = factors.map((factor) => groupsOf(pictures, factor));
  }

  /** Whether two of the pictures share a value of this factor. */
  canDraw(factor: number): boolean {
    return this.#groups[factor].pictures.length > 0;
  }

  /**
   * Different pictures that share a value, which is as likely as it is frequent: `most` of them, or all there are, and two at
   * least. Valid until the next draw.
   */
  draw(factor: number, most: number, random: Random): Uint32Array {
    const { pictures, begins, ends } = this.#groups[factor];
    const drawn = random.below(pictures.length);
    const [begin, end] = [begins[drawn], ends[drawn]];
    const size = Math.min(most, end - begin);
    for (let i = begin; i < begin + size; i++) {
      const j = i + random.below(end - i);
      const picture = pictures[i];
      pictures[i] = pictures[j];
      pictures[j] = picture;
    }
    return pictures.subarray(begin, begin + size);
  }
}

function groupsOf(pictures: Uint32Array, { of, count }: VaryingFactor): Groups {
  const sizes = new Uint32Array(count);
  for (const picture of pictures) sizes[of[picture]]++;
  const starts = new Uint32Array(count);
  let total = 0;
  for (let value = 0; value < count; value++) {
    starts[value] = total;
    if (sizes[value] > 1) total += sizes[value];
  }
  const [grouped, begins, ends] = [new Uint32Array(total), new Uint32Array(total), new Uint32Array(total)];
  const next = starts.slice();
  for (const picture of pictures) {
    const value = of[picture];
    if (sizes[value] < 2) continue;
    const place = next[value]++;
    grouped[place] = picture;
    begins[place] = starts[value];
    ends[place] = starts[value] + sizes[value];
  }
  return { pictures: grouped, begins, ends };
}
