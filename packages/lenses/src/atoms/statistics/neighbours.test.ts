import { seededRandom } from "@noema/engine";
import { describe, expect, test } from "vitest";
import { axes, codesOf } from "../linear-decoder.testing.js";
import { coactivations, cosineNeighbours } from "./neighbours.js";

describe("by cosine", () => {
  // 0 is east, 1 north, 2 north-east, 3 west.
  const half = Math.SQRT1_2;
  const compass = axes([0, 0], { count: 4, atoms: Float32Array.of(1, 0, 0, 1, half, half, -1, 0) });
  const rounded = (of: readonly { atom: number; cosine: number }[]) =>
    of.map(({ atom, cosine }) => [atom, Number(cosine.toFixed(2))]);

  test("nearest and opposite atoms, the atom itself left out", () => {
    const [east] = cosineNeighbours(compass, { of: [0], count: 2 });
    expect(rounded(east.nearest)).toEqual([
      [2, 0.71],
      [1, 0],
    ]);
    expect(rounded(east.opposite)).toEqual([
      [3, -1],
      [1, 0],
    ]);
  });

  test("of all, no more than there are", () => {
    const all = cosineNeighbours(compass, { count: 50 });
    expect(all.map(({ atom, nearest, opposite }) => [atom, nearest.length, opposite.length])).toEqual([
      [0, 3, 3],
      [1, 3, 3],
      [2, 3, 3],
      [3, 3, 3],
    ]);
  });

  test("refuses atoms that there are not", () => {
    expect(() => cosineNeighbours(compass, { of: [4] })).toThrowError(/atom 4: there are 4, 0 to 3.*ATOMS_RANGE/);
    expect(() => cosineNeighbours(compass, { of: [] })).toThrowError(/ATOMS_EMPTY/);
    expect(() => cosineNeighbours(compass, { count: 0 })).toThrowError(/ATOMS_RANGE/);
    expect(() => cosineNeighbours({ ...compass, atoms: compass.atoms.with(0, Number.NaN) })).toThrowError(
      /DICTIONARY_NUMBERS/,
    );
  });
});

describe("by co-activation", () => {
  /** 0 and 1 in three of eight vectors, 0 alone in one; 2 everywhere; 3 with 1 once, with 0 only at 0. */
  const codes = codesOf([
    [
      [0, 1],
      [1, -1],
      [2, 1],
    ],
    [
      [0, 1],
      [1, 2],
      [2, 1],
    ],
    [
      [1, 1],
      [0, 5],
      [2, 1],
    ],
    [
      [0, 1],
      [2, 1],
      [3, 0],
    ],
    [
      [1, 1],
      [2, 1],
      [3, 1],
    ],
    [[2, 1]],
    [[2, 1]],
    [[2, 1]],
  ]);

  test("jaccard, lift and information of known pairs", () => {
    const [{ atom, together }] = coactivations(codes, { atoms: 5, of: [0] });
    expect(atom).toBe(0);
    expect(together.map(({ atom: other, both }) => [other, both])).toEqual([
      [1, 3],
      [2, 4],
    ]);
    // Either of 0 and 1: five. Independent: 4 · 4 / 8 = 2 of 8.
    expect(together[0]).toMatchObject({ jaccard: 3 / 5, lift: 1.5 });
    expect(together[0].information).toBeCloseTo(Math.log2(1.5), 12);
    expect(together[1]).toMatchObject({ jaccard: 4 / 8, lift: 1, information: 0 });
  });

  test("by lift the rarest come first, but not those too rare to tell", () => {
    const [one] = coactivations(codes, { atoms: 5, of: [1], by: "lift", least: 1 });
    expect(one.together.map(({ atom, lift }) => [atom, lift])).toEqual([
      [3, 2],
      [0, 1.5],
      [2, 1],
    ]);
    expect(coactivations(codes, { atoms: 5, of: [1], by: "lift" })[0].together).toEqual([]);
  });

  test("counts as a table of all pairs does, for any atoms", () => {
    const random = seededRandom(4);
    const atoms = 9;
    const vectors = Array.from({ length: 60 }, () =>
      Array.from({ length: atoms }, (_, atom) => [atom, random.normal()] as const).filter(() => random.uniform() < 0.3),
    );
    const found = coactivations(codesOf(vectors), { atoms, count: atoms });
    for (const { atom, together } of found) {
      for (let other = 0; other < atoms; other++) {
        if (other === atom) continue;
        const have = (one: number) => vectors.map((own) => own.some(([each]) => each === one));
        const [a, b] = [have(atom), have(other)];
        const both = a.filter((has, i) => has && b[i]).length;
        const either = a.filter((has, i) => has || b[i]).length;
        const pair = together.find((one) => one.atom === other);
        expect([pair?.both ?? 0, pair?.jaccard ?? 0]).toEqual([both, both === 0 ? 0 : both / either]);
      }
    }
  });

  test("refuses codes of other atoms", () => {
    expect(() => coactivations(codes, { atoms: 2 })).toThrowError(/atom 2, there are 2.*CODES_SHAPE/);
    expect(() => coactivations(codes, { atoms: 5, of: [-1] })).toThrowError(/atom -1.*ATOMS_RANGE/);
    expect(() => coactivations(codes, { atoms: 5, least: 0.5 })).toThrowError(/least: 0.5.*ATOMS_RANGE/);
  });
});
