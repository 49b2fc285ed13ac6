import { compile, input } from "@noema/engine";
import { expect, test } from "vitest";
import { networkInput, type Preprocessing, pictureSize } from "./preprocessing.js";

async function given(preprocessing: Preprocessing, pixel: readonly number[]): Promise<number[]> {
  const pictures = input("pictures", [1, pixel.length, 1, 2]);
  const y = networkInput(pictures, preprocessing);
  const program = await compile({ inputs: { pictures }, outputs: { y } }, { threads: 1 });
  const result = await program.run({ pictures: pixel.flatMap((v) => [v, 0]) });
  await program.dispose();
  return [...result.y.toNumbers()];
}

test("Caffe's convention: blue first, 0 … 255 minus the mean", async () => {
  const caffe: Preprocessing = {
    layout: "NCHW",
    channels: "BGR",
    range: [0, 255],
    mean: [104, 117, 123],
    scale: [1, 1, 1],
  };
  expect(await given(caffe, [1, 0.5, 0])).toEqual([-104, -104, 10.5, -117, 132, -123]);
});

test("channels last, -1 … 1", async () => {
  const tensorflow: Preprocessing = {
    layout: "NHWC",
    channels: "RGB",
    range: [-1, 1],
    mean: [0, 0, 0],
    scale: [1, 1, 1],
  };
  expect(await given(tensorflow, [1, 0.5, 0])).toEqual([1, 0, -1, -1, -1, -1]);
});

test("tells the size of the pictures, and where they do not fit", () => {
  const grey: Preprocessing = { layout: "NHWC", channels: "grey", range: [0, 1], mean: [0], scale: [1] };
  expect(pictureSize(input("x", [2, 5, 7, 1]), grey)).toEqual({ batch: 2, channels: 1, height: 5, width: 7 });
  expect(() => pictureSize(input("x", [2, 5, 7, 3]), grey)).toThrowError(/INPUT_NOT_PICTURE/);
  expect(() => pictureSize(input("x", [2, 5]), grey)).toThrowError(/INPUT_NOT_PICTURE/);
});
