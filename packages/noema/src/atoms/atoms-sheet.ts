/** @file atomsSheet: atoms without a decoder: what each is about as a dream, and the pictures that have most of it. */

import type { Pixels } from "../pictures/png.js";
import type { SheetRow, SheetSection } from "../pictures/sheet.js";
import { strongestRows } from "./atoms-view.js";
import type { OpenAtoms } from "./open-atoms.js";
import { picturesOfRows } from "./pictures-of-rows.js";
import { spokenNumber } from "./spoken-number.js";
import { thumbnail, usualSide } from "./thumbnail.js";

export interface AtomsSheetOptions {
  readonly sides: readonly { readonly atom: number; readonly sign: 1 | -1 }[];
  /** Pictures of each. */
  readonly count: number;
  /** Of each, undefined where there is none; left out where none was asked for. */
  readonly dreams?: readonly (Pixels | undefined)[] | undefined;
  /** Pixels to a side. */
  readonly cell?: number | undefined;
}

/** @throws NoemaError what reading the pictures throws */
export async function atomsSheet(atoms: OpenAtoms, options: AtomsSheetOptions): Promise<SheetSection> {
  const { sides, count, dreams, cell } = options;
  const uses = await atoms.codes.frequencies();
  const rows: SheetRow[] = [];
  for (const [i, { atom, sign }] of sides.entries()) {
    const found = await strongestRows(atoms, { atom, sign, count });
    const { pictures, form } = await picturesOfRows(atoms, found);
    const each = form.channels * form.height * form.width;
    const entries = found.map((_, k) => ({
      picture: thumbnail(pictures.subarray(k * each, (k + 1) * each), form, cell),
    }));
    const dream = dreams?.[i];
    rows.push({
      label: `${sign === 1 ? "" : "− "}atom ${atom}`,
      note: `in ${spokenNumber((100 * uses[atom]) / atoms.codes.meta.vectors)} %`,
      entries:
        dreams === undefined
          ? entries
          : [dream && { picture: broughtTo(dream, entries[0]?.picture.height ?? cell ?? usualSide) }, ...entries],
    });
  }
  const columns = Array.from({ length: count }, (_, i) => (i === 0 ? "has most" : ""));
  return { columns: dreams === undefined ? columns : ["dream", ...columns], rows };
}

/** Pixels as they are, each as large as brings the picture nearest to this side. */
function broughtTo(picture: Pixels, side: number): Pixels {
  const { width, height, channels, data } = picture;
  const factor = Math.max(1, Math.round(side / height));
  if (factor === 1) return picture;
  const larger = new Uint8Array(data.length * factor ** 2);
  for (let i = 0; i < larger.length; i++) {
    const [c, at] = [i % channels, Math.floor(i / channels)];
    const [x, y] = [at % (factor * width), Math.floor(at / (factor * width))];
    larger[i] = data[(Math.floor(y / factor) * width + Math.floor(x / factor)) * channels + c];
  }
  return { width: factor * width, height: factor * height, channels, data: larger };
}
