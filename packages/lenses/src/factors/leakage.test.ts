import { NoemaError, seededRandom } from "@noema/engine";
import { describe, expect, test } from "vitest";
import { leakage } from "./leakage.js";

const random = seededRandom(5);
const labels = Array.from({ length: 1200 }, (_, i) => i % 4);
const codes = (make: (label: number) => readonly number[]) => Float32Array.from(labels.flatMap(make));

/** The first two thirds teach, the others are asked about. */
function parts(latents: Float32Array, width: number) {
  return {
    training: { latents: latents.subarray(0, 800 * width), labels: labels.slice(0, 800) },
    test: { latents: latents.subarray(800 * width), labels: labels.slice(800) },
    ...{ latents: width, labels: 4 },
  };
}

describe("leakage", () => {
  test("of latents that know nothing is chance", async () => {
    const found = await leakage(
      parts(
        codes(() => [random.normal(), random.normal()]),
        2,
      ),
    );
    expect(found.chance).toBe(0.25);
    // Three standard errors of 400 answers.
    expect(found.linear).toBeLessThan(0.25 + 3 * Math.sqrt(0.1875 / 400));
    expect(found.hidden).toBeLessThan(0.25 + 3 * Math.sqrt(0.1875 / 400));
  }, 60_000);

  test("of latents that hold the label in a line is whole, however large they are and wherever they lie", async () => {
    const along = (label: number) => [
      500 + 100 * Math.cos(label * 1.5),
      1e-3 * Math.sin(label * 1.5) + 2e-5 * random.normal(),
    ];
    const found = await leakage(parts(codes(along), 2));
    expect(found.linear).toBeGreaterThan(0.99);
    expect(found.hidden).toBeGreaterThan(0.99);
  }, 60_000);

  test("that no line shows, a hidden layer finds: rings around one centre", async () => {
    const ring = (label: number) => {
      const angle = 2 * Math.PI * random.uniform();
      return [(label + 1) * Math.cos(angle), (label + 1) * Math.sin(angle)];
    };
    const found = await leakage(parts(codes(ring), 2));
    expect(found.linear).toBeLessThan(0.45);
    expect(found.hidden).toBeGreaterThan(0.85);
  }, 60_000);

  test("is the same for the same seed", async () => {
    const given = parts(
      codes((label) => [label + random.normal()]),
      1,
    );
    expect(await leakage({ ...given, seed: 3 })).toEqual(await leakage({ ...given, seed: 3 }));
  }, 60_000);

  test.each([
    ["no pictures", { training: { latents: new Float32Array(0), labels: [] } }],
    ["other counts", { test: { latents: new Float32Array(3), labels: [0] } }],
    ["NaN", { test: { latents: Float32Array.of(Number.NaN, 0), labels: [0] } }],
    ["a label that there is not", { test: { latents: Float32Array.of(1, 0), labels: [4] } }],
  ])("refuses %s", async (_, wrong) => {
    const given = parts(
      codes(() => [0, 0]),
      2,
    );
    const refusal = await leakage({ ...given, ...wrong }).catch((e: unknown) => e);
    expect(refusal).toBeInstanceOf(NoemaError);
    expect((refusal as NoemaError).code).toBe("LEAKAGE_CODES");
  });
});
