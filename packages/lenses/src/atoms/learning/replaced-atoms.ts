/** @file replacedAtoms: atoms that are no use to a dictionary, and the vectors that are put in their place. */
import type { Dictionary } from "../dictionary.js";
import { scaleToOne } from "../unit-rows.js";

/** Cosine from which two atoms are one: as Rubinstein's KSVDBox and the recovery test of Aharon et al. have it. */
const sameCosine = 0.99;
/** Vectors that an atom must be a part of (KSVDBox), where there are many for each. */
const usualUses = 4;
/** Of the vectors that each atom would have if all had the same: fewer are hardly any. */
const fewUses = 0.1;
/** A vector of which less than this share of its squared length is left is represented well. */
const wellKnown = 1e-6;

/**
 * Atoms that are hardly used, and of two that are nearly the same the one that is used less.
 *
 * @param uses how many vectors each atom is a part of
 * @param parts Σ uses that there could be: N·K
 * @param gram products of an atom with all
 */
export function uselessAtoms(
  { count, nonNegative }: Dictionary,
  uses: ArrayLike<number>,
  parts: number,
  gram: (atom: number) => Float32Array,
): number[] {
  const needed = Math.min(usualUses, Math.max(1, (fewUses * parts) / count));
  const useless = Array.from({ length: count }, (_, atom) => uses[atom] < needed);
  for (let atom = 0; atom < count; atom++) {
    const products = gram(atom);
    for (let other = atom + 1; other < count && !useless[atom]; other++) {
      const cosine = nonNegative ? products[other] : Math.abs(products[other]);
      if (cosine > sameCosine && !useless[other]) useless[uses[other] > uses[atom] ? atom : other] = true;
    }
  }
  return useless.flatMap((is, atom) => (is ? [atom] : []));
}

/**
 * Puts what is left of the worst represented vectors in the place of atoms, each vector once.
 *
 * @param dictionary written to
 * @param errors squared length of what is left of each vector
 * @param squares squared length of each vector
 * @param row a vector without the mean, a copy
 * @returns how many were replaced: no more than there are vectors that are badly represented
 */
export function replaceAtoms(
  { atoms, length }: Dictionary,
  useless: readonly number[],
  errors: Float64Array,
  squares: Float64Array,
  row: (vector: number) => Float32Array,
): number {
  if (useless.length === 0) return 0;
  const worst = Array.from(errors.keys()).filter((n) => errors[n] > wellKnown * squares[n]);
  worst.sort((a, b) => errors[b] - errors[a] || a - b);
  const replaced = useless.slice(0, worst.length);
  replaced.forEach((atom, i) => {
    const vector = row(worst[i]);
    scaleToOne(vector);
    atoms.set(vector, atom * length);
  });
  return replaced.length;
}
