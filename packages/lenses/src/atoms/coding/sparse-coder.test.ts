/** @file Codes beside those of a naive pursuit in double precision, and what a coder refuses. */
import { seededRandom } from "@noema/engine";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import type { Codes } from "../codes.js";
import type { Dictionary } from "../dictionary.js";
import {
  bruteForceNonNegative,
  leastSquares,
  naiveOmp,
  randomDictionary,
  randomSignals,
  without,
} from "./naive-omp.testing.js";
import { SparseCoder, type SparseCoderOptions } from "./sparse-coder.js";

const opened: SparseCoder[] = [];
afterEach(async () => {
  for (const coder of opened.splice(0)) await coder.dispose();
});

async function open(dictionary: Dictionary, options: SparseCoderOptions): Promise<SparseCoder> {
  const coder = await SparseCoder.open(dictionary, { compile: { threads: 1 }, ...options });
  opened.push(coder);
  return coder;
}

function codeOf({ starts, atoms, coefficients }: Codes, n: number) {
  const [from, to] = [starts[n], starts[n + 1]];
  return { atoms: [...atoms.subarray(from, to)], coefficients: [...coefficients.subarray(from, to)] };
}

const centredRow = ({ length, mean }: Dictionary, vectors: Float32Array, n: number) =>
  Array.from({ length }, (_, i) => vectors[n * length + i] - mean[i]);

test("999 of 1000 signals have the support of the naive pursuit, and its coefficients within 1e-4", async () => {
  const dictionary = randomDictionary(seededRandom(1), 100, 24);
  const vectors = randomSignals(dictionary, 2000, 4, 0.1, 2);
  const codes = await (await open(dictionary, { sparsity: 5 })).code(vectors);
  let same = 0;
  for (let n = 0; n < codes.vectors; n++) {
    const found = codeOf(codes, n);
    const wanted = naiveOmp(dictionary, vectors.subarray(24 * n, 24 * n + 24), 5).at(-1)!;
    if (found.atoms.join() !== wanted.atoms.join()) continue;
    same++;
    found.coefficients.forEach((value, i) => {
      expect(Math.abs(value - wanted.coefficients[i])).toBeLessThan(1e-4);
    });
  }
  expect(same / codes.vectors).toBeGreaterThanOrEqual(0.999);
});

test("any dictionary, sparsity and error: as the naive pursuit", () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        seed: fc.integer({ min: 0, max: 1e6 }),
        count: fc.integer({ min: 1, max: 70 }),
        length: fc.integer({ min: 1, max: 40 }),
        wanted: fc.integer({ min: 1, max: 8 }),
        error: fc.constantFrom(undefined, 0.1, 0.5),
      }),
      async ({ seed, count, length, wanted, error }) => {
        const dictionary = randomDictionary(seededRandom(seed), count, length);
        const sparsity = Math.min(wanted, count, length);
        const vectors = randomSignals(dictionary, 4, 3, 0.2, seed + 1);
        const coder = await open(dictionary, { sparsity, ...(error !== undefined && { error }) });
        const codes = await coder.code(vectors);
        for (let n = 0; n < 4; n++) {
          const row = vectors.subarray(n * length, (n + 1) * length);
          const steps = naiveOmp(dictionary, row, sparsity, error);
          const found = codeOf(codes, n);
          const x = centredRow(dictionary, vectors, n);
          // Where two atoms are nearly as good either may be taken: what is left then decides.
          const naive = steps.at(-1) ?? { atoms: [], coefficients: [] };
          const left = (code: typeof found | typeof naive) =>
            Math.hypot(...without(dictionary, code.atoms, code.coefficients, x));
          if (error === undefined) expect(found.atoms.length).toBeLessThanOrEqual(sparsity);
          else if (found.atoms.length < sparsity)
            expect(left(found)).toBeLessThanOrEqual(1.01 * error * Math.hypot(...x));
          if (found.atoms.join() === naive.atoms.join())
            expect(Math.abs(left(found) - left(naive))).toBeLessThan(1e-3 * Math.hypot(...x) + 1e-6);
          const refit = leastSquares(dictionary, found.atoms, x);
          expect(left(found)).toBeLessThanOrEqual(
            left({ atoms: found.atoms, coefficients: refit }) + 1e-4 * Math.hypot(...x) + 1e-6,
          );
        }
      },
    ),
    { numRuns: 40 },
  ));

test("non-negative codes are those of a naive pursuit that tries every subset of its atoms", async () => {
  const dictionary = randomDictionary(seededRandom(5), 60, 8, { nonNegative: true });
  const vectors = randomSignals(dictionary, 150, 5, 0.3, 6);
  const codes = await (await open(dictionary, { sparsity: 6 })).code(vectors);
  let [same, givenUp] = [0, 0];
  for (let n = 0; n < codes.vectors; n++) {
    const { atoms, coefficients } = codeOf(codes, n);
    expect(new Set(atoms).size).toBe(atoms.length);
    const best = bruteForceNonNegative(dictionary, atoms, centredRow(dictionary, vectors, n));
    coefficients.forEach((value, i) => {
      expect(value).toBeGreaterThan(0);
      expect(Math.abs(value - best.coefficients[i])).toBeLessThan(1e-4);
    });
    const steps = naiveOmp(dictionary, vectors.subarray(8 * n, 8 * n + 8), 6);
    if (steps.at(-1)!.atoms.join() === atoms.join()) same++;
    if (steps.some((step, i) => i > 0 && step.atoms.length <= steps[i - 1].atoms.length)) givenUp++;
  }
  expect(same / codes.vectors).toBeGreaterThanOrEqual(0.99);
  expect(givenUp).toBeGreaterThan(20);
});

