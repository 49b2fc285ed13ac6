/** @file AtomUpdate: one atom and its coefficients, fitted anew to what all other atoms leave (the step of K-SVD). */
import type { Codes } from "../codes.js";
import type { Dictionary } from "../dictionary.js";
import { type Floats, Kernels, padded, type RowList } from "../kernels/kernels.js";

/** Alternations of an exact update; they end when none adds more than this share to what the atom explains. */
const [mostAlternations, leastGain] = [100, 1e-6];

/** Where the parts of every atom are among the codes. */
interface Users {
  /** A + 1. */
  readonly starts: Uint32Array;
  readonly rows: Uint32Array;
  readonly parts: Uint32Array;
}

/**
 * What is left of all vectors, R, is kept, and changed in place. For one atom d with coefficients g, over the vectors that have it:
 * R + g·dᵀ is what the others leave, and the best d and g are its first singular vectors (Aharon, Elad and Bruckstein 2006). One
 * alternation, d = Rᵀg, g = R·d, nearly finds them ("approximate": Rubinstein, Zibulevsky and Elad 2008); alternating to the
 * end is the power method ("exact"). Non-negative: g is cut at 0 in every alternation.
 */
export class AtomUpdate {
  readonly #dictionary: Dictionary;
  readonly #kernels: Kernels;
  readonly #stride: number;
  readonly #left: Floats;
  readonly #old: Floats;
  readonly #fresh: Floats;
  readonly #base: Floats;
  readonly #amounts: Floats;
  readonly #list: RowList;
  readonly #vectors: number;

  private constructor(dictionary: Dictionary, vectors: number, kernels: Kernels) {
    this.#dictionary = dictionary;
    this.#vectors = vectors;
    this.#kernels = kernels;
    this.#stride = padded(dictionary.length);
    this.#left = kernels.floats(vectors * this.#stride);
    [this.#old, this.#fresh, this.#base] = [0, 1, 2].map(() => kernels.floats(this.#stride)) as [
      Floats,
      Floats,
      Floats,
    ];
    this.#amounts = kernels.floats(vectors);
    this.#list = kernels.list(vectors);
  }

  /**
   * @param dictionary whose atoms are written to
   * @param vectors N
   * @throws NoemaError KERNEL_MEMORY
   */
  static async open(dictionary: Dictionary, vectors: number): Promise<AtomUpdate> {
    const stride = padded(dictionary.length);
    const floats = (vectors + 3) * stride + padded(vectors) + padded(2 * vectors);
    return new AtomUpdate(
      dictionary,
      vectors,
      await Kernels.open(floats, `${vectors} vectors of ${dictionary.length}`),
    );
  }

