/** @file What commands that record activations are asked for: which pictures, and which vectors of each. */
import { NoemaError } from "@noema/engine";
import type { VectorKind } from "../store/activations-file.js";
import type { Network } from "./open-network.js";

/** More places than any layer of a picture has. */
export const mostPlaces = 2 ** 24;

export const positionsPattern = /^(mean|max|centre|all|[1-9]\d{0,7})$/;

/** `mean`, `max`, `centre` or `all`; or how many places of each picture are drawn. */
export function vectorsAsked(positions: string): { readonly of: VectorKind; readonly drawn?: number } {
  const drawn = Number(positions);
  return Number.isInteger(drawn)
    ? { of: "drawn", drawn: Math.min(drawn, mostPlaces) }
    : { of: positions as VectorKind };
}

interface DataOptions {
  readonly data?: string | undefined;
  readonly most?: number | undefined;
  readonly dataSeed?: number | undefined;
  readonly seed: number;
}

/**
 * The data of a training are opened as they were in it: the same faces, the same pictures of too many.
 *
 * @param command as it is called in the error
 * @throws NoemaError OPTION_MISSING
 */
export function dataAsked(command: string, { data, most, dataSeed, seed }: DataOptions, { run }: Network) {
  const trainedOn = run?.options.data;
  const own = data === undefined || data === trainedOn ? run?.options : undefined;
  const named = data ?? trainedOn;
  if (named === undefined) {
    throw new NoemaError("OPTION_MISSING", {
      where: command,
      found: "--data DATA is missing",
      needed: "only what noema train has made knows its pictures by itself",
      remedy: `See ${command} --help.`,
    });
  }
  return {
    data: named,
    most: most ?? (data === undefined ? own?.most : undefined),
    dataSeed: dataSeed ?? own?.dataSeed ?? own?.seed ?? seed,
  };
}
