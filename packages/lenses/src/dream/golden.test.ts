import { existsSync, readFileSync, rmSync } from "node:fs";
import { seededRandom } from "@noema/engine";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { expectGolden } from "./golden.testing.js";

const name = "test-of-golden";
const golden = new URL(`./golden/${name}.png`, import.meta.url);
const aside = (kind: string) => new URL(`../../../../out/golden/${name}.${kind}.png`, import.meta.url);

function noise(count: number): Float32Array {
  const random = seededRandom(1);
  return Float32Array.from({ length: count }, () => random.uniform());
}

function clean(): void {
  for (const url of [golden, aside("actual"), aside("difference")]) rmSync(url, { force: true });
  vi.unstubAllEnvs();
}

beforeEach(clean);
afterEach(clean);

test.each([1, 2, 3, 4])("pictures of %i channels are compared with what was written", async (channels) => {
  const size = { channels, height: 5, width: 7 };
  const pictures = noise(2 * channels * 5 * 7);
  await expect(expectGolden(name, pictures, size)).rejects.toThrowError(/no golden picture.*UPDATE_GOLDEN/);
  vi.stubEnv("UPDATE_GOLDEN", "1");
  await expectGolden(name, pictures, size);
  vi.stubEnv("UPDATE_GOLDEN", "0");
  await expectGolden(name, pictures, size, { meanTolerance: 0.3 / 255, maxTolerance: 0.51 / 255 });
  const elsewhere = pictures.map((v, i) => (i === 3 ? 1 - Math.round(v) : v));
  await expect(expectGolden(name, elsewhere, size)).rejects.toThrowError(/not the golden picture.*somewhere/);
  expect(existsSync(aside("difference"))).toBe(true);
  expect(readFileSync(aside("actual"))).not.toEqual(readFileSync(golden));
  const paler = pictures.map((v) => 0.9 * v);
  await expect(expectGolden(name, paler, size)).rejects.toThrowError(/on average/);
  await expect(expectGolden(name, pictures, { ...size, height: 10, width: 7 })).rejects.toThrowError(/is .*10×7/);
});

test("what is no picture is refused", async () => {
  const size = { channels: 3, height: 2, width: 2 };
  await expect(expectGolden(name, new Float32Array(11), size)).rejects.toThrowError(/11 numbers/);
  await expect(expectGolden(name, new Float32Array(12).fill(Number.NaN), size)).rejects.toThrowError(/no pictures/);
});
