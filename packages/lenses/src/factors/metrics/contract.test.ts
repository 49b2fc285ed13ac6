import { readdirSync, readFileSync } from "node:fs";
import { NoemaError, seededRandom } from "@noema/engine";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { metrics } from "./index.js";
import type { MetricScore } from "./metric.js";
import type { Representation } from "./representation.js";
import { combinations, examples, rearranged, represent } from "./representations.testing.js";

const folder = new URL(".", import.meta.url);
const page = readFileSync(new URL("../../../../../docs/metrics.md", folder), "utf8");

const known = examples();
const memory = new Map<string, MetricScore>();

/** The score of an example, measured once. */
function scoreOf(name: string, example: string): MetricScore {
  const key = `${name}/${example}`;
  const found = memory.get(key) ?? kindOf(name).measure(known.get(example)!, seededRandom(0));
  memory.set(key, found);
  return found;
}

const kindOf = (name: string) => metrics.find((kind) => kind.name === name)!;
const chance = 1 / 4;

/** What each metric's definition makes of the examples, as the least and the most. */
const expected: Readonly<Record<string, Readonly<Record<string, readonly [number, number]>>>> = {
  "a latent for each factor": {
    "beta-vae": [1, 1],
    dci: [0.999, 1],
    "factor-vae": [1, 1],
    mig: [0.999, 1],
    modularity: [0.999, 1],
    sap: [0.799, 0.8],
  },
  "four latents, each of all factors alike": {
    "beta-vae": [0.15, chance + 0.1],
    dci: [0, 0.02],
    "factor-vae": [0.15, chance + 0.1],
    mig: [0, 1e-9],
    modularity: [0, 1e-9],
    sap: [0, 0.03],
  },
  // Noise has no modularity to speak of, but each latent tells one factor more than the others, if hardly anything.
  "four latents of noise": {
    "beta-vae": [0.15, chance + 0.1],
    dci: [0, 0.05],
    "factor-vae": [0.1, chance + 0.1],
    mig: [0, 0.01],
    modularity: [0, 0.7],
    sap: [0, 0.05],
  },
  "64 latents of noise": {
    "beta-vae": [0.15, chance + 0.1],
    dci: [0, 0.1],
    "factor-vae": [0.1, chance + 0.1],
    mig: [0, 0.01],
    modularity: [0, 0.7],
    sap: [0, 0.05],
  },
  // Compactness is what MIG, SAP and completeness ask for; the others do not.
  "two latents for each factor": {
    "beta-vae": [1, 1],
    dci: [0.999, 1],
    "factor-vae": [1, 1],
    mig: [0, 1e-9],
    modularity: [0.999, 1],
    sap: [0, 1e-9],
  },
};

