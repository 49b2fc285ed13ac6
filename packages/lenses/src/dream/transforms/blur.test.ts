import { compile, input, seededRandom } from "@noema/engine";
import { expect, test } from "vitest";
import { blur } from "./blur.js";

const [height, width] = [15, 21];
const size = { batch: 1, channels: 1, height, width };

async function blurred(picture: Float32Array, sigma: number): Promise<Float32Array> {
  const transform = blur([sigma]);
  const inputs = {
    pictures: input("pictures", [1, 1, height, width]),
    down: input("down", [height, height]),
    across: input("across", [width, width]),
  };
  const y = transform.apply(inputs.pictures, inputs);
  const program = await compile({ inputs, outputs: { y } }, { threads: 1 });
  const result = await program.run({ pictures: picture, ...transform.draw(seededRandom(0), { size, progress: 0 }) });
  await program.dispose();
  return result.y.data as Float32Array;
}

test("a point becomes a bell of the wanted width", async () => {
  const point = new Float32Array(height * width);
  point[7 * width + 10] = 1;
  const y = await blurred(point, 1.3);
  const bell = (x: number) => Math.exp(-((x / 1.3) ** 2) / 2);
  for (const [dy, dx] of [
    [0, 0],
    [0, 2],
    [3, 0],
    [-2, 1],
  ]) {
    expect(y[(7 + dy) * width + 10 + dx] / y[7 * width + 10]).toBeCloseTo(bell(dx) * bell(dy), 4);
  }
  expect(y.reduce((a, b) => a + b)).toBeCloseTo(1, 3);
});

test.each([0, 0.3, 1, 40])("an even picture stays even up to its corners, with sigma %d", async (sigma) => {
  const y = await blurred(new Float32Array(height * width).fill(0.7), sigma);
  expect(y.every((v) => Math.abs(v - 0.7) < 1e-6)).toBe(true);
});

test("no blur leaves every pixel as it is", async () => {
  const random = seededRandom(3);
  const picture = Float32Array.from({ length: height * width }, random.uniform);
  expect(await blurred(picture, 0)).toEqual(picture);
});