test("progressive codes are those of coders of less sparsity", async () => {
  const dictionary = randomDictionary(seededRandom(7), 60, 16);
  const vectors = randomSignals(dictionary, 100, 4, 0.2, 8);
  const all = await (await open(dictionary, { sparsity: 4 })).progressive(vectors);
  expect(all.length).toBe(4);
  for (const [k, codes] of all.entries()) {
    const wanted = await (await open(dictionary, { sparsity: k + 1 })).code(vectors);
    expect(codes).toEqual(wanted);
  }
});

test("progressive non-negative codes never get worse, and have no more atoms than they may", async () => {
  const dictionary = randomDictionary(seededRandom(9), 80, 12, { nonNegative: true });
  const vectors = randomSignals(dictionary, 200, 5, 0.3, 10);
  const coder = await open(dictionary, { sparsity: 6 });
  const all = await coder.progressive(vectors);
  expect(all.at(-1)).toEqual(await coder.code(vectors));
  for (let n = 0; n < 200; n++) {
    const x = centredRow(dictionary, vectors, n);
    let before = Math.hypot(...x);
    for (const [k, codes] of all.entries()) {
      const { atoms, coefficients } = codeOf(codes, n);
      expect(atoms.length).toBeLessThanOrEqual(k + 1);
      const left = Math.hypot(...without(dictionary, atoms, coefficients, x));
      expect(left).toBeLessThanOrEqual(before + 1e-5);
      before = left;
    }
  }
});

test("more vectors than are taken at once are coded as few are, and progress is told", async () => {
  const dictionary = randomDictionary(seededRandom(11), 40, 8);
  const vectors = randomSignals(dictionary, 1500, 2, 0.1, 12);
  const coder = await open(dictionary, { sparsity: 2 });
  const told: number[][] = [];
  const codes = await coder.code(vectors, { onProgress: (...figures) => told.push(figures) });
  expect(told).toEqual([
    [1024, 1500],
    [1500, 1500],
  ]);
  const last = await coder.code(vectors.subarray(1499 * 8));
  expect(codeOf(codes, 1499)).toEqual(codeOf(last, 0));
});

test("a vector of nothing has no atoms, nor has one that is gone once the mean is taken off", async () => {
  const dictionary = randomDictionary(seededRandom(13), 20, 8);
  const coder = await open(dictionary, { sparsity: 3, error: 0.1 });
  expect([...(await coder.code(dictionary.mean)).starts]).toEqual([0, 0]);
  expect((await coder.code(new Float32Array(0))).vectors).toBe(0);
});

test("an atom alone is coded as itself, however large or small it is, and with no second one", async () => {
  const dictionary = randomDictionary(seededRandom(15), 30, 10, { centred: false });
  const coder = await open(dictionary, { sparsity: 5 });
  for (const size of [1e-12, 1, 1e14]) {
    const { atoms, coefficients } = await coder.code(dictionary.atoms.slice(70, 80).map((value) => value * -size));
    expect([...atoms]).toEqual([7]);
    expect(coefficients[0] / -size).toBeCloseTo(1, 5);
  }
});

test("two atoms that are the same: one of them is taken", async () => {
  const dictionary = randomDictionary(seededRandom(17), 12, 10, { centred: false });
  dictionary.atoms.set(dictionary.atoms.subarray(0, 10), 50);
  const { atoms } = await (await open(dictionary, { sparsity: 4 })).code(dictionary.atoms.subarray(0, 10));
  expect([...atoms]).toEqual([0]);
});

test("other atoms are taken without opening anew", async () => {
  const [first, second] = [19, 20].map((seed) => randomDictionary(seededRandom(seed), 50, 9));
  const vectors = randomSignals(second, 30, 3, 0, 21);
  const coder = await open(first, { sparsity: 3 });
  await coder.setDictionary(second);
  expect(await coder.code(vectors)).toEqual(await (await open(second, { sparsity: 3 })).code(vectors));
  const shorter = randomDictionary(seededRandom(22), 50, 8);
  await expect(coder.setDictionary(shorter)).rejects.toMatchObject({ code: "DICTIONARY_SHAPE" });
});

test("what cannot be coded is refused, and it is said which vector", async () => {
  const dictionary = randomDictionary(seededRandom(23), 20, 8);
  const coder = await open(dictionary, { sparsity: 3 });
  const vectors = randomSignals(dictionary, 5, 2, 0, 24);
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e20]) {
    const broken = vectors.slice();
    broken[19] = bad;
    await expect(coder.code(broken)).rejects.toThrow(/vector 2.*code: VECTORS_NUMBERS/s);
  }
  await expect(coder.code(vectors.subarray(1))).rejects.toMatchObject({ code: "VECTORS_LENGTH" });
  await expect(coder.code(vectors, { signal: { aborted: true } })).rejects.toMatchObject({ code: "STOPPED" });
});

test.each([0, 1.5, 9, 21, Number.NaN])("a sparsity of %d is refused", async (sparsity) => {
  const dictionary = randomDictionary(seededRandom(25), 20, 8);
  await expect(open(dictionary, { sparsity })).rejects.toMatchObject({ code: "SPARSITY" });
});

test.each([-0.1, 1, Number.NaN])("an error of %d is refused", async (error) => {
  const dictionary = randomDictionary(seededRandom(27), 20, 8);
  await expect(open(dictionary, { sparsity: 2, error })).rejects.toMatchObject({ code: "CODING_ERROR" });
});
