import { type NoemaError, seededRandom } from "@noema/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { pairs } from "./pairs.js";

const ints = (...values: number[]) => Int32Array.from(values);
const random = () => seededRandom(3);
const listed = ({ first, second }: ReturnType<typeof pairs>) => [...first].map((a, i) => [a, second[i]]);
const thrown = (make: () => unknown) => {
  try {
    make();
  } catch (error) {
    return (error as NoemaError).code;
  }
  return "nothing";
};

test("one person with two expressions, both ways; nobody with another's, nor with the same expression", () => {
  const made = pairs({ label: ints(0, 1, 0, 1, 1), groups: [ints(7, 7, 9, 9, 9)], random: random() });
  expect(listed(made)).toEqual([
    [0, 1],
    [1, 0],
    [2, 3],
    [2, 4],
    [3, 2],
    [4, 2],
  ]);
  expect(made.total).toBe(6);
});

test("any data: exactly the pairs that the definition names, of the pictures that are asked for", () => {
  const data = fc.array(fc.tuple(fc.nat(3), fc.nat(2), fc.nat(2), fc.boolean()), { minLength: 2, maxLength: 30 });
  fc.assert(
    fc.property(data, (rows) => {
      const [label, one, two] = [0, 1, 2].map((column) => Int32Array.from(rows, (row) => Number(row[column])));
      const of = Int32Array.from(rows.keys()).filter((i) => rows[i][3]);
      const wanted = [...of].flatMap((a) =>
        [...of].filter((b) => label[a] !== label[b] && one[a] === one[b] && two[a] === two[b]).map((b) => `${a} ${b}`),
      );
      const make = () => pairs({ label, groups: [one, two], of, random: random() });
      if (wanted.length === 0) {
        expect(thrown(make)).toBe("PAIRS_NONE");
        return;
      }
      const made = make();
      expect(made.total).toBe(wanted.length);
      expect(
        listed(made)
          .map((pair) => pair.join(" "))
          .sort(),
      ).toEqual(wanted.sort());
    }),
  );
});

test("JAFFE's 213 pictures make 3,888 ordered pairs", () => {
  // Ten people with three pictures of each of seven expressions, but for nine of these: how JAFFE's files are named.
  const others: Record<string, number> = {
    "0 2": 4,
    "0 3": 4,
    "1 1": 4,
    "2 1": 2,
    "2 3": 4,
    "2 5": 4,
    "3 3": 2,
    "6 1": 2,
    "9 2": 4,
  };
  const rows = Array.from({ length: 70 }, (_, i) => [Math.floor(i / 7), i % 7]).flatMap((row) =>
    new Array<number[]>(others[row.join(" ")] ?? 3).fill(row),
  );
  expect(rows.length).toBe(213);
  const [person, expression] = [0, 1].map((column) => Int32Array.from(rows, (row) => row[column]));
  const { total } = pairs({ label: expression, groups: [person], random: random() });
  expect(total).toBe(3888);
});

test("of too many pairs some are drawn: all different, all valid, each as likely, the same by the same seed", () => {
  // 300,000 pictures of one group: 6·10¹⁰ pairs, which no memory holds.
  const label = Int32Array.from({ length: 300_000 }, (_, i) => i % 3);
  const make = (seed: number) =>
    pairs({ label, groups: [new Int32Array(label.length)], most: 20_000, random: seededRandom(seed) });
  const made = make(1);
  expect(made.total).toBe(300_000 * 200_000);
  expect(new Set(listed(made).map((pair) => pair.join())).size).toBe(20_000);
  expect(listed(made).every(([a, b]) => label[a] !== label[b])).toBe(true);
  const mean = made.second.reduce((sum, i) => sum + i, 0) / 20_000;
  // Six standard errors of a mean of even numbers from 0 to 300,000.
  expect(Math.abs(mean - 150_000)).toBeLessThan((6 * 300_000) / Math.sqrt(12 * 20_000));
  expect(make(1)).toEqual(made);
  expect(make(2).first).not.toEqual(made.first);
});

test("every pair is drawn as often as any other", () => {
  const label = ints(0, 1, 2, 0);
  const seen = new Map<string, number>();
  const generator = random();
  for (let i = 0; i < 4000; i++) {
    for (const pair of listed(pairs({ label, groups: [ints(0, 0, 0, 0)], most: 5, random: generator }))) {
      seen.set(pair.join(), (seen.get(pair.join()) ?? 0) + 1);
    }
  }
  expect(seen.size).toBe(10);
  for (const count of seen.values()) expect(Math.abs(count - 2000)).toBeLessThan(200);
});

test.each<[string, Partial<Parameters<typeof pairs>[0]>]>([
  ["PAIRS_NONE", { label: ints(0, 0, 1) }],
  ["PAIRS_NONE", { of: ints() }],
  ["PAIRS_COUNT", { groups: [ints(0, 0)] }],
  ["PAIRS_COUNT", { groups: [] }],
  ["PAIRS_MOST", { most: 0 }],
  ["PAIRS_MOST", { most: 2 ** 24 }],
])("%s", (code, options) => {
  expect(thrown(() => pairs({ label: ints(0, 1, 0), groups: [ints(0, 0, 1)], random: random(), ...options }))).toBe(
    code,
  );
});
