/** @file density: how many vectors have each atom, which atoms none or hardly any has, and how shares are spread. */
import { type ByAtom, usesOf } from "../by-atom.js";
import { checkShare, checkWhole } from "../check-atoms.js";

export interface DensityOptions {
  /** Atoms of a smaller share of vectors are rare. Default: 1e-5, or what ten vectors are, where that is more. */
  readonly rare?: number;
  /** Bars of the histogram for each power of ten. Default 4. */
  readonly perDecade?: number;
}

export interface Density {
  /** A: which share of vectors has the atom, 0..1. */
  readonly shares: Float64Array;
  /** A: how many. */
  readonly uses: Uint32Array;
  /** A: mean |coefficient| among them; 0 where there are none. */
  readonly strengths: Float64Array;
  /** A: of how many of them the coefficient is above 0, 0..1; 0 where there are none. */
  readonly positive: Float64Array;
  /** Atoms that no vector has, rising. */
  readonly dead: readonly number[];
  /** Atoms that some vectors have, but fewer than `rareBelow` of them; the rarest first. */
  readonly rare: readonly number[];
  readonly rareBelow: number;
  /** How many atoms a vector has, on average. */
  readonly perVector: number;
  /** Of the atoms that are not dead. */
  readonly histogram: {
    /** B + 1: log10 of the share; the last is 0, a share of 1. */
    readonly edges: Float64Array;
    /** B: a share on an edge counts above it, one of 1 in the last bar. */
    readonly counts: Uint32Array;
  };
}

/**
 * What is counted as too rare in practice: SAELens logs how many features lie below 1e-5 ("sparsity/below_1e-5"), where Bricken et
 * al. 2023 ("Towards Monosemanticity") find a cluster of hardly any meaning.
 */
const usualRare = 1e-5;

/** Of small data 1e-5 is less than one vector: an atom of which there are not ten examples cannot be told what it means. */
const fewExamples = 10;

/** @throws NoemaError ATOMS_RANGE */
export function density(codes: ByAtom, options: DensityOptions = {}): Density {
  const { atoms, vectors } = codes;
  const { rare: rareBelow = Math.min(1, Math.max(usualRare, fewExamples / vectors)), perDecade = 4 } = options;
  checkShare("rare", rareBelow);
  checkWhole("perDecade", perDecade, 1, 100);
  const uses = new Uint32Array(atoms);
  const strengths = new Float64Array(atoms);
  const positive = new Float64Array(atoms);
  for (let atom = 0; atom < atoms; atom++) {
    const { coefficients } = usesOf(codes, atom);
    uses[atom] = coefficients.length;
    if (coefficients.length === 0) continue;
    for (const c of coefficients) {
      strengths[atom] += Math.abs(c) / coefficients.length;
      if (c > 0) positive[atom] += 1 / coefficients.length;
    }
  }
  const shares = Float64Array.from(uses, (count) => count / vectors);
  const all = Array.from({ length: atoms }, (_, atom) => atom);
  return {
    ...{ shares, uses, strengths, positive, rareBelow },
    dead: all.filter((atom) => uses[atom] === 0),
    rare: all.filter((atom) => uses[atom] > 0 && shares[atom] < rareBelow).sort((a, b) => uses[a] - uses[b] || a - b),
    perVector: codes.rows.length / vectors,
    histogram: histogramOf(shares, { vectors, perDecade }),
  };
}

/** Bars from the share of a single vector, or below, to 1. */
function histogramOf(shares: Float64Array, { vectors, perDecade }: { vectors: number; perDecade: number }) {
  const bars = perDecade * Math.max(1, Math.ceil(Math.log10(vectors)));
  const edges = Float64Array.from({ length: bars + 1 }, (_, i) => (i - bars) / perDecade + 0);
  const counts = new Uint32Array(bars);
  for (const share of shares) {
    if (share === 0) continue;
    // Rounding must not put 0.01 below the edge −2.
    const place = Math.floor(bars + perDecade * Math.log10(share) + 1e-9);
    counts[Math.min(bars - 1, Math.max(0, place))]++;
  }
  return { edges, counts };
}
