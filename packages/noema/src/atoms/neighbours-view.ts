/** @file neighboursView: atoms beside those that point the same way, the other way, and that the same pictures have. */
import {
  coactivations,
  cosineNeighbours,
  highCoefficient,
  type Panel,
  type Part,
  sumOfAtoms,
  type View,
} from "@noema/lenses";
import { strongestRows } from "./atoms-view.js";
import type { OpenAtoms } from "./open-atoms.js";
import { picturesOfRows } from "./pictures-of-rows.js";
import { spokenNumber } from "./spoken-number.js";

export interface Neighbours {
  readonly atom: number;
  readonly nearest: readonly { readonly atom: number; readonly cosine: number }[];
  readonly opposite: readonly { readonly atom: number; readonly cosine: number }[];
  /** `jaccard`: in how many of the vectors that have either both are, 0..1. */
  readonly together: readonly { readonly atom: number; readonly jaccard: number; readonly lift: number }[];
}

/** @param count of each kind */
export function neighboursOf(atoms: OpenAtoms, of: readonly number[], count: number): Neighbours[] {
  const cosines = cosineNeighbours(atoms.dictionary, { of, count });
  const pairs = coactivations(atoms.uses.codes, { atoms: atoms.codes.meta.atoms, of, count });
  return cosines.map((own, i) => ({ ...own, together: pairs[i].together }));
}

/**
 * A panel for each atom. Where nothing draws vectors, an atom is shown by the picture that has most of it.
 *
 * @throws NoemaError what the decoder and the pictures refuse
 */
export async function neighboursView(atoms: OpenAtoms, found: readonly Neighbours[]): Promise<View> {
  const shown = new Set(
    found.flatMap((one) => [one.atom, ...[...one.nearest, ...one.opposite, ...one.together].map(({ atom }) => atom)]),
  );
  const { picture, of } = await atomPictures(atoms, [...shown]);
  const size = picture.channels * picture.height * picture.width;
  const panels = found.map(({ atom, nearest, opposite, together }): Panel => {
    const beside = [
      ...[...nearest, ...opposite].map((one) => ({ atom: one.atom, note: `cos ${spokenNumber(one.cosine)}` })),
      ...together.map((one) => ({ atom: one.atom, note: `both: ${spokenNumber(100 * one.jaccard)} %` })),
    ];
    const pictures = new Float32Array(beside.length * size);
    beside.forEach((one, i) => {
      pictures.set(of(one.atom), i * size);
    });
    return {
      heading: { text: `atom ${atom}` },
      from: [{ text: `atom ${atom}`, picture: of(atom).slice() }],
      axes: { along: "the same way, the other way, in the same pictures" },
      rows: [{ text: "" }],
      columns: beside.map((one) => ({ text: `${one.atom}`, note: one.note })),
      pictures,
    };
  });
  return { picture, panels };
}

interface AtomPictures {
  readonly picture: View["picture"];
  /** C×H×W, about 0..1. */
  readonly of: (atom: number) => Float32Array;
}

/** A picture of each atom: what it draws on the mean, else the picture that has most of it. */
export async function atomPictures(atoms: OpenAtoms, wanted: readonly number[]): Promise<AtomPictures> {
  const { decoder } = await atoms.decoder();
  const place = new Map(wanted.map((atom, i) => [atom, i]));
  if (decoder !== undefined) {
    const { dictionary } = atoms;
    const vectors = new Float32Array(wanted.length * dictionary.length);
    wanted.forEach((atom, i) => {
      const part: Part = { atom, amount: highCoefficient(atoms.uses.byAtom, atom) };
      vectors.set(sumOfAtoms(dictionary, [part]), i * dictionary.length);
    });
    const { picture } = decoder;
    const size = picture.channels * picture.height * picture.width;
    const drawn = await decoder.decode(vectors);
    return { picture, of: (atom: number) => drawn.subarray(place.get(atom)! * size, (place.get(atom)! + 1) * size) };
  }
  const picture = atoms.form();
  const size = picture.channels * picture.height * picture.width;
  const drawn = new Float32Array(wanted.length * size).fill(1);
  for (const [i, atom] of wanted.entries()) {
    const rows = await strongestRows(atoms, { atom, sign: 1, count: 1 });
    drawn.set((await picturesOfRows(atoms, rows)).pictures, i * size);
  }
  return { picture, of: (atom: number) => drawn.subarray(place.get(atom)! * size, (place.get(atom)! + 1) * size) };
}
