import { seededRandom } from "@noema/engine";
import { describe, expect, test } from "vitest";
import { axes, linearDecoder } from "../linear-decoder.testing.js";
import { type JudgedFactor, type JudgedSteering, type JudgeSteeringOptions, judgeSteering } from "./judge-steering.js";

/** Three pixels: glasses where the first is light, a hat where the second is, a beard where the third is. */
const seenAt = (pixel: number, name: string, more: Partial<JudgedFactor> = {}): JudgedFactor => ({
  name,
  values: ["no", "yes"],
  classes: async (pictures) =>
    Int32Array.from({ length: pictures.length / 3 }, (_, i) => (pictures[3 * i + pixel] > 0.6 ? 1 : 0)),
  ...more,
});
const factors = [seenAt(0, "glasses"), seenAt(1, "hat"), seenAt(2, "beard")];
const count = 40;
/** A quarter have glasses. The others are so far from having them that 0.2 is enough for half, 0.4 for all. */
const first = (row: number) => (row % 4 === 0 ? 0.3 : row % 2 === 0 ? 0 : -0.2);
const vectors = Float32Array.from({ length: 3 * count }, (_, i) => (i % 3 === 0 ? first(i / 3) : -0.1));
const half = (odd: number) => Uint32Array.from({ length: count / 2 }, (_, i) => 4 * (i >> 1) + odd + (i & 1));
const halves = { choosing: half(0), measuring: half(2) };

const options: JudgeSteeringOptions = {
  ...{ vectors, factors, halves },
  targets: [{ factor: "glasses", value: "yes", add: 0 }],
  amounts: [0.05, 0.2, 0.4, 0.45],
  random: seededRandom(1),
};
const all = async (more: Partial<JudgeSteeringOptions> = {}, dictionary = axes([0, 0, 0])) => {
  const found: JudgedSteering[] = [];
  for await (const one of judgeSteering(linearDecoder(3), dictionary, { ...options, random: seededRandom(1), ...more }))
    found.push(one);
  return found;
};

