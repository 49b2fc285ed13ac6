import { expect, test } from "vitest";
import { metrics } from "./index.js";
import { type MeasureOptions, measureFactors } from "./measure-factors.js";
import type { Representation } from "./representation.js";
import { combinations, represent } from "./representations.testing.js";

function measured(representation: Representation, options: MeasureOptions) {
  const run = measureFactors(representation, options);
  const shares: number[] = [];
  for (let step = run.next(); ; step = run.next()) {
    if (step.done) return { shares, scores: step.value };
    shares.push(step.value.share);
  }
}

const small = represent(combinations([4, 3], 10), ([a, b]) => [a, b, a + b]);

test("all metrics unless some are asked for, with the share that is done", () => {
  const { scores, shares } = measured(small, { seed: 1 });
  expect(scores.map(({ kind }) => kind.name)).toEqual(metrics.map(({ name }) => name));
  expect(shares).toEqual([...shares].sort());
  expect(shares[0]).toBe(0);
  expect(shares.at(-1)).toBeLessThan(1);
});

test("a metric says the same whichever others are asked for, and the same again", () => {
  const every = measured(small, { seed: 1 }).scores;
  const two = measured(small, { seed: 1, metrics: ["sap", "dci"] }).scores;
  for (const { kind, score } of two) expect(score).toEqual(every.find((other) => other.kind === kind)!.score);
});

test("beside each score what the same latents say when they are dealt to other pictures", () => {
  const perfect = represent(combinations([4, 4, 4], 10), (values) => values);
  const { scores } = measured(perfect, { seed: 1, metrics: ["mig", "factor-vae"], chance: true });
  const [mig, factorVae] = scores;
  expect(mig.score!.score).toBeCloseTo(1, 9);
  expect(mig.chance).toBeLessThan(0.05);
  expect(factorVae.score!.score).toBe(1);
  expect(factorVae.chance).toBeGreaterThan(0.15);
  expect(factorVae.chance).toBeLessThan(0.6);
});

test("with a single factor, metrics that compare factors are missing, and say why", () => {
  const { scores } = measured(
    represent(combinations([4], 20), ([a]) => [a, 1]),
    { seed: 1 },
  );
  const missing = scores.filter(({ score }) => score === undefined);
  expect(missing.map(({ kind }) => kind.name)).toEqual(["beta-vae", "dci", "factor-vae", "modularity"]);
  for (const { missing: why } of missing) expect(why).toContain("the only factor that varies");
});

test("an unknown metric lists the known ones; bad latents are an error, not a missing score", () => {
  expect(() => measured(small, { seed: 1, metrics: ["mgi"] })).toThrow(/Nearest: .*"mig".*METRIC_UNKNOWN/);
  const bad = { ...small, latents: small.latents.with(0, Number.NaN) };
  expect(() => measured(bad, { seed: 1 })).toThrow(expect.objectContaining({ code: "LATENTS_NOT_FINITE" }));
});
