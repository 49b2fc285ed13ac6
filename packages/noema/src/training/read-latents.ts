/** @file Latents of a run's pictures, and how well the label can be read from them. */
import { type Leakage, leakage } from "@noema/lenses";
import type { OpenRun } from "./open-run.js";
import { picturesOf, type Subject } from "./subject.js";

/** Pictures that are encoded in one piece. */
const portion = 1024;

/** Latents of so many pictures teach the probes at most. */
const mostProbed = 60_000;

/** N×Z. */
export async function latentsOf(run: OpenRun, { dataset }: Subject, pictures: Int32Array): Promise<Float32Array> {
  const size = run.autoencoder.latents;
  const all = new Float32Array(pictures.length * size);
  for (let from = 0; from < pictures.length; from += portion) {
    const { latents } = await run.autoencoder.encode(picturesOf(dataset, pictures.subarray(from, from + portion)));
    all.set(latents, from * size);
  }
  return all;
}

export interface Probed {
  readonly leakage: Leakage;
  /** N×Z, of the pictures that figures are taken of. */
  readonly asked: Float32Array;
}

/** Probes learn from the pictures that taught, and are asked about those that figures are taken of. */
export async function probe(run: OpenRun): Promise<Probed> {
  const subject = await run.subject();
  const { training, asked, label } = subject;
  const coded = async (pictures: Int32Array) => ({
    latents: await latentsOf(run, subject, pictures),
    labels: pictures.map((i) => label.of[i]),
  });
  const test = await coded(asked);
  const found = await leakage({
    training: await coded(training.pictures.subarray(0, mostProbed)),
    test,
    latents: run.autoencoder.latents,
    labels: label.values.length,
    seed: run.options.seed,
  });
  return { leakage: found, asked: test.latents };
}
