/** @file atomsView: what each atom draws, and beside it the pictures that have most of it and of its opposite. */
import { type AtomSheet, atomSheet, type Panel, type ThoughtDecoder } from "@noema/lenses";
import type { OpenAtoms } from "./open-atoms.js";
import { picturesOfRows } from "./pictures-of-rows.js";

export interface AtomsViewOptions {
  /** Default: those that most vectors have. */
  readonly atoms: readonly number[];
  readonly as: "rows" | "grid";
  /** Pictures beside each, on either side; 0: none. Only in rows. */
  readonly pictures: number;
  readonly sides?: "both" | "+" | undefined;
  readonly quantile?: number | undefined;
  readonly columns?: number | undefined;
}

/** @throws NoemaError what the lens, the decoder and the pictures refuse */
export async function atomsView(
  atoms: OpenAtoms,
  decoder: ThoughtDecoder,
  options: AtomsViewOptions,
): Promise<AtomSheet> {
  const { pictures: count, sides = atoms.dictionary.nonNegative ? "+" : "both", quantile, columns, as } = options;
  const view = await atomSheet(decoder, atoms.dictionary, {
    ...{ codes: atoms.uses.byAtom, atoms: options.atoms, as, sides },
    ...(quantile !== undefined && { quantile }),
    ...(columns !== undefined && { columns }),
  });
  if (as === "grid" || count === 0) return view;
  const { channels, height, width } = atoms.form();
  const { picture } = view;
  const alike = picture.channels === channels && picture.height === height && picture.width === width;
  if (!alike) return view;
  const beside = async (sign: 1 | -1): Promise<Panel> => ({
    heading: { text: sign === 1 ? "pictures that have most of it" : "that have most of its opposite" },
    axes: { along: "the first has most" },
    rows: options.atoms.map(() => ({ text: "" })),
    columns: Array.from({ length: count }, (_, i) => ({ text: `${i + 1}` })),
    pictures: await strongestPictures(atoms, { atoms: options.atoms, count, sign }),
  });
  const [own] = view.panels;
  const panels = [
    { ...own, heading: { text: "what it draws" } },
    await beside(1),
    ...(sides === "both" ? [await beside(-1)] : []),
  ];
  return { ...view, panels };
}

/** (atoms·count)×C×H×W; white where fewer vectors have it. */
async function strongestPictures(
  atoms: OpenAtoms,
  { atoms: wanted, count, sign }: { readonly atoms: readonly number[]; readonly count: number; readonly sign: 1 | -1 },
): Promise<Float32Array> {
  const { channels, height, width } = atoms.form();
  const each = channels * height * width;
  const found = new Float32Array(wanted.length * count * each).fill(1);
  for (const [i, atom] of wanted.entries()) {
    const rows = await strongestRows(atoms, { atom, sign, count });
    const { pictures } = await picturesOfRows(atoms, rows);
    found.set(pictures, i * count * each);
  }
  return found;
}

/** The vectors that have most of an atom, one of each picture. */
export async function strongestRows(
  atoms: OpenAtoms,
  { atom, sign, count }: { readonly atom: number; readonly sign: 1 | -1; readonly count: number },
): Promise<number[]> {
  const each = atoms.activations.meta.layer?.perPicture ?? 1;
  const side = sign === 1 ? "positive" : "negative";
  // Several vectors of one picture may be among the strongest.
  const { rows } = await atoms.codes.withAtom(atom, {
    limit: each === 1 ? count : count * Math.min(each, 64),
    sign: side,
  });
  const seen = new Set<number>();
  return Array.from(rows)
    .filter((row) => {
      const picture = Math.floor(row / each);
      return !seen.has(picture) && seen.add(picture);
    })
    .slice(0, count);
}

/** Atoms that any vector has, those that most have first. */
export async function mostUsed(atoms: OpenAtoms, count: number): Promise<number[]> {
  const uses = await atoms.codes.frequencies();
  return Array.from(uses.keys())
    .filter((atom) => uses[atom] > 0)
    .sort((a, b) => uses[b] - uses[a] || a - b)
    .slice(0, count);
}
