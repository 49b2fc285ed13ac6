/** @file retrievalOf: which atom alone finds which known value of the pictures, chosen by some vectors and measured on others. */
import { type Random, seededRandom } from "@noema/engine";
import { halvesOfGroups, type Retrieval, retrieval } from "@noema/lenses";
import type { Factor } from "../data/dataset.js";
import { type KnownVectors, readKnown } from "./known-vectors.js";
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

/** Those that tell vectors apart without being made of others. */
export function tellingFactors(known: KnownVectors | undefined): readonly Factor[] {
  return (known?.factors ?? []).filter(({ values }) => values.length >= 2 && values.length <= mostValues);
}

/** The coded vectors' values, in the order of the codes. */
export function ofCoded({ name, values, of }: Factor, { codes, rowOf }: OpenAtoms["uses"]): Factor {
  return { name, values, of: Int32Array.from({ length: codes.vectors }, (_, i) => of[rowOf(i)]) };
}

/** Atoms are chosen by vectors that taught, and measured on those set apart; where none are, by halves of the pictures. */
export async function sidesOf(atoms: OpenAtoms, known: KnownVectors | undefined, random: Random) {
  const { codes, rowOf } = atoms.uses;
  const test = new Set(await atoms.testRows());
  const vectors = Uint32Array.from({ length: codes.vectors }, (_, i) => i);
  const measuring = vectors.filter((i) => test.has(rowOf(i)));
  if (measuring.length > 0 && measuring.length < codes.vectors) {
    const { manner, heldOut } = atoms.file.split;
    const told = heldOut === undefined ? manner : `${heldOut} held out`;
    return { choosing: vectors.filter((i) => !test.has(rowOf(i))), measuring, manner: told };
  }
  const groups = known && vectors.map((i) => known.pictures[rowOf(i)]);
  return { ...halvesOfGroups(codes.vectors, { random, ...(groups && { groups }) }), manner: "halves of the pictures" };
}

/** Undefined where nothing is known of the pictures that they differ in. */
export async function retrievalOf(atoms: OpenAtoms): Promise<AtomsRetrieval | undefined> {
  const known = await readKnown(atoms.activations);
  const usable = tellingFactors(known);
  if (known === undefined || usable.length === 0 || new Set(known.pictures).size < 2) return undefined;
  const halves = await sidesOf(atoms, known, seededRandom(0, halvingStream));
  return {
    ...retrieval(atoms.uses.byAtom, { factors: usable.map((factor) => ofCoded(factor, atoms.uses)), halves }),
    chosenBy: halves.choosing.length,
    measuredOn: halves.measuring.length,
  };
}
