/** @file dreamOn: one photograph dreamt on from beginning to end, or until it is interrupted. */
import { setImmediate } from "node:timers/promises";
import type { DeepDream } from "@noema/lenses";

export interface Dreamt {
  /** The picture so far. */
  readonly data: Float32Array;
  readonly finished: boolean;
  /** Not a single iteration was done. */
  readonly untouched: boolean;
  /** "octave 2 of 5, iteration 3 of 10", where it ended. */
  readonly where: string;
  /** What ended it, if that was no wish. */
  readonly failure?: unknown;
}

export interface Watch {
  readonly signal: AbortSignal;
  /** Told after each tile. */
  onTile(done: number, where: string): void;
}

/** Takes all steps and disposes the dream. On Ctrl-C and on failure there is what the last whole iteration left. */
export async function dreamOn(dream: DeepDream, iterations: number, { signal, onTile }: Watch): Promise<Dreamt> {
  let where = "";
  let untouched = true;
  let failure: unknown;
  try {
    while (!dream.finished && !signal.aborted) {
      const { octave, iteration, objective } = await dream.advance();
      where = `octave ${octave} of ${dream.octaves}, iteration ${iteration} of ${iterations}`;
      if (objective !== null) untouched = false;
      onTile(dream.progress.done, where);
      // A tile occupies the thread: without this, Ctrl-C would never be seen.
      await setImmediate();
    }
  } catch (error) {
    failure = error;
  }
  const { finished } = dream;
  const data = dream.picture();
  await dream.dispose();
  return { data, finished, untouched, where, ...(failure !== undefined && { failure }) };
}

/** Pixels shown to the network, in millions, with three digits. */
export const megapixels = (pixels: number) => Number((pixels / 1e6).toPrecision(3));
