import { seededRandom } from "@noema/engine";
import { describe, expect, test } from "vitest";
import { averagePrecisions, chancePrecision, ranking } from "../../dream/directions/ranking.js";
import { byAtom } from "../by-atom.js";
import { codesOf } from "../linear-decoder.testing.js";
import { halvesOfGroups } from "./halves-of-groups.js";
import { retrieval } from "./retrieval.js";

const count = 80;
const every = (step: number, row: number) => row % step === 0;
/** Glasses: every fourth vector, all of which have atom 2, negatively; hats: every fifth, half of which have atom 0. */
const glasses = {
  name: "glasses",
  values: ["none", "sun"],
  of: Int32Array.from({ length: count }, (_, r) => (every(4, r) ? 1 : 0)),
};
const hats = {
  name: "hat",
  values: ["none", "hat", "crown"],
  of: Int32Array.from({ length: count }, (_, r) => (every(5, r) ? 1 : 0)),
};
const rows = Array.from({ length: count }, (_, r) => [
  ...(every(4, r) ? [[2, -1 - r / 100] as const] : []),
  ...(every(10, r) ? [[0, 3] as const] : []),
  ...(r % 7 === 1 ? [[1, 2] as const] : []),
]);
const codes = byAtom(codesOf(rows), 4);
const halves = halvesOfGroups(count, { random: seededRandom(3) });

describe("retrieval", () => {
  test("finds the atom and the side, and measures it where it was not chosen", () => {
    const { values, unmeasured } = retrieval(codes, { factors: [glasses, hats], halves });
    const sun = values.find(({ value }) => value === "sun")!;
    expect(sun).toMatchObject({ factor: "glasses", atom: 2, sign: -1, chosenBy: 1, precision: 1, of: 40 });
    expect(sun.count).toBe([...halves.measuring].filter((row) => every(4, row)).length);
    expect(sun.chance).toBe(chancePrecision(sun.count, 40));
    const hat = values.find(({ value }) => value === "hat")!;
    expect([hat.atom, hat.sign]).toEqual([0, 1]);
    expect(hat.precision).toBeGreaterThan(hat.chance);
    expect(hat.precision).toBeLessThan(1);
    expect(unmeasured).toEqual([{ factor: "hat", value: "crown" }]);
  });

  test("says what each atom finds best; of a dead one nothing", () => {
    const { atoms } = retrieval(codes, { factors: [glasses, hats], halves });
    expect(atoms.map(({ atom }) => atom)).toEqual([0, 1, 2]);
    expect(atoms[0]).toMatchObject({ value: "hat", sign: 1 });
    expect(atoms[2]).toMatchObject({ value: "sun", sign: -1 });
  });

  test("is the average precision of all coefficients, those at 0 too, with ties as one step", () => {
    const random = seededRandom(8);
    const atoms = 5;
    // Coefficients from a few numbers: many ties, at 0 and elsewhere.
    const vectors = Array.from({ length: 300 }, () =>
      Array.from({ length: atoms }, (_, atom) => [atom, random.below(7) - 3] as const).filter(
        () => random.uniform() < 0.4,
      ),
    );
    const factors = [2, 3, 5].map((size) => ({
      name: `of ${size}`,
      values: Array.from({ length: size }, (_, v) => `${v}`),
      of: Int32Array.from(vectors, () => random.below(size + 1) - 1),
    }));
    const split = halvesOfGroups(vectors.length, { random });
    const found = retrieval(byAtom(codesOf(vectors), atoms), { factors, halves: split });
    expect([found.values.length, found.atoms.length]).toEqual([10, 5]);
    const dense = (half: Uint32Array, atom: number, sign: number) =>
      Float64Array.from(half, (row) => sign * (vectors[row].find(([one]) => one === atom)?.[1] ?? 0));
    const precision = (half: Uint32Array, { atom, sign }: { atom: number; sign: number }, f: number) =>
      averagePrecisions(
        ranking(dense(half, atom, sign), random),
        Int32Array.from(half, (row) => factors[f].of[row]),
        factors[f].values.length,
      );
    for (const one of [...found.values, ...found.atoms]) {
      const f = factors.findIndex(({ name }) => name === one.factor);
      const value = Number(one.value);
      expect(one.precision).toBeCloseTo(precision(split.measuring, one, f)[value], 10);
      expect(one.chosenBy).toBeCloseTo(precision(split.choosing, one, f)[value], 10);
    }
    // No atom on any side was better where it was chosen.
    for (const one of found.values) {
      const f = factors.findIndex(({ name }) => name === one.factor);
      for (let atom = 0; atom < atoms; atom++) {
        for (const sign of [1, -1]) {
          const other = precision(split.choosing, { atom, sign }, f)[Number(one.value)];
          expect(other).toBeLessThanOrEqual(one.chosenBy + 1e-12);
        }
      }
    }
  });

  test("refuses codes without an atom", () => {
    const none = byAtom(codesOf(rows.map(() => [])), 4);
    expect(() => retrieval(none, { factors: [glasses], halves })).toThrowError(/no vector has any.*ATOMS_EMPTY/);
  });

  test.each<[string, object, RegExp]>([
    ["no factors", { factors: [] }, /ATOMS_EMPTY/],
    [
      "a factor of other vectors",
      { factors: [{ ...hats, of: [0, 1] }] },
      /factor "hat".*there are 2, 80 are needed.*ATOMS_COUNT/,
    ],
    [
      "a value without a name",
      { factors: [{ ...hats, of: hats.of.with(3, 3) }] },
      /vector 3: 3, .*0 to 2.*ATOMS_FACTOR/,
    ],
    ["NaN", { factors: [{ ...hats, of: [...hats.of.slice(1), Number.NaN] }] }, /ATOMS_FACTOR/],
  ])("refuses %s", (_, wrong, message) => {
    expect(() => retrieval(codes, { factors: [glasses], halves, ...wrong })).toThrowError(message);
  });
});

describe("halvesOfGroups", () => {
  test("never splits a group, and has every vector once", () => {
    const groups = Array.from({ length: 500 }, (_, row) => (row * 7) % 23);
    const { choosing, measuring } = halvesOfGroups(500, { random: seededRandom(1), groups });
    const of = (half: Uint32Array) => new Set([...half].map((row) => groups[row]));
    for (const group of of(choosing)) expect(of(measuring).has(group)).toBe(false);
    expect([...choosing, ...measuring].sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, row) => row));
    expect(Math.abs(choosing.length - measuring.length)).toBeLessThan(30);
    expect(halvesOfGroups(500, { random: seededRandom(1), groups })).toEqual({ choosing, measuring });
    expect(halvesOfGroups(500, { random: seededRandom(2), groups })).not.toEqual({ choosing, measuring });
  });

  test("refuses what cannot be halved", () => {
    const random = seededRandom(1);
    expect(() => halvesOfGroups(3, { random, groups: [5, 5, 5] })).toThrowError(/3 vectors in 1 group, .*ATOMS_GROUPS/);
    expect(() => halvesOfGroups(0, { random })).toThrowError(/ATOMS_GROUPS/);
    expect(() => halvesOfGroups(3, { random, groups: [5] })).toThrowError(/ATOMS_COUNT/);
  });
});
