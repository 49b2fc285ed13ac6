/** @file A job: one picture that is asked for, and how jobs are put into batches that run together. */

/** One picture: what it is of, and which of its chances. */
export interface Job {
  /** As `parseObjective` reads it. */
  readonly objective: string;
  readonly seed: number;
}

/**
 * Jobs into batches, which are drawn from one generator: a picture depends on its company. Each is of jobs that differ in numbers only, such as channels of one layer: a program that followed
 * several layers would take all of them for every picture.
 *
 * @param size the most that go together
 * @returns for each batch, places in `jobs`
 */
export function planBatches(jobs: readonly Job[], size: number): number[][] {
  const kinds = new Map<string, number[]>();
  jobs.forEach(({ objective }, i) => {
    const kind = kindOf(objective);
    kinds.set(kind, [...(kinds.get(kind) ?? []), i]);
  });
  return [...kinds.values()].flatMap((places) => inRows(places, size));
}

/** The objective without the numbers between its colons. */
export const kindOf = (objective: string): string => objective.replaceAll(/:\d+(?=[:\s]|$)/g, ":#");

/** Cut into as few rows as possible, of as equal lengths as possible: of one length, they share one program. */
function inRows(places: readonly number[], size: number): number[][] {
  const rows = Math.ceil(places.length / size);
  return Array.from({ length: rows }, (_, row) =>
    places.slice(Math.floor((row * places.length) / rows), Math.floor(((row + 1) * places.length) / rows)),
  );
}

/**
 * The seeds that the tries of a job have. Tries of jobs whose seeds follow each other do not meet.
 *
 * @returns the job itself where there is one try
 */
export function triesOf({ objective, seed }: Job, tries: number): Job[] {
  return Array.from({ length: tries }, (_, i) => ({ objective, seed: seed * tries + i }));
}
