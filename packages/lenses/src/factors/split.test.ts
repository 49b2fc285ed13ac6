import { seededRandom } from "@noema/engine";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type SplitOptions, split } from "./split.js";

const ints = (...values: number[]) => Int32Array.from(values);
const names = (count: number) => Array.from({ length: count }, (_, i) => `label ${i}`);
const parts = (options: Omit<SplitOptions, "random" | "values"> & Partial<SplitOptions>, seed = 5) =>
  split({ values: names(Math.max(...options.label) + 1), random: seededRandom(seed), ...options });
/** How many of each label. */
const counted = (label: Int32Array, part: Int32Array) => {
  const counts = new Array<number>(Math.max(...label) + 1).fill(0);
  for (const i of part) counts[label[i]]++;
  return counts;
};

describe("by label", () => {
  const label = Int32Array.from({ length: 200 }, (_, i) => (i < 100 ? 0 : i < 150 ? 1 : 2));

  test("each label has its share of test pictures", () => {
    const { training, test, manner, notes } = parts({ label, share: 0.2 });
    expect(counted(label, test)).toEqual([20, 10, 10]);
    expect(training.length).toBe(160);
    expect([manner, notes]).toEqual(["stratified", []]);
  });

  test("drawn by the seed", () => {
    expect(parts({ label }, 1)).toEqual(parts({ label }, 1));
    expect(parts({ label }, 1).test).not.toEqual(parts({ label }, 2).test);
    // Not the first pictures of each label, whose order may mean something.
    expect(parts({ label }).test[9]).toBeGreaterThan(15);
  });

  test("a label of two has one in each part; the only picture of a label is for training, and that is said", () => {
    const small = ints(0, 0, 0, 1, 1, 2);
    const { test: tested, notes } = parts({ label: small });
    expect(counted(small, tested)).toEqual([1, 1, 0]);
    expect(notes).toEqual(['No test picture has the label "label 2" (1 picture).']);
  });

  test("nothing is tested with a share of 0", () => {
    expect(parts({ label, share: 0 })).toMatchObject({ test: ints(), notes: [], training: { length: 200 } });
  });

  test("names no more than ten of many labels that are missing", () => {
    const many = Int32Array.from({ length: 30 }, (_, i) => Math.max(0, i - 1));
    expect(parts({ label: many }).notes[0]).toMatch(/"label 10" \(1 picture\), and 18 more\.$/);
  });
});

describe("what the data set apart", () => {
  const label = ints(0, 1, 0, 1, 2);
  test("is the test part, whatever else could be held out", () => {
    const made = parts({ label, given: Uint8Array.of(0, 0, 1, 1, 0), heldOut: { name: "person", of: label } });
    expect(made).toMatchObject({ training: ints(0, 1, 4), test: ints(2, 3), manner: "given" });
    expect(made.notes).toEqual(['No test picture has the label "label 2" (1 picture).']);
  });

  test("is not there in this part of the data: then others are held out", () => {
    const made = parts({ label, given: new Uint8Array(5) });
    expect([made.manner, made.test.length]).toEqual(["stratified", 2]);
    expect(made.notes[0]).toMatch(/None of the 5 pictures is of the test part that the data have/);
  });
});

describe("held out whole", () => {
  test("people of the test part are in no training picture", () => {
    const of = Int32Array.from({ length: 140 }, (_, i) => Math.floor(i / 7));
    const label = of.map((_, i) => i % 7);
    const { test: tested, manner } = parts({ label, heldOut: { name: "person", of } });
    expect(manner).toBe("held out");
    expect(counted(label, tested)).toEqual(new Array(7).fill(2));
    expect(new Set([...tested].map((i) => of[i])).size).toBe(2);
  });

  test("nobody is who alone has a label; where that leaves nobody, pictures are drawn by label", () => {
    const some = parts({
      label: ints(0, 1, 0, 1, 2, 0),
      heldOut: { name: "person", of: ints(0, 0, 1, 1, 2, 2) },
      share: 0.6,
    });
    expect([some.manner, some.test.length]).toEqual(["held out", 2]);
    expect(some.notes[0]).toMatch(/1 of 2 values of person are held out/);
    const none = parts({ label: ints(0, 0, 1, 1), heldOut: { name: "person", of: ints(0, 0, 1, 1) } });
    expect(none).toMatchObject({ manner: "stratified", test: { length: 2 } });
    expect(none.notes[0]).toMatch(/No person can be held out whole/);
    const one = parts({ label: ints(0, 0, 1, 1), heldOut: { name: "person", of: ints(4, 4, 4, 4) } });
    expect(one.manner).toBe("stratified");
  });
});

test("any data: the parts share nothing and leave nothing out; training has every label", () => {
  const rows = fc.array(fc.tuple(fc.nat(5), fc.nat(6)), { minLength: 2, maxLength: 40 });
  fc.assert(
    fc.property(rows, fc.boolean(), fc.double({ min: 0, max: 0.99, noNaN: true }), (data, persons, share) => {
      const [label, of] = [0, 1].map((column) => Int32Array.from(data, (row) => row[column]));
      fc.pre(new Set(label).size > 1);
      const made = parts({ label, share, ...(persons && { heldOut: { name: "person", of } }) });
      expect([...made.training, ...made.test].sort((a, b) => a - b)).toEqual([...label.keys()]);
      expect(new Set([...made.training].map((i) => label[i]))).toEqual(new Set(label));
      if (made.manner === "held out") {
        const seen = new Set([...made.training].map((i) => of[i]));
        expect([...made.test].some((i) => seen.has(of[i]))).toBe(false);
      }
    }),
  );
});

test("one label is enough where nothing is to be told apart: pictures are drawn", () => {
  const made = parts({ label: new Int32Array(50), values: [""], share: 0.2, oneLabel: true });
  expect([made.training.length, made.test.length, made.manner, made.notes]).toEqual([40, 10, "stratified", []]);
});

describe("is refused:", () => {
  const label = ints(0, 0, 1, 1);
  test.each<[string, Partial<SplitOptions>, RegExp]>([
    ["one label only", { label: ints(1, 1, 1), values: ["cat", "dog"] }, /all have the label "dog".*LABELS_ONE/],
    ["one label in training", { given: Uint8Array.of(0, 0, 1, 1) }, /all have the label "label 0".*LABELS_ONE/],
    ["no picture", { label: ints(), values: [] }, /there are none.*SPLIT_EMPTY/],
    ["nothing to train on", { given: Uint8Array.of(1, 1, 1, 1) }, /all are of the test part.*SPLIT_EMPTY/],
    ["labels without names", { values: ["cat"] }, /picture 2: its label is number 1, 0 to 0.*LABELS_VALUE/],
    ["a label below 0", { label: ints(0, -1), values: names(2) }, /LABELS_VALUE/],
    ["marks of other pictures", { given: new Uint8Array(3) }, /4 labels and 3 marks.*LABELS_COUNT/],
    ["people of others", { heldOut: { name: "person", of: ints(1) } }, /4 labels and 1 values of person.*LABELS_COUNT/],
    ["all for testing", { share: 1 }, /SPLIT_SHARE/],
    ["a share that is no number", { share: Number.NaN }, /SPLIT_SHARE/],
    [
      "a label with one picture, where each is to be tested",
      { label: ints(0, 0, 1, 1, 2), everyLabel: true },
      /No test picture has the label "label 2" \(1 picture\), every label needs two pictures.*LABEL_FEW/,
    ],
  ])("%s", (_, options, message) => {
    expect(() => parts({ label, ...options })).toThrow(message);
  });
});
