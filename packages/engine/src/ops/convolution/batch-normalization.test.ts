/** @file A convolution and its batch normalization: each stays a layer of its own, and the way back is one convolution. */
import { expect, test } from "vitest";
import { gradient } from "../../autodiff/gradient.js";
import { constant, emit, input } from "../../graph/emit.js";
import { nd } from "../../graph/nd.js";
import { readModel } from "../../graph/read-model.js";
import { Tensor } from "../../graph/tensor.js";
import { ancestors } from "../../graph/topology.js";
import { writeModel } from "../../graph/write-model.js";
import { compile } from "../../runtime/compile.js";
import { evaluate } from "../evaluate.js";
import "../index.js";

const numbers = (dims: readonly number[], f: (i: number) => number) => {
  const size = dims.reduce((a, b) => a * b, 1);
  return constant(
    Tensor.ofNumbers(
      "float32",
      dims,
      Float64Array.from({ length: size }, (_, i) => f(i)),
    ),
  );
};

function network(strides: readonly number[]) {
  const x = input("x", [1, 3, 6, 6]);
  const weights = numbers([4, 3, 3, 3], (i) => Math.sin(i));
  const [conv] = emit("Conv", [x, weights, numbers([4], (i) => i / 3)], { pads: [1, 1, 1, 1], strides });
  const parameters = [
    numbers([4], (i) => 1 + i),
    numbers([4], Math.cos),
    numbers([4], Math.sin),
    numbers([4], (i) => i + 0.5),
  ];
  const [normal] = emit("BatchNormalization", [conv, ...parameters]);
  const { bytes } = writeModel({ inputs: { x }, outputs: { conv, y: emit("Relu", [normal])[0] } });
  return readModel(bytes);
}

const picture = Float64Array.from({ length: 108 }, (_, i) => Math.cos(i * i));

test.each([[[1, 1]], [[2, 2]]])(
  "has the right gradient at stride %s, for the picture and for the convolution",
  async (strides) => {
    const model = network(strides);
    const [x, conv, y] = [model.input(), model.value("conv"), model.output("y")];
    const [byPicture, byConv] = gradient(y, [x, conv]);
    const feeds = new Map([[x, nd(x.shape, picture)]]);
    const exact = evaluate([byPicture, byConv], feeds);
    expect(
      exact[1].data.some((v) => v !== 0),
      "the convolution's output matters",
    ).toBe(true);
    const program = await compile({ inputs: { x }, outputs: { byPicture, byConv } }, { threads: 1 });
    const found = await program.run({ x: Float32Array.from(picture) });
    for (const [k, name] of ["byPicture", "byConv"].entries()) {
      for (const [i, v] of found[name].toNumbers().entries()) expect(v).toBeCloseTo(exact[k].data[i], 3);
    }
    await program.dispose();
    const step = 1e-5;
    for (const i of [0, 17, 50, 107]) {
      const moved = [1, -1].map((sign) => picture.map((v, k) => (k === i ? v + sign * step : v)));
      const [up, down] = moved.map((p) =>
        evaluate([y], new Map([[x, nd(x.shape, p)]]))[0].data.reduce((a, b) => a + b),
      );
      expect(exact[0].data[i]).toBeCloseTo((up - down) / (2 * step), 4);
    }
  },
);

test("takes the scale into the weights of the way back", () => {
  const model = network([1, 1]);
  const [g] = gradient(model.output("y"), [model.input()]);
  const ops = ancestors([g]).map((node) => node.op);
  expect(ops.filter((op) => op === "BatchNormalization")).toHaveLength(1);
});

test("refuses a constant in the place of an input", async () => {
  const weights = numbers([2], (i) => i);
  const x = input("x", [2]);
  const signature = { inputs: { x, weights }, outputs: { y: emit("Mul", [x, weights])[0] } };
  await expect(compile(signature)).rejects.toThrowError(/INPUT_CONSTANT/);
});
