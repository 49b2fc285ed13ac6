import { seededRandom } from "@noema/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SameValueDraws } from "./same-value-draws.js";

const every = (of: readonly number[]) => Uint32Array.from(of, (_, i) => i);
const factorOf = (of: readonly number[]) => ({ name: "factor", count: Math.max(...of) + 1, of: Int32Array.from(of) });

test("different pictures that share a value, two at least, and as many as are asked for where there are", () => {
  const values = fc.array(fc.nat(4), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(values, fc.integer({ min: 2, max: 8 }), fc.integer(), (of, most, seed) => {
      const draws = new SameValueDraws(every(of), [factorOf(of)]);
      const sizes = of.map((value) => of.filter((other) => other === value).length);
      expect(draws.canDraw(0)).toBe(sizes.some((size) => size > 1));
      if (!draws.canDraw(0)) return;
      const random = seededRandom(seed);
      for (let draw = 0; draw < 5; draw++) {
        const drawn = [...draws.draw(0, most, random)];
        expect(new Set(drawn).size).toBe(drawn.length);
        expect(new Set(drawn.map((picture) => of[picture])).size).toBe(1);
        expect(drawn).toHaveLength(Math.min(most, sizes[drawn[0]]));
        expect(drawn.length).toBeGreaterThan(1);
      }
    }),
  );
});

test("a value is drawn as often as it is frequent, and each of its pictures as often as the others", () => {
  const of = [0, 0, 0, 0, 0, 0, 1, 1, 2];
  const draws = new SameValueDraws(every(of), [factorOf(of)]);
  const random = seededRandom(1);
  const counts = new Array<number>(9).fill(0);
  for (let draw = 0; draw < 8000; draw++) for (const picture of draws.draw(0, 2, random)) counts[picture]++;
  // Three draws in four are of value 0: 12,000 pictures, 2000 each.
  counts.slice(0, 6).forEach((count) => {
    expect(Math.abs(count - 2000)).toBeLessThan(200);
  });
  expect(Math.abs(counts[6] - 2000)).toBeLessThan(200);
  expect(counts[8]).toBe(0);
});
