/** @file Representations for tests: factors in all combinations, equally often, and latents made from them. */
import { type Random, seededRandom } from "@noema/engine";
import type { KnownFactor, Representation } from "./representation.js";

/** All combinations of so many values each, `repeats` times: no factor tells anything about another. */
export function combinations(counts: readonly number[], repeats: number): KnownFactor[] {
  const pictures = counts.reduce((product, count) => product * count, repeats);
  let every = pictures;
  return counts.map((count, k) => {
    every /= count;
    const step = every;
    return {
      name: `factor ${k + 1}`,
      values: Array.from({ length: count }, (_, value) => `${value}`),
      of: Int32Array.from({ length: pictures }, (_, i) => Math.floor(i / step) % count),
    };
  });
}

/** @param latentsOf what each picture's latents are, from its values of the factors */
export function represent(
  factors: readonly KnownFactor[],
  latentsOf: (values: readonly number[], picture: number) => readonly number[],
): Representation {
  const rows = Array.from(factors[0].of, (_, i) =>
    latentsOf(
      factors.map(({ of }) => of[i]),
      i,
    ),
  );
  return { latents: Float32Array.from(rows.flat()), factors };
}

/** The latents in another order, each multiplied and moved. */
export function rearranged(
  { latents, factors }: Representation,
  order: readonly number[],
  scales: readonly number[],
): Representation {
  const size = latents.length / factors[0].of.length;
  const moved = latents.map((_, at) => {
    const [picture, j] = [Math.floor(at / size), at % size];
    return latents[picture * size + order[j]] * scales[j] + j;
  });
  return { latents: moved, factors };
}

const normals = (random: Random, count: number) => Array.from({ length: count }, () => random.normal());

/** Rows of a Hadamard matrix: each factor weighs the same in every latent. */
const hadamard = [
  [1, 1, 1, 1],
  [1, -1, 1, -1],
  [1, 1, -1, -1],
  [1, -1, -1, 1],
];

/** What latents may be, by the words of docs/metrics.md: of 2500 pictures, four factors of five values. */
export function examples(): ReadonlyMap<string, Representation> {
  const factors = combinations([5, 5, 5, 5], 4);
  const random = seededRandom(7);
  const mixture = Array.from({ length: 64 }, () => normals(random, 4));
  const mixed = (weights: readonly (readonly number[])[]) => (values: readonly number[]) =>
    weights.map((row) => row.reduce((sum, weight, k) => sum + weight * (values[k] - 2), 0));
  return new Map([
    ["a latent for each factor", represent(factors, (values) => values)],
    ["the same, blurred", represent(factors, (values) => values.map((v) => v + 0.5 * random.normal()))],
    ["the same, and 60 latents of noise", represent(factors, (values) => [...values, ...normals(random, 60)])],
    ["two latents, for two of the factors", represent(factors, ([a, b]) => [a, b])],
    ["two latents, each for two factors", represent(factors, ([a, b, c, d]) => [4 * a + b, 4 * c + d])],
    ["two latents for each factor", represent(factors, (values) => [...values, ...values.map((v) => -v)])],
    ["four latents, each of all factors alike", represent(factors, mixed(hadamard))],
    ["64 latents, random mixtures", represent(factors, mixed(mixture))],
    ["four latents of noise", represent(factors, () => normals(random, 4))],
    ["64 latents of noise", represent(factors, () => normals(random, 64))],
  ]);
}
