import { seededRandom } from "@noema/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ground, leafOf, TreeGrower } from "./decision-tree.js";

const all = (count: number) => Uint32Array.from({ length: count }, (_, i) => i);

function grown(columns: readonly Float32Array[], of: readonly number[], depth: number) {
  const base = ground(columns, all(of.length));
  const gains = new Float64Array(columns.length);
  const grower = new TreeGrower(base, Int32Array.from(of), Math.max(...of) + 1, { depth });
  return { tree: grower.grow(new Uint8Array(of.length).fill(1), gains, seededRandom(1)), gains };
}

/** In nats, times how many there are. */
function entropy(of: readonly number[]): number {
  const counts = [...new Set(of)].map((value) => of.filter((one) => one === value).length);
  return -counts.reduce((sum, count) => sum + count * Math.log(count / of.length), 0);
}

const pictures = fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }), fc.nat(2)), {
  minLength: 2,
  maxLength: 14,
});

test("its first split lessens entropy by as much as any split can", () => {
  fc.assert(
    fc.property(pictures, (rows) => {
      const columns = [0, 1].map((j) => Float32Array.from(rows, (row) => row[j]));
      const of = rows.map(([, , value]) => value);
      let best = 0;
      for (const column of columns) {
        for (const threshold of column) {
          const [below, above] = [
            of.filter((_, i) => column[i] < threshold),
            of.filter((_, i) => column[i] >= threshold),
          ];
          best = Math.max(best, entropy(of) - entropy(below) - entropy(above));
        }
      }
      const { gains } = grown(columns, of, 1);
      expect(gains[0] + gains[1]).toBeCloseTo(best, 6);
    }),
  );
});

test("grown without end, gains sum to the entropy that splits can remove, and leaves know what they were grown on", () => {
  fc.assert(
    fc.property(pictures, (rows) => {
      const columns = [0, 1].map((j) => Float32Array.from(rows, (row) => row[j]));
      const of = rows.map(([, , value]) => value);
      const { tree, gains } = grown(columns, of, 64);
      let left = 0;
      for (const leaf of tree.leaves) {
        const members = of.filter((_, i) => leafOf(tree, columns, i) === leaf);
        left += entropy(members);
        members.forEach((value) => {
          expect(leaf[value]).toBeCloseTo(members.filter((one) => one === value).length / members.length, 6);
        });
      }
      expect(gains[0] + gains[1]).toBeCloseTo(entropy(of) - left, 6);
    }),
  );
});

test("latents that split equally well take turns", () => {
  const column = Float32Array.from({ length: 64 }, (_, i) => i);
  const { gains } = grown([column, column.map((v) => -v), column.map((v) => v ** 3)], Array.from(column), 64);
  for (const gain of gains) expect(gain).toBeGreaterThan(0);
});

test("of many values a split takes half, so that few splits reach them all", () => {
  const column = Float32Array.from({ length: 64 }, (_, i) => i);
  const { tree } = grown([column], Array.from(column), 6);
  expect(tree.leaves).toHaveLength(64);
});

test("nothing to split: one leaf, which knows the shares", () => {
  const { tree, gains } = grown([Float32Array.of(2, 2, 2, 2)], [0, 1, 1, 1], 8);
  expect(tree.splits).toEqual([]);
  expect([...leafOf(tree, [Float32Array.of(2)], 0)]).toEqual([0.25, 0.75]);
  expect([...gains]).toEqual([0]);
});