test("every file that defines a metric is in the index, under its own name", () => {
  const files = readdirSync(folder).filter(
    (file) => !file.includes(".test.") && / = defineMetric\(/.test(readFileSync(new URL(file, folder), "utf8")),
  );
  expect(metrics.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort());
});

describe.each(metrics.map(({ name }) => name))("%s", (name) => {
  const measure = (representation: Representation) => kindOf(name).measure(representation, seededRandom(0));

  test.each(Object.keys(expected))("%s", (example) => {
    const [least, most] = expected[example][name];
    const { score } = scoreOf(name, example);
    expect(score).toBeGreaterThanOrEqual(least);
    expect(score).toBeLessThanOrEqual(most);
  });

  test("a perfect representation gets the highest score there is", () => {
    const { score, highest } = scoreOf(name, "a latent for each factor");
    expect(score).toBeCloseTo(highest, 2);
  });

  test("a monotone function of each latent leaves a perfect representation perfect", () => {
    const distorted = represent(combinations([5, 5, 5], 8), (values) => values.map((v) => 100 - v - v * v));
    const { score, highest } = measure(distorted);
    expect(score).toBeCloseTo(highest, 1);
  });

  test("the order of the latents, their signs and their scales do not matter", () => {
    const factors = combinations([4, 4, 4], 12);
    const random = seededRandom(3);
    const some = represent(factors, ([a, b, c]) => {
      return [a + 0.4 * random.normal(), b + c, a - c + 0.2 * random.normal(), random.normal()];
    });
    const { score } = measure(some);
    const moved = measure(rearranged(some, [3, 1, 0, 2], [-0.01, 300, 8, -1]));
    expect(Math.abs(moved.score - score)).toBeLessThan(0.04);
    expect(score).toBeGreaterThan(0.02);
  });

  test("the same seed gives the same score, and the representation is left as it was", () => {
    const { latents, factors } = represent(combinations([3, 4], 10), ([a, b]) => [a + b, a - b, a]);
    const before = [latents.slice(), ...factors.map(({ of }) => of.slice())];
    expect(measure({ latents, factors })).toEqual(measure({ latents, factors }));
    expect([latents, ...factors.map(({ of }) => of)]).toEqual(before);
  });

  test("its tables have a number for each factor and latent", () => {
    const { factors, matrix, byFactor, byLatent } = scoreOf(name, "two latents for each factor");
    expect(factors).toHaveLength(4);
    expect(matrix.values).toHaveLength(32);
    expect([...matrix.values].every(Number.isFinite)).toBe(true);
    if (byFactor) expect(byFactor).toHaveLength(4);
    if (byLatent) expect(byLatent).toHaveLength(8);
  });

  test("a factor that is the same in all pictures changes nothing but a note", () => {
    const representation = represent(combinations([3, 4], 10), ([a, b]) => [a, b]);
    const same = { name: "same", values: ["yes", "no"], of: new Int32Array(120) };
    const { notes, ...score } = measure({ ...representation, factors: [same, ...representation.factors] });
    const { notes: without, ...expectedScore } = measure(representation);
    expect(score).toEqual(expectedScore);
    expect(notes).toEqual(['"same" is the same in all pictures and was left out.', ...without]);
  });

  test("whatever the latents are, the score is a number from 0 to 1 or an error with a code", () => {
    const latents = fc.record({
      seed: fc.integer(),
      size: fc.integer({ min: 1, max: 4 }),
      pictures: fc.integer({ min: 0, max: 40 }),
      counts: fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 3 }),
      levels: fc.constantFrom(1, 2, 1000),
      scale: fc.constantFrom(1e-38, 1, 1e38),
      spoilt: fc.boolean(),
    });
    fc.assert(
      fc.property(latents, ({ seed, size, pictures, counts, levels, scale, spoilt }) => {
        const random = seededRandom(seed);
        const values = Float32Array.from({ length: pictures * size }, () => random.below(levels) * (scale / levels));
        if (spoilt && values.length > 0) values[random.below(values.length)] = Number.NaN;
        const factors = counts.map((count, k) => ({
          name: `${k}`,
          values: Array.from({ length: count }, (_, value) => `${value}`),
          of: Int32Array.from({ length: pictures }, () => random.below(count)),
        }));
        try {
          const { score, highest } = measure({ latents: values, factors });
          expect(spoilt).toBe(false);
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1 + 1e-9);
          expect(highest).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof NoemaError)) throw error;
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe("as disentanglement_lib", () => {
  // Its definitions, with scikit-learn 1.2.1, on the same latents.
  test.each([
    ["two latents, each for two factors", 0.844956439094, 0.69277534366],
    ["64 latents, random mixtures", 0.026634256294, 0.848572609783],
  ])("MIG and modularity of %s are equal", (example, mig, modularity) => {
    expect(scoreOf("mig", example).score).toBeCloseTo(mig, 9);
    expect(scoreOf("modularity", example).score).toBeCloseTo(modularity, 9);
  });

  test("FactorVAE and BetaVAE scores are as near as chance lets them be", () => {
    const example = "two latents, each for two factors";
    expect(Math.abs(scoreOf("factor-vae", example).score - 0.5036)).toBeLessThan(0.03);
    expect(Math.abs(scoreOf("beta-vae", example).score - 0.829)).toBeLessThan(0.03);
  });

  test.each([
    ["the same, blurred", 0.663, 0.663, 0.714],
    ["two latents, for two of the factors", 0.252, 0.509, 0.574],
    ["two latents, each for two factors", 0.473, 0.946, 0.801],
    ["two latents for each factor", 1, 0.67, 1],
    ["four latents, each of all factors alike", 0, 0.001, 0.934],
    ["64 latents, random mixtures", 0.982, 0.751, 1],
    ["64 latents of noise", 0.022, 0.01, 0.201],
  ])("DCI of %s is near that of gradient boosting", (example, disentanglement, completeness, informativeness) => {
    const { figures } = scoreOf("dci", example);
    expect(Math.abs(figures.disentanglement - disentanglement)).toBeLessThan(0.08);
    expect(Math.abs(figures.completeness - completeness)).toBeLessThan(0.08);
    expect(Math.abs(figures.informativeness - informativeness)).toBeLessThan(0.13);
  });
});

describe("docs/metrics.md", () => {
  const rows = [...page.matchAll(/^\| (.+) \|$/gm)].map(([, row]) => row.split(" | "));
  const first = rows.map(([cell]) => cell.replaceAll("`", ""));
  const isCode = (word: string) => /^[A-Z]+(_[A-Z]+)+$/.test(word);

  test("has every metric, with its name and what it says", () => {
    for (const { name, title, says } of metrics) {
      expect(first).toContain(name);
      expect(page).toContain(title);
      expect(page).toContain(says);
    }
  });

  test("its table of examples holds what is measured", () => {
    const head = rows.find(([cell]) => cell === "2500 pictures, four factors of five values")!;
    const columns = head.slice(1).map((cell) => cell.replaceAll("`", "").split(", ") as [string, string?]);
    for (const example of known.keys()) {
      const row = rows.find(([cell]) => cell === example);
      expect(row, example).toBeDefined();
      columns.forEach(([name, figure], column) => {
        const { score, figures } = scoreOf(name, example);
        const measured = figure === undefined ? score : figures[figure];
        expect(Math.abs(Number(row![column + 1]) - measured), `${example}: ${name}`).toBeLessThan(0.03);
      });
    }
  });

  test("explains every error code of this folder", () => {
    const sources = readdirSync(folder).filter((file) => /(?<![.]test|[.]testing)[.]ts$/.test(file));
    const thrown = sources.flatMap((file) => {
      const text = readFileSync(new URL(file, folder), "utf8");
      return (text.match(/(?<=")[A-Z]+(?:_[A-Z]+)+(?=")/g) ?? []).filter(isCode);
    });
    expect(thrown.length).toBeGreaterThan(5);
    expect([...new Set(thrown)].filter((code) => !first.includes(code))).toEqual([]);
  });
});
