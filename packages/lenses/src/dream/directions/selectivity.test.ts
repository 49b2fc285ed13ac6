import { type Random, seededRandom } from "@noema/engine";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Comparison, compareKinds } from "./comparison.js";
import { halved, type Labelling, labelCounts } from "./labelling.js";
import {
  averagePrecision,
  averagePrecisions,
  chanceEntropy,
  chancePrecision,
  nullPrecisions,
  ranking,
  topEntropy,
} from "./ranking.js";
import { discoveries, type Selectivity, selectivities } from "./selectivity.js";
import { shown, verdict } from "./verdict.js";

const ranked = (responses: number[]) => ranking(responses, seededRandom(0));
const ones = (count: number) => new Float64Array(count).fill(1);

describe("average precision", () => {
  test("by hand", () => {
    // Of the label stand the first, third and fourth: (1/1 + 2/3 + 3/4) / 3.
    const of = Int32Array.of(1, 0, 1, 1, 0);
    const expected = (1 + 2 / 3 + 3 / 4) / 3;
    expect(averagePrecisions(ranked([9, 8, 7, 6, 5]), of, 2)[1]).toBeCloseTo(expected, 12);
    expect(averagePrecision(ranked([9, 8, 7, 6, 5]), of, 1, ones(5))).toBeCloseTo(expected, 12);
  });

  test("of tied pictures is that of one step, and of a dead direction the label's frequency", () => {
    // The second to fourth are tied: 1/1 for the first, then 3/4 for the two others.
    const of = Int32Array.of(0, 1, 0, 0, 1);
    expect(averagePrecisions(ranked([5, 2, 2, 2, 1]), of, 2)[0]).toBeCloseTo((1 + 3 / 4 + 3 / 4) / 3, 12);
    expect(averagePrecisions(ranked([0, 0, 0, 0, 0]), of, 2)[0]).toBeCloseTo(3 / 5, 12);
  });

  test("passes over pictures whose label is not known, and is not a number without pictures", () => {
    const found = averagePrecisions(ranked([4, 3, 2, 1]), Int32Array.of(-1, 0, 1, 0), 3);
    expect(found[0]).toBeCloseTo((1 + 2 / 3) / 2, 12);
    expect(found[2]).toBeNaN();
  });

  test("with whole weights is that of repeated pictures, both ways of computing it", () => {
    const pictures = fc.array(
      fc.record({
        response: fc.integer({ min: 0, max: 4 }),
        label: fc.integer({ min: -1, max: 2 }),
        weight: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(pictures, (given) => {
        const weights = Float64Array.from(given, (one) => one.weight);
        const of = Int32Array.from(given, (one) => one.label);
        const order = ranked(given.map((one) => one.response));
        const repeated = given.flatMap((one) => Array.from({ length: one.weight }, () => one));
        const expected = averagePrecisions(
          ranked(repeated.map((one) => one.response)),
          Int32Array.from(repeated, (one) => one.label),
          3,
        );
        const found = averagePrecisions(order, of, 3, weights);
        for (let label = 0; label < 3; label++) {
          if (Number.isNaN(expected[label])) expect(found[label]).toBeNaN();
          else {
            expect(found[label]).toBeCloseTo(expected[label], 10);
            expect(averagePrecision(order, of, label, weights)).toBeCloseTo(expected[label], 10);
          }
        }
      }),
    );
  });

  test("by chance is the mean over all orders", () => {
    // Two of four: the six orders, by hand.
    const orders = [
      [1, 2],
      [1, 3],
      [1, 4],
      [2, 3],
      [2, 4],
      [3, 4],
    ].map(([a, b]) => (1 / a + 2 / b) / 2);
    expect(chancePrecision(2, 4)).toBeCloseTo(orders.reduce((sum, v) => sum + v, 0) / 6, 12);
    expect(chancePrecision(4, 4)).toBeCloseTo(1, 12);
    const random = nullPrecisions(5, 60, 20_000, seededRandom(1));
    expect(random.reduce((sum, v) => sum + v, 0) / random.length).toBeCloseTo(chancePrecision(5, 60), 2);
  });
});

describe("label entropy", () => {
  test("by hand", () => {
    const of = Int32Array.of(0, 0, 1, 2, 2, 2);
    const order = ranked([6, 5, 4, 3, 2, 1]);
    expect(topEntropy(order, of, 3, 2)).toBe(0);
    expect(topEntropy(order, of, 3, 4)).toBeCloseTo(1.5, 12);
    expect(topEntropy(order, of, 3, 6)).toBeCloseTo(1 / 2 + Math.log2(3) / 3 + Math.log2(6) / 6, 12);
  });

  test("by chance is that of pictures drawn at random", () => {
    // Two of {a, a, b}: a third of the draws is pure, the others hold one bit.
    expect(chanceEntropy([2, 1], 2)).toBeCloseTo(2 / 3, 12);
    expect(chanceEntropy([5, 0], 3)).toBe(0);
    expect(chanceEntropy([1, 1, 1, 1], 4)).toBeCloseTo(2, 12);
  });

  test("ties do not favour the order in which pictures are listed", () => {
    const of = Int32Array.from({ length: 100 }, (_, i) => Math.floor(i / 10));
    const random = seededRandom(2);
    const entropies = Array.from({ length: 200 }, () => topEntropy(ranking(new Float32Array(100), random), of, 10, 10));
    const mean = entropies.reduce((sum, v) => sum + v, 0) / 200;
    expect(mean).toBeCloseTo(chanceEntropy(new Array(10).fill(10), 10), 1);
  });
});

const labelling = (labels: number, each: number): Labelling => ({
  name: "class",
  labels: Array.from({ length: labels }, (_, i) => `class ${i}`),
  of: Int32Array.from({ length: labels * each }, (_, i) => Math.floor(i / each)),
});

test("halves hold every label evenly, each picture once, and differ by the seed", () => {
  const classes = labelling(5, 7);
  const { choosing, measuring } = halved([classes], 35, seededRandom(3));
  expect([...choosing, ...measuring].sort((a, b) => a - b)).toEqual(Array.from({ length: 35 }, (_, i) => i));
  for (const count of labelCounts(classes, choosing)) expect(Math.abs(count - 3.5)).toBe(0.5);
  expect(Math.abs(choosing.length - measuring.length)).toBeLessThanOrEqual(1);
  expect(halved([classes], 35, seededRandom(4)).choosing).not.toEqual(choosing);
  expect(halved([classes], 35, seededRandom(3)).choosing).toEqual(choosing);
});

/** Responses of directions that favour the label of their own number by so much. */
function measured(options: {
  strength: number;
  directions: number;
  classes: Labelling;
  random: Random;
  seed: number;
  opposite?: boolean;
}) {
  const { strength, directions, classes, random, seed, opposite = false } = options;
  const pictures = classes.of.length;
  const responses = Float32Array.from({ length: pictures * directions }, (_, i) => {
    const own = classes.of[Math.floor(i / directions)] === (i % directions) % classes.labels.length;
    return random.normal() + (own ? strength : 0);
  });
  const halves = halved([classes], pictures, seededRandom(seed));
  const arrays = opposite ? [responses.map((v) => -v), responses] : [responses];
  return {
    halves,
    found: selectivities({ responses: arrays, directions, labellings: [classes], halves, top: 5, seed }),
  };
}

describe("selectivity", () => {
  const classes = labelling(6, 20);

  test("of directions that follow a label finds the label, on pictures that it was not chosen on", () => {
    const { found } = measured({ strength: 5, directions: 6, classes, random: seededRandom(1), seed: 1 });
    expect(found.map(({ label }) => label)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const one of found) {
      expect(one.beyondChance).toBeGreaterThan(0.9);
      expect(one.entropy).toBeLessThan(0.8);
      expect(one.pValue).toBeCloseTo(1e-4, 6);
    }
  });

  test("of noise is chance where it is measured, though not where it was chosen", () => {
    const { found } = measured({ strength: 0, directions: 300, classes, random: seededRandom(2), seed: 2 });
    const mean = (pick: (one: Selectivity) => number) => found.reduce((sum, one) => sum + pick(one), 0) / found.length;
    expect(mean((one) => one.chosenAt)).toBeGreaterThan(0.05);
    expect(Math.abs(mean((one) => one.beyondChance))).toBeLessThan(0.01);
    expect(Math.abs(mean((one) => one.chanceEntropy - one.entropy))).toBeLessThan(0.05);
    // p-values are even: a tenth of them is below a tenth.
    expect(found.filter(({ pValue }) => pValue < 0.1).length / 300).toBeCloseTo(0.1, 1);
    expect(
      discoveries(
        found.map(({ pValue }) => pValue),
        0.05,
      ),
    ).toBeLessThanOrEqual(1);
  });

  test("with opposites allowed takes the better sign", () => {
    const { found } = measured({
      strength: 5,
      directions: 6,
      classes,
      random: seededRandom(3),
      seed: 3,
      opposite: true,
    });
    expect(found.map(({ sign }) => sign)).toEqual(new Array(6).fill(-1));
  });

  test("refuses labels that tell nothing, and responses that are no numbers", () => {
    const tell =
      (given: Labelling, responses = new Float32Array(given.of.length)) =>
      () =>
        selectivities({
          responses: [responses],
          directions: 1,
          labellings: [given],
          halves: halved([given], given.of.length, seededRandom(0)),
          top: 5,
          seed: 0,
        });
    expect(tell(labelling(1, 20))).toThrow(/1 label, the most frequent on 20 pictures.*LABELS_FEW/);
    expect(tell(labelling(20, 1))).toThrow(/20 labels, the most frequent on 1 pictures.*LABELS_FEW/);
    expect(tell(labelling(2, 10), new Float32Array(20).fill(Number.NaN))).toThrow(/RESPONSES_NOT_FINITE/);
  });
});

test("discoveries by hand", () => {
  // Benjamini and Hochberg's procedure: the largest k with p(k) ≤ k/m · q.
  expect(discoveries([0.001, 0.012, 0.014, 0.04, 0.5], 0.05)).toBe(4);
  expect(discoveries([0.02, 0.03, 0.5, 0.9], 0.05)).toBe(0);
  expect(discoveries([], 0.05)).toBe(0);
});

function compared(
  strengths: Record<string, number>,
  seed: number,
  resamples: number,
  classes = labelling(6, 20),
): Comparison {
  const random = seededRandom(seed);
  const kinds = Object.entries(strengths).map(([name, strength]) => {
    const { found, halves } = measured({ strength, directions: 12, classes, random, seed });
    return { name, selectivities: found, halves };
  });
  const work = compareKinds({
    kinds,
    labellings: [classes],
    measuring: kinds[0].halves.measuring,
    top: 5,
    pairs: kinds.slice(1).map(({ name }) => [kinds[0].name, name] as const),
    resamples,
    seed,
  });
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

describe("comparison", () => {
  test("shows a large difference, and says so", () => {
    const result = compared({ unit: 3, random: 0.5 }, 1, 400);
    const [difference] = result.differences;
    expect(shown(difference.together.precision)).toBe(1);
    expect(difference.alone.precision.value).toBeCloseTo(
      result.kinds[0].means.precision.value - result.kinds[1].means.precision.value,
      12,
    );
    expect(verdict(result)[0]).toMatch(/^The basis is more selective than random directions: 0\.\d+ beyond chance/);
    expect(verdict(result).at(-1)).toMatch(/agrees: the first pictures of single channels are purer/);
  });

  test("shows no difference where there is none, and does not call that equal", () => {
    const result = compared({ unit: 1, random: 1 }, 2, 400);
    expect(verdict(result)[0]).toMatch(
      /^No difference .* is shown.*which holds 0\. That does not show that they are equal\.$/,
    );
  });

  test("intervals of several differences together are wider than alone", () => {
    const { differences } = compared({ unit: 2, random: 1, pca: 1 }, 3, 400);
    for (const { alone, together } of differences) {
      expect(together.precision.high - together.precision.low).toBeGreaterThan(
        alone.precision.high - alone.precision.low,
      );
    }
  });

  test("the same seed gives the same intervals", () => {
    expect(compared({ unit: 2, random: 1 }, 4, 40)).toEqual(compared({ unit: 2, random: 1 }, 4, 40));
  });

  test("95 % intervals hold the truth about as often as they say", () => {
    // The truth: the mean over very many pictures of freshly drawn directions, which differ in strength only by chance.
    const trials = 40;
    const classes = labelling(4, 30);
    const results = Array.from({ length: trials }, (_, i) => compared({ a: 1.2, b: 1.2 }, 100 + i, 100, classes));
    const grand = results.reduce(
      (sum, { kinds }) => sum + kinds[0].means.precision.value + kinds[1].means.precision.value,
      0,
    );
    const truth = grand / (2 * trials);
    const holds = ({ low, high }: { low: number; high: number }, value: number) => low <= value && value <= high;
    const difference = results.filter(({ differences }) => holds(differences[0].alone.precision, 0)).length;
    const mean = results.filter(({ kinds }) => holds(kinds[0].means.precision, truth)).length;
    expect(difference / trials).toBeGreaterThan(0.88);
    expect(mean / trials).toBeGreaterThan(0.85);
  });
});