describe("judgeSteering", () => {
  test("adds the least that flips enough of those that lack the value, and measures it on others", async () => {
    const [{ tried, measured }] = await all();
    // In the choosing half rows 0 and 1 of four: only the odd ones lack glasses.
    expect(tried.map(({ amount, flipped, count: of }) => [amount, flipped, of])).toEqual([
      [0.05, 0, 10],
      [0.2, 0, 10],
      [0.4, 1, 10],
      [0.45, 1, 10],
    ]);
    // In the other half rows 2 and 3 of four, all of which lack them.
    expect(measured).toEqual({
      amount: 0.4,
      count: 20,
      flipped: 1,
      unchanged: 1,
      allUnchanged: 1,
      byFactor: [0, 1, 1],
    });
  });

  test("an atom that draws something else as well changes the others", async () => {
    // Glasses with three fifths of a hat.
    const tilted = axes([0, 0, 0], { atoms: Float32Array.of(0.8, 0.6, 0, 0, 1, 0, 0, 0, 1) });
    const [{ measured }] = await all({ amounts: [0.5] }, tilted);
    expect(measured).toMatchObject({ flipped: 1, unchanged: 0.5, allUnchanged: 0, byFactor: [0, 0, 1] });
    // Taking the hat away again, by a sum of two atoms.
    const add = [
      { atom: 0, amount: 1 },
      { atom: 1, amount: -0.6 },
    ];
    const [both] = await all({ amounts: [0.5], targets: [{ factor: "glasses", value: "yes", add }] }, tilted);
    expect(both.measured).toMatchObject({ flipped: 1, unchanged: 1 });
  });

  test("the balance weighs what is kept against what is won", async () => {
    // With 0.4 all get glasses, from 0.45 on a hat too.
    const hatty = seenAt(0, "hat", {
      classes: async (pictures) =>
        Int32Array.from({ length: pictures.length / 3 }, (_, i) => (pictures[3 * i] > 0.72 ? 1 : 0)),
    });
    const more = { factors: [factors[0], hatty], wanted: 0.999 };
    const [balance] = await all({ ...more, choose: "balance", amounts: [0.45, 0.4, 0.05] });
    expect(balance.measured?.amount).toBe(0.4);
    // All give them to more than are wanted: the one that disturbs nothing.
    const [enough] = await all({ ...more, wanted: 0, choose: "balance", amounts: [0.6, 0.45, 0.4, 0.42] });
    expect(enough.measured?.amount).toBe(0.4);
    // None is enough: the balance decides.
    const [none] = await all({ ...more, amounts: [0.05, 0.2] });
    expect(none.measured?.amount).toBe(0.05);
    const [smallest] = await all({ ...more, amounts: [-3, 0.45, 0.4] });
    expect(smallest.measured?.amount).toBe(0.4);
  });

  test("who is known to have the value does not lack it, whatever the judge sees", async () => {
    const of = Int32Array.from({ length: count }, (_, row) => (row % 4 === 3 ? 1 : -1));
    const [{ measured }] = await all({ factors: [seenAt(0, "glasses", { of }), factors[1]] });
    expect(measured?.count).toBe(10);
  });

  test("where no picture lacks the value, nothing is measured", async () => {
    const [one] = await all({ targets: [{ factor: "hat", value: "no", add: 1 }] });
    expect(one).toEqual({ factor: "hat", value: "no", add: [{ atom: 1, amount: 1 }], tried: [] });
  });

  test("looks at no more vectors than are asked for, the same for a seed", async () => {
    const [one] = await all({ most: 8 });
    expect(one.measured?.count).toBe(8);
    expect(await all({ most: 8 })).toEqual([one]);
  });

  test.each<[string, Partial<JudgeSteeringOptions>, RegExp]>([
    ["no vectors", { vectors: new Float32Array() }, /ATOMS_EMPTY/],
    ["NaN", { vectors: vectors.with(1, Number.NaN) }, /VECTORS_NUMBERS/],
    ["no amounts", { amounts: [] }, /amounts: there are none.*ATOMS_EMPTY/],
    [
      "an atom that there is not",
      { targets: [{ factor: "hat", value: "no", add: 3 }] },
      /atom 3: there are 3, 0 to 2.*ATOMS_RANGE/,
    ],
    [
      "an unknown factor",
      { targets: [{ factor: "hats", value: "no", add: 0 }] },
      /factor "hats".*Nearest: "hat".*ATOMS_FACTOR/,
    ],
    [
      "an unknown value",
      { targets: [{ factor: "hat", value: "yess", add: 0 }] },
      /hat "yess".*Nearest: "yes".*ATOMS_VALUE/,
    ],
    [
      "halves of other vectors",
      { halves: { ...halves, measuring: Uint32Array.of(40) } },
      /vector 40: there are 40.*ATOMS_RANGE/,
    ],
    ["an empty half", { halves: { ...halves, choosing: new Uint32Array() } }, /ATOMS_EMPTY/],
    ["a share beyond 1", { wanted: 80 }, /wanted: 80.*ATOMS_RANGE/],
    [
      "a judge that answers less",
      { factors: [seenAt(0, "glasses", { classes: async () => [] })] },
      /0 answers, one for each of 20.*ATOMS_JUDGE/,
    ],
    [
      "a judge that sees what there is not",
      {
        factors: [seenAt(0, "glasses", { values: ["no"] }), seenAt(0, "hat")],
        targets: [{ factor: "hat", value: "no", add: 0 }],
      },
      /1 among its answers.*ATOMS_JUDGE/,
    ],
    ["labels of other vectors", { factors: [seenAt(0, "glasses", { of: [1] })] }, /ATOMS_COUNT/],
  ])("refuses %s", async (_, wrong, message) => {
    await expect(all(wrong)).rejects.toThrowError(message);
  });
});
