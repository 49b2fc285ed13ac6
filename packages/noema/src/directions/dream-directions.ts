/** @file dreamDirections: pictures of the most selective and of the median directions of each kind. */
import { setImmediate } from "node:timers/promises";
import { NoemaError } from "@noema/engine";
import { Dream, type DreamOptions, direction } from "@noema/lenses";
import { type Pixels, pixelsOf } from "../pictures/png.js";
import type { Terminal } from "../terminal/command.js";
import type { MeasuredDirection, MeasuredKind } from "./measure-kinds.js";

/** A direction that is shown. */
export interface ShownDirection {
  readonly direction: MeasuredDirection;
  readonly role: "most selective" | "median";
  /** Undefined where it was not dreamt: not asked for, interrupted or diverged. */
  readonly dream: Pixels | undefined;
}

export interface DreamtKinds {
  /** By kind, in their order. */
  readonly shown: readonly (readonly ShownDirection[])[];
  readonly dreamt: number;
  readonly wanted: number;
  readonly notes: readonly string[];
}

export interface DreamDirectionsOptions
  extends Pick<DreamOptions, "model" | "preprocessing" | "input" | "colours" | "compile"> {
  readonly layer: string;
  readonly kinds: readonly MeasuredKind[];
  /** Of each kind so many, the most selective on the choosing half, and the median one. */
  readonly best: number;
  /** 0: no dreams. */
  readonly steps: number;
  readonly seed: number;
  readonly terminal: Terminal;
}

/** On Ctrl-C what there is so far. */
export async function dreamDirections(options: DreamDirectionsOptions): Promise<DreamtKinds> {
  const { kinds, best, steps, terminal, layer, ...rest } = options;
  const chosen = kinds.map(({ directions }) => {
    const first = directions.slice(0, best).map((one) => ({ direction: one, role: "most selective" as const }));
    const median = { direction: directions[directions.length >> 1], role: "median" as const };
    return directions.length > 2 * best ? [...first, median] : first;
  });
  const wanted = steps === 0 ? 0 : chosen.flat().length;
  const notes: string[] = [];
  let dreamt = 0;
  const progress = wanted === 0 ? undefined : terminal.progress(wanted * steps, "steps of dreams");
  // Disposed together: directions of one layer then share one compiled program.
  const opened: Dream[] = [];
  const dreamOne = async ({ name, vector }: MeasuredDirection): Promise<Pixels | undefined> => {
    if (wanted === 0 || terminal.signal.aborted) return undefined;
    const objective = direction({ layer, vector: name });
    const dream = await Dream.open({ ...rest, objective, vectors: { [name]: vector }, steps });
    const before = opened.push(dream) - 1;
    try {
      while (dream.step < steps) {
        if (terminal.signal.aborted) return undefined;
        await dream.advance();
        progress?.update(before * steps + dream.step);
        await setImmediate();
      }
    } catch (error) {
      if (!(error instanceof NoemaError) || error.code !== "DREAM_DIVERGED") throw error;
      notes.push(error.message);
      return undefined;
    }
    dreamt++;
    return pixelsOf(await dream.pictures(), dream.size, 0);
  };
  try {
    const shown: ShownDirection[][] = [];
    for (const directions of chosen) {
      const done: ShownDirection[] = [];
      for (const one of directions) done.push({ ...one, dream: await dreamOne(one.direction) });
      shown.push(done);
    }
    return { shown, dreamt, wanted, notes };
  } finally {
    progress?.stop();
    for (const dream of opened) await dream.dispose();
  }
}
