import fc from "fast-check";
import { expect, test } from "vitest";
import { Kernels, padded } from "./kernels.js";

const number = fc.float({ min: -8, max: 8, noNaN: true });

/** Rows of numbers, a factor for each, and one more row. */
const given = fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 6 })).chain(([length, count]) =>
  fc.record({
    rows: fc.array(fc.array(number, { minLength: length, maxLength: length }), { minLength: count, maxLength: count }),
    factors: fc.array(number, { minLength: count, maxLength: count }),
    base: fc.array(number, { minLength: length, maxLength: length }),
  }),
);

interface Given {
  readonly rows: readonly number[][];
  readonly factors: readonly number[];
  readonly base: readonly number[];
}

async function laidOut({ rows, factors, base }: Given) {
  const length = base.length;
  const kernels = await Kernels.open((rows.length + 6) * padded(length) + padded(32), "the test");
  const stored = rows.map((row) => {
    const floats = kernels.floats(length);
    floats.values.set(row);
    return floats;
  });
  const list = kernels.list(rows.length);
  stored.forEach(({ pointer }, i) => {
    list.set(i, pointer, factors[i]);
  });
  const first = kernels.floats(length);
  first.values.set(base);
  return { kernels, stored, list, first, bytes: 4 * padded(length), out: kernels.floats(Math.max(length, 32)) };
}

const combined = ({ rows, factors, base }: Given) =>
  base.map((value, i) => rows.reduce((sum, row, j) => sum + factors[j] * row[i], value));

test("combine adds multiples of rows", () =>
  fc.assert(
    fc.asyncProperty(given, async (g) => {
      const { kernels, list, first, bytes, out } = await laidOut(g);
      kernels.functions.combine(out.pointer, first.pointer, list.pointer, g.rows.length, bytes);
      combined(g).forEach((value, i) => {
        expect(out.values[i]).toBeCloseTo(value, 3);
      });
    }),
  ));

test.each(["strongest", "largest"] as const)("%s finds the block of the number that is farthest", (name) =>
  fc.assert(
    fc.asyncProperty(given, fc.float({ min: 0, max: 20, noNaN: true }), async (g, least) => {
      const { kernels, list, first, bytes, out } = await laidOut(g);
      const measure = (v: number) => (name === "strongest" ? Math.abs(v) : v);
      const values = combined(g).map(measure);
      const most = Math.max(...values);
      fc.pre(Math.abs(most - least) > 1e-3);
      const found = kernels.functions[name](out.pointer, first.pointer, list.pointer, g.rows.length, bytes, least);
      if (most < least) {
        expect(found).toBe(-1);
        return;
      }
      expect(found % 128).toBe(0);
      const inBlock = [...out.values.subarray(0, 32)].map(measure);
      expect(Math.max(...inBlock)).toBeCloseTo(most, 3);
      const from = found / 4;
      values.slice(from, from + 32).forEach((value, i) => {
        expect(inBlock[i]).toBeCloseTo(value, 3);
      });
    }),
  ),
);

test("dots multiplies every row with a vector", () =>
  fc.assert(
    fc.asyncProperty(given, async (g) => {
      const { kernels, list, first, bytes } = await laidOut(g);
      const out = kernels.floats(g.rows.length);
      kernels.functions.dots(out.pointer, list.pointer, g.rows.length, first.pointer, bytes);
      g.rows.forEach((row, i) => {
        const sum = row.reduce((total, value, k) => total + value * g.base[k], 0);
        expect(Math.abs(out.values[i] - sum)).toBeLessThan(1e-2);
      });
    }),
  ));

test("spread adds two vectors to every row, each by a factor of the row", () =>
  fc.assert(
    fc.asyncProperty(given, async (g) => {
      const { kernels, stored, list, first, bytes } = await laidOut(g);
      const second = kernels.floats(g.base.length);
      second.values.set(g.base.map((value) => 1 - value));
      const factors = kernels.floats(g.rows.length);
      factors.values.set(g.factors.map((value) => value / 2 + 1));
      const count = g.rows.length;
      kernels.functions.spread(list.pointer, count, first.pointer, factors.pointer, second.pointer, bytes);
      g.rows.forEach((row, i) => {
        row.forEach((value, k) => {
          const wanted = value + g.factors[i] * g.base[k] + (g.factors[i] / 2 + 1) * (1 - g.base[k]);
          expect(stored[i].values[k]).toBeCloseTo(wanted, 3);
        });
      });
    }),
  ));

test("more than a memory can hold is refused before it is asked for", async () => {
  await expect(Kernels.open(2 ** 31, "a dictionary")).rejects.toMatchObject({ code: "KERNEL_MEMORY" });
});
