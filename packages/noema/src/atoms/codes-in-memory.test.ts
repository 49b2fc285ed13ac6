import type { Codes } from "@noema/lenses";
import { expect, test } from "vitest";
import { codesInMemory } from "./codes-in-memory.js";

/** A store of which vector r has r of atom 0. */
function storeOf(vectors: number) {
  return {
    meta: { vectors, parts: vectors } as never,
    read: (from: number, count: number): Codes => ({
      vectors: count,
      starts: Uint32Array.from({ length: count + 1 }, (_, i) => i),
      atoms: new Uint32Array(count),
      coefficients: Float32Array.from({ length: count }, (_, i) => from + i),
    }),
  };
}

test("all codes, where they fit", () => {
  const { codes, rowOf, sampled } = codesInMemory(storeOf(1000));
  expect([codes.vectors, rowOf(7), sampled]).toEqual([1000, 7, false]);
});

test("of very many a part, evenly from all, each with its row", () => {
  const { codes, rowOf, sampled } = codesInMemory(storeOf(100_001), 30_000);
  expect(sampled).toBe(true);
  expect(codes.vectors).toBeGreaterThan(20_000);
  expect(codes.vectors).toBeLessThanOrEqual(30_000 + 4096);
  const rows = Array.from({ length: codes.vectors }, (_, i) => rowOf(i));
  expect(rows).toEqual(Array.from(codes.coefficients));
  expect(new Set(rows).size).toBe(rows.length);
  expect([rows[0], rows[rows.length - 1] > 80_000]).toEqual([0, true]);
});
