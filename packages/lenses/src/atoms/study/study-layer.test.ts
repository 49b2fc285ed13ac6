/** @file The study: it finds the structure of sums of few atoms, and finds none where there is none. */
import { seededRandom } from "@noema/engine";
import { describe, expect, test } from "vitest";
import { gaussianLike } from "./controls.js";
import { studyLayer } from "./study-layer.js";
import { studyVerdict } from "./study-verdict.js";

const length = 12;

/** Sums of three of thirty atoms. */
function sumsOfFew(count: number, seed: number): Float32Array {
  const random = seededRandom(7);
  const atoms = Float32Array.from({ length: 30 * length }, () => random.normal());
  const drawing = seededRandom(seed);
  const vectors = new Float32Array(count * length);
  for (let n = 0; n < count; n++) {
    for (let part = 0; part < 3; part++) {
      const [atom, much] = [drawing.below(30), 1 + drawing.uniform()];
      for (let i = 0; i < length; i++) vectors[n * length + i] += much * atoms[atom * length + i];
    }
  }
  return vectors;
}

const sparse = { learning: sumsOfFew(600, 1), heldOut: sumsOfFew(300, 2) };
const drawn = gaussianLike({ vectors: sumsOfFew(600, 3), length }, seededRandom(4), 900);
const gaussian = { learning: drawn.subarray(0, 600 * length), heldOut: drawn.subarray(600 * length) };
const options = { length, atoms: 30, sparsity: 3, iterations: 15, seed: 0, resamples: 300, compile: { threads: 1 } };

describe("a layer of sums of few atoms", () => {
  test("is above its controls, and says so; beside an untrained layer without such structure too", async () => {
    const study = (await studyLayer({ ...options, layer: sparse, untrained: gaussian }))!;
    const { above, curves } = study;
    for (const kind of [above.gaussian, above.shuffled, above.untrained!]) {
      expect(kind).toHaveLength(4);
      expect(kind[3].low).toBeGreaterThan(0.02);
      expect(kind[0].value).toBe(0);
    }
    expect(curves.layer![3].value).toBeGreaterThan(curves.gaussian![3].value);
    const verdict = studyVerdict("mixed", study);
    expect(verdict.exceeds).toBe(true);
    expect(verdict.sentences[0]).toMatch(/^mixed: 3 atoms explain \d+\.\d % .*sparse structure exceeds/);
  });

  test("as its own untrained layer: training is not shown to have made it", async () => {
    const study = (await studyLayer({ ...options, layer: sparse, untrained: sparse }))!;
    expect(study.above.untrained![3].low).toBeLessThan(0);
    expect(studyVerdict("mixed", study).sentences.join(" ")).toMatch(/not shown/);
  });
});

test("Gaussian vectors are not above their own control", async () => {
  const study = (await studyLayer({ ...options, layer: gaussian }))!;
  expect(study.above.gaussian[3].value).toBeLessThan(0.03);
  expect(study.curves.untrained).toBeUndefined();
  expect(study.above.untrained).toBeUndefined();
});

test("the same seed gives the same numbers; work is reported, and can be stopped", async () => {
  const seen: string[] = [];
  const small = { ...options, iterations: 2, resamples: 10, layer: sparse };
  const [a, b] = [
    await studyLayer({ ...small, onProgress: ({ kind, share }) => void seen.push(`${kind} ${share}`) }),
    await studyLayer(small),
  ];
  expect(a).toEqual(b);
  expect(seen[0]).toBe("layer 0");
  expect(seen.at(-1)).toBe("shuffled 1");
  const stop = new AbortController();
  const stopped = studyLayer({ ...small, signal: stop.signal, onProgress: () => stop.abort() });
  expect(await stopped).toBeUndefined();
});

test.each([
  ["a broken vector", { ...sparse, heldOut: sparse.heldOut.subarray(1) }],
  ["one vector", { ...sparse, learning: sparse.learning.subarray(0, length) }],
  ["pictures of others", { ...sparse, pictures: new Int32Array(3) }],
])("%s is refused", async (_, layer) => {
  await expect(studyLayer({ ...options, layer })).rejects.toThrow("STUDY_VECTORS");
});
