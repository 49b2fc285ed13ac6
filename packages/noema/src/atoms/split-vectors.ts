/** @file splitVectors: which vectors atoms are learned from, and which are set apart: never some of one picture and its others. */
import { unknownName } from "@noema/engine";
import { splitDataset } from "../data/open/split-dataset.js";
import type { ActivationsStore } from "../store/activations-store.js";
import { type KnownVectors, readKnown } from "./known-vectors.js";

export interface SplitVectorsOptions {
  /** The factor whose values are held out whole. Default: the person, where that is known; "none": none. */
  readonly heldOut?: string | undefined;
  /** The share that is set apart, 0..1. Default 0.1, or what the data say. */
  readonly share?: number | undefined;
  readonly seed: number;
}

export interface VectorsSplit {
  /** Rows of the store, rising. */
  readonly training: Uint32Array;
  readonly test: Uint32Array;
  /** How it came about. */
  readonly manner: string;
  readonly heldOut: string | undefined;
  readonly notes: readonly string[];
}

/** What datasets call the person that a picture is of: networks are trained with these held out. */
const usuallyHeldOut = ["identity", "person"];

/**
 * As `noema train` sets pictures apart, with the same seed the same: what is set apart was not learned from by an autoencoder either.
 *
 * @throws NoemaError FACTOR_UNKNOWN, SPLIT_SHARE, SPLIT_EMPTY
 */
export async function splitVectors(
  store: Pick<ActivationsStore, "folder" | "count" | "meta">,
  { heldOut: asked, share, seed }: SplitVectorsOptions,
): Promise<VectorsSplit> {
  const columns = (store.meta.pictures?.columns ?? []).map(({ name }) => name);
  if (asked !== undefined && asked !== "none" && !columns.includes(asked)) {
    throw unknownName("FACTOR_UNKNOWN", "factor", asked, [...columns, "none"]);
  }
  const heldOut = asked === "none" ? undefined : (asked ?? usuallyHeldOut.find((name) => columns.includes(name)));
  const known = await readKnown(store, heldOut === undefined ? [] : [heldOut]);
  const { pictureOf, first } = picturesIn(known, store.count);
  const factors = (known?.factors ?? []).map((factor) => ({ ...factor, of: first.map((row) => factor.of[row]) }));
  const test = known?.test;
  // A factor that is asked for by name goes before what the data say.
  const given = test === undefined || asked !== undefined ? undefined : Uint8Array.from(first, (row) => test[row]);
  const found = splitDataset(
    {
      ...{ kind: "activations", count: first.length, label: "", factors },
      ...(given && { test: given }),
      ...(heldOut !== undefined && factors.length > 0 && { heldOutBy: heldOut }),
    },
    { share, seed, labelled: false },
  );
  const apart = new Uint8Array(first.length);
  for (const picture of found.test) apart[picture] = 1;
  const rows = Uint32Array.from({ length: store.count }, (_, row) => row);
  return {
    training: rows.filter((row) => apart[pictureOf[row]] === 0),
    test: rows.filter((row) => apart[pictureOf[row]] === 1),
    manner: found.manner,
    heldOut: found.manner === "held out" ? heldOut : undefined,
    notes: found.notes,
  };
}

/** Pictures in the order of their first vectors: which one each vector is of, and the first vector of each. */
function picturesIn(known: KnownVectors | undefined, count: number) {
  const pictureOf = new Uint32Array(count);
  const first: number[] = [];
  const seen = new Map<number, number>();
  for (let row = 0; row < count; row++) {
    const picture = known === undefined ? row : known.pictures[row];
    const place = seen.get(picture) ?? first.length;
    if (place === first.length) {
      seen.set(picture, place);
      first.push(row);
    }
    pictureOf[row] = place;
  }
  return { pictureOf, first: Int32Array.from(first) };
}
