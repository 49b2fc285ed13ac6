/** @file xcovRun: an XCov autoencoder for the pictures at hand, and its figures on those set apart. */
import { architectureOf, crossCovarianceOf, largest, openAutoencoder, type Task, xcovTask } from "@noema/lenses";
import type { SettledOptions } from "./learn-options.js";
import { picturesOf, type Subject } from "./subject.js";

export interface Run {
  readonly task: Task;
  /** Names of the models that come out of it. */
  readonly models: readonly string[];
  /** Z, or 0. */
  readonly latents: number;
  /** Measured through the models as they will be written; undefined after Ctrl-C. */
  figures(
    models: Readonly<Record<string, Uint8Array>>,
    subject: Subject,
    signal: AbortSignal,
  ): Promise<Record<string, number> | undefined>;
  /** A picture of what came of it, where one says more than figures: a PNG beside run.json. */
  sheet?(
    models: Readonly<Record<string, Uint8Array>>,
    subject: Subject,
    figures: Readonly<Record<string, number>>,
  ): Promise<{ readonly name: string; readonly bytes: Uint8Array }>;
}

/** Pictures that are looked at in one piece: as numbers of the network they take four times their bytes. */
export const portion = 256;

export function xcovRun({ dataset, label }: Subject, options: SettledOptions): Run {
  const architecture = architectureOf(options.network);
  const latents = options.latents ?? architecture.latents;
  const picture = dataset.size;
  const sizes = { picture, labels: label.values.length, latents };
  const nets = architecture.build({ ...sizes, hidden: options.hidden ?? architecture.hidden });
  return {
    task: xcovTask({
      ...sizes,
      nets,
      weights: { ...options, focus: options.focus ?? 0 },
      pairs: options.pairs,
      ...(options.pairing && { pairing: options.pairing }),
    }),
    models: ["encoder", "decoder"],
    latents,
    figures: measure,
  };
}

async function measure(
  models: Readonly<Record<string, Uint8Array>>,
  subject: Subject,
  signal: AbortSignal,
): Promise<Record<string, number> | undefined> {
  const { dataset, label, asked: indices } = subject;
  const autoencoder = await openAutoencoder({
    encoder: models.encoder,
    decoder: models.decoder,
    labels: label.values,
  });
  try {
    const [labels, latents] = [
      new Float32Array(indices.length * label.values.length),
      new Float32Array(indices.length * autoencoder.latents),
    ];
    let [right, error] = [0, 0];
    for (let from = 0; from < indices.length; from += portion) {
      if (signal.aborted) return undefined;
      const own = indices.subarray(from, from + portion);
      const pictures = picturesOf(dataset, own);
      const encoded = await autoencoder.encode(pictures);
      const drawn = await autoencoder.decode(encoded.labels, encoded.latents);
      for (let i = 0; i < drawn.length; i++) error += (drawn[i] - pictures[i]) ** 2;
      labels.set(encoded.labels, from * label.values.length);
      latents.set(encoded.latents, from * autoencoder.latents);
      const found = largest(encoded.labels, label.values.length);
      right += own.reduce((sum, picture, i) => sum + (found[i] === label.of[picture] ? 1 : 0), 0);
    }
    return {
      accuracy: right / indices.length,
      "squared-error": error / indices.length,
      "cross-covariance": crossCovarianceOf(labels, latents, indices.length),
    };
  } finally {
    await autoencoder.dispose();
  }
}
