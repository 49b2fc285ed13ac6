import { seededRandom } from "@noema/engine";
import { expect, test } from "vitest";
import { dci, dciOfImportances } from "./dci.js";
import { combinations, represent } from "./representations.testing.js";

const scores = (rows: readonly (readonly number[])[]) =>
  dciOfImportances(Float64Array.from(rows.flat()), rows.length, rows[0].length);

test("importances by hand: one latent for each factor", () => {
  const { disentanglement, completeness, byLatent } = scores([
    [1, 0],
    [0, 1],
  ]);
  expect([disentanglement, completeness, ...byLatent]).toEqual([1, 1, 1, 1]);
});

test("importances by hand: all alike", () => {
  const { disentanglement, completeness } = scores([
    [0.25, 0.25, 0.25, 0.25],
    [0.25, 0.25, 0.25, 0.25],
  ]);
  expect([disentanglement, completeness]).toEqual([expect.closeTo(0, 12), expect.closeTo(0, 12)]);
});

test("importances by hand: a factor in two latents of three is disentangled and not complete", () => {
  const { disentanglement, completeness } = scores([
    [0.5, 0.5, 0],
    [0, 0, 1],
  ]);
  expect(disentanglement).toBeCloseTo(1, 12);
  expect(completeness).toBeCloseTo((1 - Math.log(2) / Math.log(3) + 1) / 2, 12);
});

test("importances by hand: three quarters to one quarter leave 1 − H(1/4) bits", () => {
  const { disentanglement, completeness } = scores([
    [0.75, 0.25],
    [0.25, 0.75],
  ]);
  const left = 1 + 0.25 * Math.log2(0.25) + 0.75 * Math.log2(0.75);
  expect([disentanglement, completeness]).toEqual([expect.closeTo(left, 12), expect.closeTo(left, 12)]);
});

test("a latent of no importance has no weight", () => {
  const { disentanglement, byLatent } = scores([
    [1, 0, 0],
    [0, 1, 0],
  ]);
  expect(disentanglement).toBe(1);
  expect([...byLatent]).toEqual([1, 1, 0]);
});

test("two bits of a factor in two latents: each matters half, and both together tell it", () => {
  const factors = combinations([4, 2], 50);
  const { matrix, figures } = dci(
    represent(factors, ([v, w]) => [v & 1, v >> 1, w]),
    seededRandom(1),
  );
  expect(figures.informativeness).toBe(1);
  expect(figures.disentanglement).toBe(1);
  expect(matrix.values[0]).toBeCloseTo(0.5, 1);
  expect(matrix.values[1]).toBeCloseTo(0.5, 1);
  expect(figures.completeness).toBeCloseTo((1 - Math.log(2) / Math.log(3) + 1) / 2, 1);
});

test("constant latents: nothing matters, and the most frequent value is named", () => {
  const factors = combinations([4, 2], 50);
  const { score, figures } = dci(
    represent(factors, () => [1, 2]),
    seededRandom(1),
  );
  expect(score).toBe(0);
  expect(figures.completeness).toBe(0);
  expect(figures.informativeness).toBeCloseTo((1 / 4 + 1 / 2) / 2, 1);
});

test("one latent: completeness is 1, and a note says why", () => {
  const { figures, notes } = dci(
    represent(combinations([4, 2], 50), ([v]) => [v]),
    seededRandom(1),
  );
  expect(figures.completeness).toBe(1);
  expect(notes).toEqual([expect.stringContaining("one latent")]);
});

test("two hundred values are told, since trees grow deep enough for them", () => {
  const { figures } = dci(
    represent(combinations([200, 2], 20), ([v, w]) => [v, w]),
    seededRandom(1),
  );
  expect(figures.informativeness).toBeGreaterThan(0.99);
});

test("options that make no sense are refused", () => {
  const representation = represent(combinations([4, 2], 50), ([v, w]) => [v, w]);
  for (const options of [{ trees: 0 }, { depth: 1.5 }, { pictures: Number.NaN }]) {
    expect(() => dci(representation, seededRandom(1), options)).toThrow(
      expect.objectContaining({ code: "METRIC_OPTION" }),
    );
  }
});
