/** @file measuresView: pictures before and after: a row for each atom that finds a value, a column for each picture. */
import { type Caption, highCoefficient, type ThoughtDecoder, type View } from "@noema/lenses";
import { exhibitRows } from "../exhibit-rows.js";
import type { OpenAtoms } from "../open-atoms.js";
import type { AtomMeasures } from "./measure-atoms.js";

/** Pictures beside each other, and rows that are drawn at most: the best first. */
const shown = { pictures: 10, rows: 40 } as const;

/** Atoms that were added to pictures; undefined where there are none. */
export async function measuresView(
  atoms: OpenAtoms,
  decoder: ThoughtDecoder,
  { values }: AtomMeasures,
): Promise<View | undefined> {
  const steered = values
    .filter((value) => value.steered !== undefined)
    .sort((a, b) => b.precision - a.precision)
    .slice(0, shown.rows);
  if (steered.length === 0) return undefined;
  const { vectors } = await exhibitRows(atoms, { count: shown.pictures });
  const { length, atoms: all } = atoms.dictionary;
  const count = vectors.length / length;
  const changed = new Float32Array((steered.length + 1) * vectors.length);
  changed.set(vectors);
  for (const [row, { atom, sign, steered: score }] of steered.entries()) {
    const times = sign * score!.amount * highCoefficient(atoms.uses.byAtom, atom);
    for (let i = 0; i < vectors.length; i++) {
      changed[(row + 1) * vectors.length + i] = vectors[i] + times * all[atom * length + (i % length)];
    }
  }
  const pictures = await decoder.decode(changed);
  const each = pictures.length / (changed.length / length);
  const columns = Array.from(
    { length: count },
    (_, i): Caption => ({ text: "", picture: pictures.slice(i * each, (i + 1) * each) }),
  );
  return {
    picture: decoder.picture,
    panels: [
      {
        axes: { down: "atom added" },
        rows: steered.map(({ factor, value, atom, sign, precision }) => ({
          text: `${factor} ${value}`,
          note: `atom ${sign < 0 ? "−" : ""}${atom}, finds it: ${precision.toFixed(2)}`,
        })),
        columns,
        pictures: pictures.subarray(count * each),
      },
    ],
  };
}
