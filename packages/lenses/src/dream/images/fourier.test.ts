import { compile, input, seededRandom } from "@noema/engine";
import { expect, test } from "vitest";
import { inverseFourier } from "../inverse-fourier.js";
import { fourier } from "./fourier.js";

type Coefficient = (horizontal: number, vertical: number) => readonly [re: number, im: number];

/** Lucid's fft_image for one plane, its axes exchanged, with the inverse transform written out as its defining double sum. */
function lucidPlane(coefficient: Coefficient, height: number, width: number): number[] {
  const out: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let l = 0; l < width; l++) {
        for (let k = 0; k <= height / 2; k++) {
          const fx = (l <= width / 2 ? l : l - width) / width;
          const frequency = Math.sqrt((k / height) ** 2 + fx ** 2);
          const scale = (1 / Math.max(frequency, 1 / Math.max(width, height))) * Math.sqrt(width * height);
          const angle = 2 * Math.PI * ((k * y) / height + (l * x) / width);
          const mirrored = k === 0 || 2 * k === height ? 1 : 2;
          const [re, im] = coefficient(l, k);
          sum += mirrored * scale * (re * Math.cos(angle) - im * Math.sin(angle));
        }
      }
      out.push(sum / (width * height) / 4);
    }
  }
  return out;
}

// Products of two factors, squares, primes, and frequencies that do not fill their blocks.
test.each([
  [6, 8],
  [5, 7],
  [1, 12],
  [20, 9],
  [1, 1],
])("is Lucid's fft_image, %i×%i", async (height, width) => {
  const size = { batch: 1, channels: 1, height, width };
  const image = fourier.create(size);
  const parameters = image.initial([seededRandom(5)]);
  const { row, shape } = inverseFourier(size);
  const part = (l: number, k: number, which: 0 | 1) => parameters[row(l, which) * shape[3] + k];
  const given = input("parameters", image.shape);
  const program = await compile({ inputs: { given }, outputs: { values: image.values(given) } }, { threads: 1 });
  const found = (await program.run({ given: parameters })).values.toNumbers();
  await program.dispose();
  lucidPlane((l, k) => [part(l, k, 0), part(l, k, 1)], height, width).forEach((v, i) => {
    expect(found[i]).toBeCloseTo(v, 5);
  });
});
