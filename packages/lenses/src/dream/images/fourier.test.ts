import { compile, input } from "@noema/engine";
import { expect, test } from "vitest";
import { seededRandom } from "../../random.js";
import { fourier } from "./fourier.js";

/** Lucid's fft_image for one plane, with the inverse transform written out as its defining double sum. */
function lucidPlane(re: number[][], im: number[][], height: number, width: number): number[] {
  const columns = re[0].length;
  const out: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < height; k++) {
        for (let l = 0; l < columns; l++) {
          const fy = (k <= height / 2 ? k : k - height) / height;
          const frequency = Math.sqrt((l / width) ** 2 + fy ** 2);
          const scale = (1 / Math.max(frequency, 1 / Math.max(width, height))) * Math.sqrt(width * height);
          const angle = 2 * Math.PI * ((k * y) / height + (l * x) / width);
          const mirrored = l === 0 || 2 * l === width ? 1 : 2;
          sum += mirrored * scale * (re[k][l] * Math.cos(angle) - im[k][l] * Math.sin(angle));
        }
      }
      out.push(sum / (width * height) / 4);
    }
  }
  return out;
}

test.each([
  [6, 8],
  [5, 7],
])("is Lucid's fft_image, %i×%i", async (height, width) => {
  const image = fourier.create({ batch: 1, channels: 1, height, width });
  const parameters = image.initial([seededRandom(5)]);
  const columns = Math.floor(width / 2) + 1;
  const rows = (part: number) =>
    Array.from({ length: height }, (_, k) => [
      ...parameters.subarray((2 * k + part) * columns, (2 * k + part + 1) * columns),
    ]);
  const given = input("parameters", image.shape);
  const program = await compile({ inputs: { given }, outputs: { values: image.values(given) } }, { threads: 1 });
  const found = (await program.run({ given: parameters })).values.toNumbers();
  await program.dispose();
  lucidPlane(rows(0), rows(1), height, width).forEach((v, i) => {
    expect(found[i]).toBeCloseTo(v, 5);
  });
});
