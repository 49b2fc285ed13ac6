/** @file fitKinds: as many directions of each kind, of a layer's activations. */
import { setImmediate } from "node:timers/promises";
import {
  channelDirection,
  drawnChannels,
  independentDirections,
  isNonnegative,
  matchedDirections,
  nonnegativeDirections,
  principalDirections,
  type Rows,
  randomDirections,
  seededRandom,
  skewedUp,
  standardisedDirections,
} from "@noema/lenses";
import type { Terminal } from "../terminal/command.js";

export interface Direction {
  /** Such as `unit-17`, of channel 17, or `ica-3`: unique, and the name of its file. */
  readonly name: string;
  readonly vector: Float32Array;
}

export interface Kind {
  readonly name: string;
  /** How it was found: what of it a reader should know. */
  readonly note: string;
  readonly directions: readonly Direction[];
}

export interface FittedKinds {
  readonly kinds: readonly Kind[];
  /** Which kinds are missing, and why. */
  readonly notes: readonly string[];
}

/** Streams of the seed, one for each kind: leaving one out changes no other. */
const streams = { unit: 301, random: 302, standardised: 303, matched: 304, ica: 305, nmf: 306 };

/** @param rows positions of the choosing half. Undefined after Ctrl-C. */
export async function fitKinds(
  rows: Rows,
  { count, seed, terminal }: { count: number; seed: number; terminal: Terminal },
): Promise<FittedKinds | undefined> {
  const { columns } = rows;
  const random = (kind: keyof typeof streams) => seededRandom(seed, streams[kind]);
  const notes: string[] = [];
  const channels = drawnChannels(columns, count, random("unit"));
  const kinds: Kind[] = [
    {
      name: "unit",
      note:
        channels.length === columns ? `all ${columns} channels` : `${count} of ${columns} channels, drawn at random`,
      directions: channels.map((channel) => ({ name: `unit-${channel}`, vector: channelDirection(columns, channel) })),
    },
    {
      name: "random",
      note: "every direction as likely as any other",
      directions: named("random", randomDirections(columns, count, random("random"))),
    },
    {
      name: "standardised",
      note: "random, with every channel divided by its standard deviation",
      directions: named("standardised", standardisedDirections(rows, count, random("standardised"))),
    },
    {
      name: "matched",
      note: "random, normally distributed with the covariance of the activations",
      directions: named("matched", matchedDirections(rows, count, random("matched"))),
    },
  ];
  const principal = principalDirections(rows, count);
  kinds.push({
    name: "pca",
    note: "the directions of largest variance; signs by skewness",
    directions: named(
      "pca",
      principal.directions.map((direction) => skewedUp(Float32Array.from(direction), rows)),
    ),
  });
  const ica = await finished(independentDirections(rows, count, random("ica")), "independent directions", terminal);
  if (ica === undefined) return undefined;
  kinds.push({
    name: "ica",
    note: ica.converged
      ? `FastICA, ${ica.iterations} iterations; signs by skewness`
      : `FastICA, not converged in ${ica.iterations} iterations; signs by skewness`,
    directions: named("ica", ica.directions),
  });
  if (isNonnegative(rows)) {
    const nmf = await finished(nonnegativeDirections(rows, count, random("nmf")), "non-negative directions", terminal);
    if (nmf === undefined) return undefined;
    const used = nmf.directions.filter((direction) => direction.some((v) => v > 0));
    kinds.push({
      name: "nmf",
      note: `${nmf.iterations} iterations on ${nmf.rows} rows, ${(100 * nmf.leftOver).toPrecision(2)} % of the squares left over`,
      directions: named("nmf", used),
    });
  } else notes.push("Without NMF: the layer has negative activations, which are no sums of non-negative parts.");
  for (const { name, directions } of kinds) {
    if (directions.length < count)
      notes.push(`Only ${directions.length} directions of kind ${name}: the activations vary in no more.`);
  }
  return { kinds: kinds.filter(({ directions }) => directions.length > 0), notes };
}

function named(kind: string, vectors: readonly Float32Array[]): Direction[] {
  return vectors.map((vector, i) => ({ name: `${kind}-${i}`, vector }));
}

/** The result of work that yields the share of it that is done. Undefined after Ctrl-C. */
export async function finished<T>(
  work: Generator<number, T>,
  what: string,
  terminal: Terminal,
): Promise<T | undefined> {
  const progress = terminal.progress(100, `% of ${what}, at most`);
  try {
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
      if (terminal.signal.aborted) return undefined;
      progress.update(Math.round(100 * value));
      await setImmediate();
    }
  } finally {
    progress.stop();
  }
}
