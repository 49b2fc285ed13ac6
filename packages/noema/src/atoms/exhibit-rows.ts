/** @file exhibitRows: the pictures that views of atoms are made of: some that were set apart, or the user's own. */
import { basename } from "node:path";
import { seededRandom } from "@noema/engine";
import { permutation } from "@noema/lenses";
import type { OpenAtoms } from "./open-atoms.js";
import { picturesOfRows } from "./pictures-of-rows.js";

export interface AtomsExhibit {
  /** N×D. */
  readonly vectors: Float32Array;
  readonly names: readonly string[];
  /** N×C×H×W, 0..1; undefined where the decoder draws others, which cannot stand beside them. */
  readonly pictures: Float32Array | undefined;
}

/** Stream of the seed by which pictures are drawn. */
const drawingStream = 840;

/**
 * @param choice files, or how many of those set apart
 * @throws NoemaError what reading the pictures and the network throws
 */
export async function exhibitRows(
  atoms: OpenAtoms,
  choice: { readonly images?: string | undefined; readonly count: number; readonly skip?: number },
): Promise<AtomsExhibit> {
  const { decoder } = await atoms.decoder();
  const form = atoms.form();
  const alike =
    decoder === undefined ||
    (["channels", "height", "width"] as const).every((side) => decoder.picture[side] === form[side]);
  if (choice.images !== undefined) {
    const paths = choice.images.split(",");
    const { pictures, vectors } = await atoms.vectorsOf(paths);
    return { vectors, names: paths.map((path) => basename(path)), pictures: alike ? pictures : undefined };
  }
  const rows = await drawnRows(atoms, choice);
  const { pictures, names, known } = await picturesOfRows(atoms, rows, { whole: true });
  const column = labelColumn(atoms);
  return {
    vectors: atoms.activations.rows(rows),
    names: known.map((own, i) => (column === undefined ? names[i] : String(own[column] ?? names[i]))),
    pictures: alike ? pictures : undefined,
  };
}

/** Rows of different pictures, drawn from those set apart. */
async function drawnRows(atoms: OpenAtoms, { count, skip = 0 }: { count: number; skip?: number }): Promise<number[]> {
  const test = await atoms.testRows();
  const each = atoms.activations.meta.layer?.perPicture ?? 1;
  const order = permutation(test.length, seededRandom(0, drawingStream));
  const seen = new Set<number>();
  const rows: number[] = [];
  for (const i of order) {
    // Vectors of one picture follow each other.
    const picture = Math.floor(test[i] / each);
    if (seen.has(picture)) continue;
    seen.add(picture);
    if (seen.size > skip) rows.push(test[i]);
    if (rows.length === count) break;
  }
  return rows;
}

/** The column of what pictures are called after; undefined where nothing is known of them. */
export function labelColumn(atoms: OpenAtoms): string | undefined {
  const { pictures } = atoms.activations.meta;
  return pictures?.columns.find(({ name }) => name === pictures.label)?.column;
}
