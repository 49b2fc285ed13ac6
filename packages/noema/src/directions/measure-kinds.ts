/** @file measureKinds: how selective directions of each kind are, and what of that is a difference. */
import {
  type Comparison,
  compareKinds,
  confidence,
  discoveries,
  type Halves,
  type Labelling,
  type Selectivity,
  selectivities,
} from "@noema/lenses";
import type { Terminal } from "../terminal/command.js";
import { type Direction, finished, type Kind } from "./fit-kinds.js";

export interface MeasuredDirection extends Direction, Selectivity {
  /** Pictures of the measuring half that excite it most, the strongest first. */
  readonly first: readonly number[];
}

export interface MeasuredKind extends Omit<Kind, "directions"> {
  /** The most selective on the choosing half first. */
  readonly directions: readonly MeasuredDirection[];
  /** How many of them are selective at a false discovery rate of 5 %. */
  readonly selective: number;
  /** How many different labels those are selective for: kinds whose directions all find the same have few. */
  readonly differentLabels: number;
}

export interface Measured {
  readonly kinds: readonly MeasuredKind[];
  readonly comparison: Comparison;
}

export interface MeasureOptions {
  readonly kinds: readonly Kind[];
  /** Pictures × all directions, kind after kind; with opposites, a second such array. */
  readonly responses: readonly Float32Array[];
  readonly labellings: readonly Labelling[];
  readonly halves: Halves;
  readonly top: number;
  readonly resamples: number;
  readonly seed: number;
  readonly terminal: Terminal;
}

/** How many pictures are kept for showing. */
const shown = 8;

/** Undefined after Ctrl-C. */
export async function measureKinds(options: MeasureOptions): Promise<Measured | undefined> {
  const { kinds, responses, labellings, halves, top, resamples, seed, terminal } = options;
  const all = kinds.flatMap(({ directions }) => directions);
  const found = selectivities({ responses, directions: all.length, labellings, halves, top, seed });
  let from = 0;
  const measured = kinds.map(({ directions, ...kind }) => {
    const own = directions.map((direction, i): MeasuredDirection => {
      const selectivity = found[from + i];
      const vector = selectivity.sign === 1 ? direction.vector : direction.vector.map((v) => -v);
      const first = [...selectivity.ranking.order.subarray(0, shown)].map((place) => halves.measuring[place]);
      return { ...selectivity, name: direction.name, vector, first };
    });
    from += directions.length;
    const selective = discoveries(
      own.map(({ pValue }) => pValue),
      1 - confidence,
    );
    const best = [...own].sort((a, b) => a.pValue - b.pValue).slice(0, selective);
    const differentLabels = new Set(best.map(({ labelling, label }) => `${labelling}/${label}`)).size;
    return { ...kind, directions: own.sort((a, b) => b.chosenAt - a.chosenAt), selective, differentLabels };
  });
  const names = new Set(kinds.map(({ name }) => name));
  const pairs = [...questions(), ...controls()].filter((pair) => pair.every((name) => names.has(name)));
  const comparison = await finished(
    compareKinds({
      ...{ labellings, top, pairs, resamples, seed },
      kinds: measured.map(({ name, directions }) => ({ name, selectivities: directions })),
      measuring: halves.measuring,
    }),
    "the resamples",
    terminal,
  );
  return comparison && { kinds: measured, comparison };
}

/** The basis from every random kind: first the question itself. */
function questions(): [string, string][] {
  return ["random", "standardised", "matched"].map((control) => ["unit", control]);
}

/** Every other kind from random directions. */
function controls(): [string, string][] {
  return ["standardised", "matched", "pca", "ica", "nmf"].map((kind) => [kind, "random"]);
}
