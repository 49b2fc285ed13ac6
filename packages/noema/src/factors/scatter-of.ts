/** @file scatterOf: the latents of a run's test pictures as points, coloured by the label and by every other factor. */
import { type Scatter, scatter } from "@noema/lenses";
import type { OpenRun } from "../training/open-run.js";
import { latentsOf } from "../training/read-latents.js";
import { mostClasses } from "./class-colours.js";

/** Points; more hide each other. */
const mostPoints = 10_000;

export interface ScatterOf {
  readonly scatter: Scatter;
  /** Which pictures of the data they are. */
  readonly pictures: Int32Array;
}

/** @param first the factor that comes first; default: the label */
export async function scatterOf(run: OpenRun, first?: string): Promise<ScatterOf> {
  const subject = await run.subject();
  const { dataset, label, asked } = subject;
  const pictures = asked.subarray(0, mostPoints);
  const wanted = first ?? label.name;
  const factors = dataset.factors
    .filter(({ name, values }) => name === wanted || values.length <= mostClasses)
    .sort((a, b) => Number(b.name === wanted) - Number(a.name === wanted))
    .map(({ name, values, of }) => ({ name, values, of: pictures.map((i) => of[i]) }));
  const latents = await latentsOf(run, subject, pictures);
  return { scatter: scatter(latents, { width: run.autoencoder.latents, factors }), pictures };
}
