/** @file Views of atoms through a decoder: of pictures taken apart, and steered. */

import { NoemaError } from "@noema/engine";
import {
  type Attribute,
  attribute,
  contribution,
  evenValues,
  highCoefficient,
  type Part,
  steer,
  truncate,
  type View,
} from "@noema/lenses";
import type { AtomsExhibit } from "./exhibit-rows.js";
import type { OpenAtoms } from "./open-atoms.js";

/** Columns of a steered picture unless they are told. */
const usualColumns = 7;

/** So many examples are averaged, and so many of the others. */
const mostExamples = 20_000;

/** Pictures from one atom, from two …: a panel each. @throws NoemaError ATOMS_NO_DECODER, and what the lens throws */
export async function truncated(atoms: OpenAtoms, exhibit: AtomsExhibit): Promise<View> {
  const decoder = await atoms.neededDecoder();
  const steps = await (await atoms.coder()).progressive(exhibit.vectors);
  return truncate(decoder, atoms.dictionary, { ...exhibit, steps });
}

/** What each atom of a picture does: a panel each. @throws NoemaError ATOMS_NO_DECODER, and what the lens throws */
export async function contributions(
  atoms: OpenAtoms,
  exhibit: AtomsExhibit,
  { of, most, gain }: { of?: readonly number[] | undefined; most?: number | undefined; gain?: number | undefined } = {},
): Promise<View> {
  const decoder = await atoms.neededDecoder();
  return contribution(decoder, atoms.dictionary, {
    ...{ codes: await atoms.code(exhibit.vectors), names: exhibit.names, pictures: exhibit.pictures },
    ...(of && { atoms: of }),
    ...(most !== undefined && { most }),
    ...(gain !== undefined && { gain }),
  });
}

/**
 * Sums of atoms added to pictures, each by these amounts. Default: as much as the pictures have that have a lot of its first atom.
 *
 * @throws NoemaError ATOMS_NO_DECODER, and what the lens throws
 */
export async function steered(
  atoms: OpenAtoms,
  exhibit: AtomsExhibit,
  { add, amounts }: { readonly add: readonly (readonly Part[])[]; readonly amounts?: readonly number[] | undefined },
): Promise<View> {
  const decoder = await atoms.neededDecoder();
  const views: View[] = [];
  for (const parts of add) {
    const usual = () => {
      const [{ atom, amount }] = parts;
      const most = highCoefficient(atoms.uses.byAtom, atom) / (amount === 0 ? 1 : Math.abs(amount));
      return evenValues(-most, most, usualColumns);
    };
    views.push(await steer(decoder, atoms.dictionary, { ...exhibit, add: [parts], amounts: amounts ?? usual() }));
  }
  return { ...views[0], panels: views.flatMap(({ panels }) => panels) };
}

/**
 * The direction from all to those of which a formula is true, what atoms it is made of, and pictures that it is added to.
 *
 * @param options `against`: see `attribute` of the lenses
 * @throws NoemaError ATOMS_NO_DECODER, ATOMS_EXAMPLES, FORMULA_…, and what the lens throws
 */
export async function attributeOf(
  atoms: OpenAtoms,
  exhibit: AtomsExhibit,
  options: {
    readonly formula: string;
    readonly against: "mean" | "others";
    readonly amounts?: readonly number[] | undefined;
  },
): Promise<Attribute> {
  const { formula, against, amounts } = options;
  const decoder = await atoms.neededDecoder();
  const found = (await atoms.codes.where(formula)).map(({ row }) => Number(row)).sort((a, b) => a - b);
  const { count } = atoms.activations;
  if (found.length === 0 || found.length === count) {
    throw new NoemaError("ATOMS_EXAMPLES", {
      where: `--attribute "${formula}"`,
      found: found.length === 0 ? "it is true of no vector" : `it is true of all ${count} vectors`,
      needed: "examples that have it, and others that have not",
    });
  }
  const chosen = spread(found, mostExamples);
  const inside = new Set(found);
  const others =
    against === "mean"
      ? []
      : spread(
          Array.from({ length: count }, (_, row) => row).filter((row) => !inside.has(row)),
          mostExamples,
        );
  return attribute(decoder, atoms.dictionary, {
    vectors: atoms.activations.rows([...chosen, ...others]),
    chosen: Array.from(chosen.keys()),
    from: against,
    name: formula,
    code: (vectors) => atoms.code(vectors),
    onto: { ...exhibit, ...(amounts && { amounts }) },
  });
}

/** At most so many, evenly from all. */
function spread(rows: readonly number[], most: number): number[] {
  const count = Math.min(rows.length, most);
  return Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]);
}
