import { readdirSync } from "node:fs";
import { compile, input } from "@noema/engine";
import { describe, expect, test } from "vitest";
import type { PictureSize } from "../../preprocessing.js";
import { seededRandom } from "../../random.js";
import { colours, imagenetColours } from "../colours.js";
import type { Image } from "./image.js";
import { images } from "./index.js";

const sizes: PictureSize[] = [
  { batch: 2, channels: 3, height: 8, width: 12 },
  { batch: 1, channels: 1, height: 7, width: 5 },
];

const randoms = (size: PictureSize) => Array.from({ length: size.batch }, (_, i) => seededRandom(1 + i));

async function valuesOf(image: Image, parameters: Float32Array): Promise<Float32Array> {
  const given = input("parameters", image.shape);
  const program = await compile({ inputs: { given }, outputs: { values: image.values(given) } }, { threads: 1 });
  const { values } = await program.run({ given: parameters });
  await program.dispose();
  return values.data as Float32Array;
}

test("every file of the folder is in its index", () => {
  const files = readdirSync(new URL(".", import.meta.url)).filter((file) => !/test|index|^image[.]/.test(file));
  expect(images.map((kind) => `${kind.name}.ts`)).toEqual(files.sort());
});

describe.each(images.map((kind) => [kind.name, kind] as const))("%s", (_, kind) => {
  test.each(sizes)("starts from a faint random picture of the size asked for: %o", async (size) => {
    const image = kind.create(size);
    const values = await valuesOf(image, image.initial(randoms(size)));
    expect(values.length).toBe(size.batch * size.channels * size.height * size.width);
    expect(values.every(Number.isFinite)).toBe(true);
    const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    expect(largest).toBeGreaterThan(0);
    expect(largest).toBeLessThan(1);
    expect(image.initial(randoms(size))).toEqual(image.initial(randoms(size)));
  });

  test.each(sizes)("fits a photograph: %o", async (size) => {
    const image = kind.create(size);
    const palette = colours(size.channels, size.channels === 3 ? imagenetColours : undefined);
    const random = seededRandom(2);
    const photograph = Float32Array.from({ length: size.batch * size.channels * size.height * size.width }, () =>
      Math.min(0.98, Math.max(0.02, 0.5 + 0.3 * random.normal())),
    );
    const parameters = image.fit!(palette.values(photograph, size));
    const given = input("parameters", image.shape);
    const pictures = palette.picture(image.values(given));
    const program = await compile({ inputs: { given }, outputs: { pictures } }, { threads: 1 });
    const found = (await program.run({ given: parameters })).pictures.data as Float32Array;
    await program.dispose();
    const worst = found.reduce((most, v, i) => Math.max(most, Math.abs(v - photograph[i])), 0);
    expect(worst).toBeLessThan(1e-3);
  });
});
