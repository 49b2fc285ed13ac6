import { seededRandom } from "@noema/engine";
import { Matrix, SVD } from "ml-matrix";
import { expect, test } from "vitest";
import { randomDictionary, randomSignals } from "../coding/naive-omp.testing.js";
import { SparseCoder } from "../coding/sparse-coder.js";
import { AtomUpdate } from "./atom-update.js";

const [count, length, vectors] = [10, 6, 80];

async function coded(seed: number, nonNegative = false) {
  const dictionary = randomDictionary(seededRandom(seed), count, length, { nonNegative });
  const signals = randomSignals(dictionary, vectors, 3, 0.4, seed + 1);
  const coder = await SparseCoder.open(dictionary, { sparsity: 2, compile: { threads: 1 } });
  const codes = await coder.code(signals);
  await coder.dispose();
  const fitting = await AtomUpdate.open(dictionary, vectors);
  fitting.begin(signals, codes);
  /** What the codes leave of each vector, made anew: all atoms, or all but one. */
  const left = (but = -1) =>
    Array.from({ length: vectors }, (_, n) =>
      Array.from({ length }, (_, i) => {
        let rest = signals[n * length + i] - dictionary.mean[i];
        for (let part = codes.starts[n]; part < codes.starts[n + 1]; part++) {
          if (codes.atoms[part] !== but)
            rest -= codes.coefficients[part] * dictionary.atoms[codes.atoms[part] * length + i];
        }
        return rest;
      }),
    );
  const users = (atom: number) =>
    Array.from({ length: vectors }, (_, n) => n).filter((n) =>
      codes.atoms.subarray(codes.starts[n], codes.starts[n + 1]).includes(atom),
    );
  return { dictionary, codes, fitting, left, users };
}

const squares = (rows: readonly number[][]) => rows.flat().reduce((sum, value) => sum + value ** 2, 0);

test("an exact update puts the first singular vectors of what the others leave", async () => {
  const { dictionary, codes, fitting, left, users } = await coded(1);
  const restricted = new Matrix(users(4).map((n) => left(4)[n]));
  const svd = new SVD(restricted);
  const wanted = svd.rightSingularVectors.getColumn(0);
  fitting.updateAll(Int32Array.of(4), codes, true);
  const atom = [...dictionary.atoms.subarray(4 * length, 5 * length)];
  const cosine = atom.reduce((sum, value, i) => sum + value * wanted[i], 0);
  expect(Math.abs(cosine)).toBeGreaterThan(1 - 1e-4);
  const amounts = users(4).map((n) => {
    const own = codes.atoms.subarray(codes.starts[n], codes.starts[n + 1]).indexOf(4);
    return codes.coefficients[codes.starts[n] + own];
  });
  expect(Math.hypot(...amounts)).toBeCloseTo(svd.diagonal[0], 3);
});

test.each([
  ["approximate", false, false],
  ["exact", true, false],
  ["non-negative approximate", false, true],
  ["non-negative exact", true, true],
])("%s updates leave less, and what is kept is what is left", async (_, exact, nonNegative) => {
  const { dictionary, codes, fitting, left } = await coded(2, nonNegative);
  const sum = (errors: Float64Array) => errors.reduce((a, b) => a + b, 0);
  let before = sum(fitting.errors());
  expect(before).toBeCloseTo(squares(left()), 2);
  for (let atom = 0; atom < count; atom++) {
    fitting.updateAll(Int32Array.of(atom), codes, exact);
    const now = sum(fitting.errors());
    expect(now).toBeLessThanOrEqual(before + 1e-4);
    expect(now).toBeCloseTo(squares(left()), 2);
    expect(Math.hypot(...dictionary.atoms.subarray(atom * length, (atom + 1) * length))).toBeCloseTo(1, 5);
    before = now;
  }
  if (nonNegative) expect(codes.coefficients.every((value) => value >= 0)).toBe(true);
});
