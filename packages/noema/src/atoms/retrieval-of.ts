/** @file retrievalOf: which atom alone finds which known value of the pictures, chosen by some vectors and measured on others. */
import { seededRandom } from "@noema/engine";
import { halvesOfGroups, type Retrieval, retrieval } from "@noema/lenses";
import { readKnown } from "./known-vectors.js";
import type { OpenAtoms } from "./open-atoms.js";

/** A factor of more values is made of others: a person, a pose. */
const mostValues = 40;

/** Stream of the seed by which halves are drawn. */
const halvingStream = 841;

export interface AtomsRetrieval extends Retrieval {
  /** How many vectors atoms were chosen by, and how many they were measured on. */
  readonly chosenBy: number;
  readonly measuredOn: number;
}

/** Undefined where nothing is known of the pictures that they differ in. */
export async function retrievalOf(atoms: OpenAtoms): Promise<AtomsRetrieval | undefined> {
  const known = await readKnown(atoms.activations);
  const usable = (known?.factors ?? []).filter(({ values }) => values.length >= 2 && values.length <= mostValues);
  if (known === undefined || usable.length === 0) return undefined;
  const { codes, byAtom, rowOf } = atoms.uses;
  const factors = usable.map((factor) => ({
    ...{ name: factor.name, values: factor.values },
    of: Int32Array.from({ length: codes.vectors }, (_, i) => factor.of[rowOf(i)]),
  }));
  const test = new Set(await atoms.testRows());
  const vectors = Uint32Array.from({ length: codes.vectors }, (_, i) => i);
  const measuring = vectors.filter((i) => test.has(rowOf(i)));
  const apart = measuring.length > 0 && measuring.length < codes.vectors;
  const pictures = vectors.map((i) => known.pictures[rowOf(i)]);
  if (!apart && new Set(pictures).size < 2) return undefined;
  const halves = apart
    ? { choosing: vectors.filter((i) => !test.has(rowOf(i))), measuring }
    : halvesOfGroups(codes.vectors, { random: seededRandom(0, halvingStream), groups: pictures });
  return {
    ...retrieval(byAtom, { factors, halves }),
    chosenBy: halves.choosing.length,
    measuredOn: halves.measuring.length,
  };
}
