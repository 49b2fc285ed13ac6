import { expect, test } from "vitest";
import { Tensor } from "./tensor.js";

test("reads unaligned bytes of a Node Buffer, whose slice would share the whole file", () => {
  const file = Buffer.concat([Buffer.from([9]), Buffer.from(Float32Array.of(1.5, -2).buffer)]);
  expect([...Tensor.ofBytes("float32", [2], file.subarray(1)).toNumbers()]).toEqual([1.5, -2]);
});
