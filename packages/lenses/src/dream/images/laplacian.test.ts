import { compile, input, seededRandom } from "@noema/engine";
import { expect, test } from "vitest";
import { laplacian } from "./laplacian.js";

/** Linear interpolation of one plane, pixels being areas, written out for one pixel of the result. */
function interpolated(plane: Float32Array, height: number, width: number, y: number, x: number): number {
  const clamp = (v: number, most: number) => Math.min(most, Math.max(0, v));
  const at = (row: number, column: number) => plane[clamp(row, height - 1) * width + clamp(column, width - 1)];
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const [v, u] = [y - top, x - left];
  return (
    (1 - v) * ((1 - u) * at(top, left) + u * at(top, left + 1)) +
    v * ((1 - u) * at(top + 1, left) + u * at(top + 1, left + 1))
  );
}

test("is the sum of its levels, each interpolated to the full size", async () => {
  const [height, width] = [9, 6];
  const image = laplacian.create({ batch: 1, channels: 1, height, width }, { levels: 3 });
  const levels = [
    [9, 6],
    [4, 3],
    [2, 1],
  ];
  expect(image.shape).toEqual([1, 54 + 12 + 2]);
  const parameters = image.initial([seededRandom(1)]);
  const given = input("parameters", image.shape);
  const program = await compile({ inputs: { given }, outputs: { values: image.values(given) } }, { threads: 1 });
  const found = (await program.run({ given: parameters })).values.toNumbers();
  await program.dispose();
  for (let i = 0; i < height * width; i++) {
    let sum = 0;
    let start = 0;
    for (const [h, w] of levels) {
      const plane = parameters.subarray(start, start + h * w);
      start += h * w;
      const [y, x] = [Math.floor(i / width), i % width];
      sum += interpolated(plane, h, w, ((y + 0.5) * h) / height - 0.5, ((x + 0.5) * w) / width - 0.5);
    }
    expect(found[i]).toBeCloseTo(sum, 6);
  }
});