  /** R = X − mean − C·D. */
  begin(vectors: Float32Array, codes: Codes): void {
    const { length, mean, atoms } = this.#dictionary;
    const left = this.#left.values;
    for (let n = 0; n < this.#vectors; n++) {
      const [to, from] = [n * this.#stride, n * length];
      for (let i = 0; i < length; i++) left[to + i] = vectors[from + i] - mean[i];
    }
    const users = usersOf(codes, this.#dictionary.count);
    for (let atom = 0; atom < this.#dictionary.count; atom++) {
      this.#old.values.set(atoms.subarray(atom * length, (atom + 1) * length));
      const count = this.#gather(users, atom, (part) => -codes.coefficients[part]);
      this.#amounts.values.fill(0, 0, count);
      this.#spread(count);
    }
  }

  /**
   * Fits every atom once, in this order, and its coefficients with it.
   *
   * @param codes whose coefficients are written to
   */
  updateAll(order: Int32Array, codes: Codes, exact: boolean): void {
    const users = usersOf(codes, this.#dictionary.count);
    for (const atom of order) this.#update(atom, users, codes.coefficients, exact);
  }

  /** Squared length of what is left of each vector. */
  errors(): Float64Array {
    const { length } = this.#dictionary;
    const left = this.#left.values;
    return Float64Array.from({ length: this.#vectors }, (_, n) => {
      let sum = 0;
      for (let i = n * this.#stride; i < n * this.#stride + length; i++) sum += left[i] * left[i];
      return sum;
    });
  }

  #update(atom: number, users: Users, coefficients: Float32Array, exact: boolean): void {
    const { length, atoms, nonNegative } = this.#dictionary;
    const own = atoms.subarray(atom * length, (atom + 1) * length);
    const [first, last] = [users.starts[atom], users.starts[atom + 1]];
    if (first === last) return;
    const [old, fresh, amounts] = [this.#old.values, this.#fresh.values, this.#amounts.values];
    old.set(own);
    const before = Float64Array.from({ length: last - first }, (_, i) => coefficients[users.parts[first + i]]);
    let now = before;
    let explained = 0;
    for (let alternation = exact ? mostAlternations : 1; alternation > 0; alternation--) {
      const scale = 1 / Math.sqrt(dot(now, now));
      // All are 0: there is nothing to follow.
      if (!Number.isFinite(scale)) return;
      // Scaled, so that vectors of any length are within the reach of single precision.
      const count = this.#gather(users, atom, (_, i) => now[i] * scale);
      const overlap = dot(before, now) * scale;
      for (let i = 0; i < length; i++) this.#base.values[i] = overlap * old[i];
      const { combine, dots } = this.#kernels.functions;
      combine(this.#fresh.pointer, this.#base.pointer, this.#list.pointer, count, 4 * this.#stride);
      const size = Math.sqrt(dot(fresh, fresh));
      // Nothing that the others leave goes with the coefficients: the atom stays as it is.
      if (!(size > 0)) return;
      for (let i = 0; i < length; i++) fresh[i] /= size;
      dots(this.#amounts.pointer, this.#list.pointer, count, this.#fresh.pointer, 4 * this.#stride);
      const turned = dot(old, fresh);
      const next = before.map((value, i) => {
        const amount = amounts[i] + turned * value;
        return nonNegative ? Math.max(0, amount) : amount;
      });
      const gain = dot(next, next);
      now = next;
      if (gain - explained <= leastGain * gain) break;
      explained = gain;
    }
    const count = this.#gather(users, atom, (_, i) => before[i]);
    for (let i = 0; i < count; i++) {
      coefficients[users.parts[first + i]] = now[i];
      amounts[i] = -now[i];
    }
    this.#spread(count);
    own.set(fresh.subarray(0, length));
  }

  /** What is left of the vectors that have the atom, as a list with a factor for each; how many they are. */
  #gather({ starts, rows, parts }: Users, atom: number, factor: (part: number, i: number) => number): number {
    const [first, last] = [starts[atom], starts[atom + 1]];
    for (let at = first; at < last; at++) {
      const row = this.#left.pointer + 4 * this.#stride * rows[at];
      this.#list.set(at - first, row, factor(parts[at], at - first));
    }
    return last - first;
  }

  /** Each listed row + factor·old + amount·fresh. */
  #spread(count: number): void {
    const [old, fresh] = [this.#old.pointer, this.#fresh.pointer];
    this.#kernels.functions.spread(this.#list.pointer, count, old, this.#amounts.pointer, fresh, 4 * this.#stride);
  }
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Turns codes round: by atom, in the order of vectors. */
function usersOf({ vectors, starts, atoms }: Codes, count: number): Users {
  const ends = new Uint32Array(count + 1);
  for (let part = 0; part < starts[vectors]; part++) ends[atoms[part] + 1]++;
  for (let atom = 0; atom < count; atom++) ends[atom + 1] += ends[atom];
  const next = ends.slice();
  const [rows, parts] = [new Uint32Array(starts[vectors]), new Uint32Array(starts[vectors])];
  for (let n = 0; n < vectors; n++) {
    for (let part = starts[n]; part < starts[n + 1]; part++) {
      const at = next[atoms[part]]++;
      rows[at] = n;
      parts[at] = part;
    }
  }
  return { starts: ends, rows, parts };
}
