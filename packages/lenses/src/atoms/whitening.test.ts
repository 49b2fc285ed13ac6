/** @file Whitening: what it makes of a covariance, and that codes behind it are the naive ones of whitened vectors and atoms. */
import { seededRandom } from "@noema/engine";
import { expect, test } from "vitest";
import { naiveOmp, randomDictionary } from "./coding/naive-omp.testing.js";
import { rebuild } from "./coding/rebuild.js";
import { SparseCoder } from "./coding/sparse-coder.js";
import { momentsOf } from "./covariance.js";
import { checkDictionary, type Dictionary } from "./dictionary.js";
import { projections } from "./statistics/projections.js";
import { unitRows } from "./unit-rows.js";
import { throughMatrix, whiteningOf } from "./whitening.js";

const length = 12;

/** Of very different variance in each direction, none of them an axis. */
function stretched(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const mix = Float64Array.from({ length: length * length }, () => random.normal());
  const vectors = new Float32Array(count * length);
  for (let n = 0; n < count; n++) {
    for (let k = 0; k < length; k++) {
      const own = random.normal() * 1.5 ** -k;
      for (let i = 0; i < length; i++) vectors[n * length + i] += own * mix[k * length + i];
    }
  }
  return vectors;
}

const vectors = stretched(3000, 1);
const whitening = whiteningOf({ vectors, length }, 1e-8);
const raw = randomDictionary(seededRandom(2), 30, length);
const dictionary: Dictionary = { ...raw, mean: new Float32Array(length), whitening: whitening.whiten };
/** The same as it is seen behind the whitening. */
const seen: Dictionary = {
  ...raw,
  mean: new Float32Array(length),
  atoms: throughMatrix(raw.atoms, whitening.whiten, length),
};
const sizes = unitRows(seen.atoms, length);
const white = throughMatrix(vectors, whitening.whiten, length);

test("whitened vectors vary by 1 in every direction, and there is a way back", () => {
  const { covariance } = momentsOf({ vectors: white, length });
  for (let i = 0; i < length; i++) {
    for (let k = 0; k <= i; k++) expect(covariance[i * length + k]).toBeCloseTo(i === k ? 1 : 0, 1);
  }
  const back = throughMatrix(white, whitening.unwhiten, length);
  const most = vectors.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  for (const [i, value] of back.entries())
    if (Math.abs(value - vectors[i]) > 1e-4 * most) expect(value).toBe(vectors[i]);
});

test("the larger the shrinkage, the less is changed", () => {
  const spread = (shrinkage: number) => {
    const { whiten } = whiteningOf({ vectors, length }, shrinkage);
    const { covariance } = momentsOf({ vectors: throughMatrix(vectors, whiten, length), length });
    let trace = 0;
    for (let i = 0; i < length; i++) trace += covariance[i * length + i];
    return trace;
  };
  expect(spread(1e-8)).toBeGreaterThan(11.9);
  expect(spread(0.1)).toBeLessThan(spread(1e-4));
  expect(spread(10)).toBeLessThan(1.5);
});

test.each([false, true])(
  "codes are those of whitened vectors in whitened atoms, non-negative: %s",
  async (nonNegative) => {
    const some = vectors.subarray(0, 300 * length);
    const behind = await SparseCoder.open({ ...seen, nonNegative }, { sparsity: 4, compile: { threads: 1 } });
    const coder = await SparseCoder.open({ ...dictionary, nonNegative }, { sparsity: 4, compile: { threads: 1 } });
    const [wanted, found] = [await behind.code(white.subarray(0, some.length)), await coder.code(some)];
    expect([...found.starts]).toEqual([...wanted.starts]);
    const same = found.atoms.filter((atom, i) => atom === wanted.atoms[i]).length / found.atoms.length;
    expect(same).toBeGreaterThan(0.99);
    found.coefficients.forEach((value, i) => {
      if (found.atoms[i] !== wanted.atoms[i]) return;
      const as = wanted.coefficients[i] / sizes[wanted.atoms[i]];
      expect(Math.abs(value - as)).toBeLessThan(1e-3 * Math.abs(as) + 1e-3);
    });
    const steps = await coder.progressive(some);
    expect([...steps[3].coefficients]).toEqual([...found.coefficients]);
    await coder.dispose();
    await behind.dispose();
  },
);

test("what is rebuilt lies in the vectors' own coordinates, and an error is a share of the whitened length", async () => {
  const some = vectors.subarray(0, 50 * length);
  const coder = await SparseCoder.open(dictionary, { sparsity: length, error: 0.3, compile: { threads: 1 } });
  const codes = await coder.code(some);
  await coder.dispose();
  const left = throughMatrix(
    rebuild(dictionary, codes).map((value, i) => some[i] - value),
    whitening.whiten,
    length,
  );
  for (let n = 0; n < 50; n++) {
    const own = (all: Float32Array) => Math.hypot(...all.subarray(n * length, (n + 1) * length));
    if (codes.starts[n + 1] - codes.starts[n] < length) expect(own(left)).toBeLessThan(0.301 * own(white) + 1e-5);
  }
});

test("the first atom of a code is that of the largest projection; a naive pursuit chooses it too", async () => {
  const some = vectors.subarray(0, 40 * length);
  const { coefficients } = projections(dictionary, some);
  const coder = await SparseCoder.open(dictionary, { sparsity: 1, compile: { threads: 1 } });
  const { atoms } = await coder.code(some);
  await coder.dispose();
  for (let n = 0; n < 40; n++) {
    const own = Array.from(coefficients.subarray(n * 30, (n + 1) * 30), Math.abs);
    expect(own.indexOf(Math.max(...own))).toBe(atoms[n]);
    expect(naiveOmp(seen, white.subarray(n * length, (n + 1) * length), 1)[0].atoms[0]).toBe(atoms[n]);
  }
});

test.each([
  ["of another size", new Float32Array(5), "DICTIONARY_SHAPE"],
  ["that is no number", new Float32Array(length * length).fill(Number.NaN), "DICTIONARY_NUMBERS"],
])("a whitening %s is refused", (_, wrong, code) => {
  expect(() => checkDictionary({ ...dictionary, whitening: wrong })).toThrow(expect.objectContaining({ code }));
});

test("a coder that was opened without a whitening takes no dictionary with one", async () => {
  const coder = await SparseCoder.open(raw, { sparsity: 1, compile: { threads: 1 } });
  await expect(coder.setDictionary({ ...raw, whitening: whitening.whiten })).rejects.toThrow(
    /whitened.*DICTIONARY_SHAPE/s,
  );
  await coder.dispose();
});
