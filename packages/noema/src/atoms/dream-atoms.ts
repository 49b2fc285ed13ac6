/** @file dreamAtoms: the picture that drives a layer along an atom: what it is about where nothing draws vectors. */
import { atomOf, direction } from "@noema/lenses";
import { render } from "../dreams/render.js";
import { openForPictures } from "../models/open-for-pictures.js";
import type { Pixels } from "../pictures/png.js";
import type { Terminal } from "../terminal/command.js";
import type { OpenAtoms } from "./open-atoms.js";

export interface DreamAtomsOptions {
  readonly steps: number;
  readonly seed: number;
  /** Pixels. Default: that of the pictures that the network was shown. */
  readonly side?: number | undefined;
  readonly threads?: number | undefined;
}

/**
 * A dream of each atom, in their order; undefined where it diverged. Undefined after Ctrl-C.
 *
 * @throws NoemaError what opening the network and dreaming throw
 */
export async function dreamAtoms(
  atoms: OpenAtoms,
  wanted: readonly { readonly atom: number; readonly sign: 1 | -1 }[],
  { steps, seed, side, threads }: DreamAtomsOptions,
  terminal: Terminal,
): Promise<(Pixels | undefined)[] | undefined> {
  const network = await atoms.network();
  const { model, layer: own } = atoms.activations.meta;
  const { input, preprocessing } = model!;
  const layer = own!.name;
  const size = side === undefined ? model!.size : { width: side, height: side };
  const nameOf = ({ atom, sign }: (typeof wanted)[number]) => `${sign === 1 ? "" : "minus-"}atom-${atom}`;
  const vectors = Object.fromEntries(
    wanted.map((one) => [nameOf(one), atomOf(atoms.dictionary, one.atom).map((v) => v * one.sign)]),
  );
  const progress = terminal.progress(wanted.length * steps, "steps of dreams");
  const dreams: (Pixels | undefined)[] = wanted.map(() => undefined);
  try {
    const rendered = render({
      open: (batch) => openForPictures(network.opened, { batch, input, size, preprocessing }),
      jobs: wanted.map((one) => ({ objective: direction({ layer, vector: nameOf(one) }).text, seed })),
      ...{ vectors, steps, signal: terminal.signal },
      ...(threads !== undefined && { compile: { threads } }),
      onStep: ({ taken }) => progress.update(taken),
    });
    for await (const { job, finished, views, failure } of rendered) {
      if (!finished) return undefined;
      if (failure === undefined) dreams[job] = views.at(-1)?.pixels;
      else terminal.warn(failure.message);
    }
    return terminal.signal.aborted ? undefined : dreams;
  } finally {
    progress.stop();
  }
}
