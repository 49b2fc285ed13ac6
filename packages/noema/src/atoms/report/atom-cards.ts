/** @file atomCards: each atom with what it draws, and examples of it from those that have most to those that have least. */
import { seededRandom } from "@noema/engine";
import { atomSheet, highCoefficient, type QuantileBand, quantileExamples } from "@noema/lenses";
import { pictureSource, pixelsSource } from "../../factors/panel-html.js";
import type { Pixels } from "../../pictures/png.js";
import type { OpenAtoms } from "../open-atoms.js";
import { picturesOfRows } from "../pictures-of-rows.js";
import { thumbnail } from "../thumbnail.js";

export interface AtomCard {
  readonly atom: number;
  /** What it draws: the address of each picture and what it is. */
  readonly drawn: readonly { readonly source: string; readonly words: string }[];
  readonly sides: readonly CardSide[];
  /** In how many vectors it is, 0..1, how many of them +, and how much of it is a lot. */
  readonly share: number;
  readonly positive: number;
  readonly high: number;
}

interface CardSide {
  readonly sign: 1 | -1;
  readonly bands: readonly {
    readonly strongest: number;
    readonly weakest: number;
    readonly sources: readonly string[];
  }[];
}

export interface AtomCardsOptions {
  readonly atoms: readonly number[];
  /** By atom and sign: dreams, where some were made. */
  readonly dreams?: ReadonlyMap<string, Pixels> | undefined;
  /** Told after each. */
  readonly onCard?: (done: number) => void;
  readonly signal: AbortSignal;
}

/** Bands of examples, and examples of each; of the opposite side only where so many of the vectors have that. */
const [bands, each, leastOpposite] = [5, 3, 0.1] as const;

/** Stream of the seed by which examples are drawn. */
const drawingStream = 842;

export const dreamKey = (atom: number, sign: 1 | -1) => `${sign * (atom + 1)}`;

/**
 * Undefined after Ctrl-C.
 *
 * @throws NoemaError what the decoder and the pictures refuse
 */
export async function atomCards(atoms: OpenAtoms, options: AtomCardsOptions): Promise<AtomCard[] | undefined> {
  const { byAtom, rowOf } = atoms.uses;
  const uses = await atoms.codes.frequencies();
  const drawn = await drawnPictures(atoms, options);
  const cards: AtomCard[] = [];
  for (const atom of options.atoms) {
    if (options.signal.aborted) return undefined;
    const both = ([1, -1] as const).map((sign) => ({
      sign,
      found: quantileExamples(byAtom, atom, {
        ...{ random: seededRandom(atom, drawingStream), side: sign === 1 ? "+" : "-", bands, each, top: each },
      }),
    }));
    const all = both[0].found.count + both[1].found.count;
    const most = both[0].found.count >= both[1].found.count ? 1 : -1;
    const shown = both.filter(
      ({ sign, found }) => found.count > 0 && (sign === most || found.count >= leastOpposite * all),
    );
    cards.push({
      atom,
      drawn: drawn.get(atom) ?? [],
      sides: await Promise.all(
        shown.map(async ({ sign, found }) => ({ sign, bands: await bandPictures(atoms, found.bands, rowOf) })),
      ),
      share: uses[atom] / atoms.codes.meta.vectors,
      positive: all === 0 ? 0 : both[0].found.count / all,
      high: highCoefficient(byAtom, atom),
    });
    options.onCard?.(cards.length);
  }
  return cards;
}

async function bandPictures(
  atoms: OpenAtoms,
  found: readonly QuantileBand[],
  rowOf: (vector: number) => number,
): Promise<CardSide["bands"]> {
  const rows = found.flatMap((band) => Array.from(band.rows, rowOf));
  const { pictures, form } = await picturesOfRows(atoms, rows);
  const size = form.channels * form.height * form.width;
  const sources = await Promise.all(
    rows.map((_, i) => pixelsSource(thumbnail(pictures.subarray(i * size, (i + 1) * size), form, smallSide(form)))),
  );
  let at = 0;
  return found.map(({ rows: own, strongest, weakest }) => {
    at += own.length;
    return { strongest, weakest, sources: sources.slice(at - own.length, at) };
  });
}

/** Pictures that are small already stay as they are: the page enlarges them. */
const smallSide = ({ height, width }: { height: number; width: number }) => Math.min(112, Math.max(height, width));

async function drawnPictures(
  atoms: OpenAtoms,
  { atoms: wanted, dreams }: AtomCardsOptions,
): Promise<Map<number, AtomCard["drawn"]>> {
  const found = new Map<number, AtomCard["drawn"]>();
  const { decoder } = await atoms.decoder();
  for (const atom of wanted) {
    const own: AtomCard["drawn"][number][] = [];
    for (const sign of [1, -1] as const) {
      const dream = dreams?.get(dreamKey(atom, sign));
      if (dream !== undefined) {
        own.push({ source: await pixelsSource(dream), words: sign === 1 ? "dream" : "dream of its opposite" });
      }
    }
    found.set(atom, own);
  }
  if (decoder === undefined || wanted.length === 0) return found;
  const sheet = await atomSheet(decoder, atoms.dictionary, { codes: atoms.uses.byAtom, atoms: wanted, as: "rows" });
  const [panel] = sheet.panels;
  const { channels, height, width } = sheet.picture;
  const size = channels * height * width;
  const columns = panel.columns.length;
  for (const [row, atom] of wanted.entries()) {
    const own = await Promise.all(
      panel.columns.map(async ({ text }, column) => {
        const place = row * columns + column;
        const source = await pictureSource(
          panel.pictures.subarray(place * size, (place + 1) * size),
          sheet.picture,
          {},
        );
        return { source, words: text };
      }),
    );
    found.set(atom, [...own, ...found.get(atom)!]);
  }
  return found;
}
