/** @file Layout operators as older opsets wrote them, and as ONNX Runtime does not run them, against what they mean. */
import { describe, expect, test } from "vitest";
import type { AttributeValue } from "../../graph/attribute.js";
import { constant, emit, input, intsValue } from "../../graph/emit.js";
import { type Nd, nd } from "../../graph/nd.js";
import { findImport } from "../../graph/op.js";
import { sizeOf, Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { compile } from "../../runtime/compile.js";
import { evaluate } from "../evaluate.js";
import "../index.js";

function read(
  op: string,
  opset: number,
  inputs: readonly (Value | null)[],
  attributes: Record<string, AttributeValue> = {},
  outputCount = 1,
): readonly (Value | null)[] {
  const call = { label: `${op} "tested"`, opset, inputs, attributes, outputCount };
  return findImport(op)?.(call) ?? emit(op, inputs, attributes, { outputs: outputCount });
}

const floats = (values: readonly number[]) => constant(Tensor.ofNumbers("float32", [values.length], values));
const counting = (dims: readonly number[]) =>
  nd(
    dims,
    Float64Array.from({ length: sizeOf(dims) }, (_, i) => ((i * 7) % 11) + i / 8),
  );

async function expectSame(x: Value, found: Value, expected: Value): Promise<void> {
  const given = counting(x.shape);
  const [wanted] = evaluate([expected], new Map<Value, Nd>([[x, given]]));
  const program = await compile({ inputs: { x }, outputs: { y: found } });
  const { y } = await program.run({ x: Tensor.ofNumbers(x.dtype, x.shape, given.data) });
  await program.dispose();
  expect([...found.shape]).toEqual([...wanted.dims]);
  const numbers = y.toNumbers();
  wanted.data.forEach((v, i) => {
    expect(numbers[i]).toBeCloseTo(v, 3);
  });
}

describe("attributes that became inputs", () => {
  const x = input("x", [2, 1, 4]);

  test.each([
    [
      "Slice",
      9,
      { starts: [1, -3], ends: [2, 100], axes: [0, 2] },
      [
        [1, -3],
        [2, 100],
        [0, 2],
      ],
    ],
    ["Slice", 9, { starts: [1], ends: [2] }, [[1], [2]]],
    ["Squeeze", 11, { axes: [1] }, [[1]]],
    ["Squeeze", 11, {}, []],
    ["Unsqueeze", 11, { axes: [0, -1] }, [[0, -1]]],
  ] as const)("%s before opset %i", async (op, opset, attributes, numbers) => {
    const [found] = read(op, opset, [x], attributes as never);
    await expectSame(x, found!, emit(op, [x, ...numbers.map((list) => intsValue(list))])[0]);
  });

  test("Pad before opset 11", async () => {
    const [found] = read("Pad", 10, [x], { pads: [0, 1, 2, 0, 0, -1], value: 3 });
    await expectSame(x, found!, emit("Pad", [x, intsValue([0, 1, 2, 0, 0, -1]), 3])[0]);
    const [edge] = read("Pad", 2, [x], { pads: [0, 0, 2, 0, 0, 1], mode: "edge" });
    await expectSame(x, edge!, emit("Pad", [x, intsValue([0, 0, 2, 0, 0, 1])], { mode: "edge" })[0]);
  });

  test("Pad with more than there is", async () => {
    const y = input("x", [2, 3]);
    const around = (i: number) => (((i % 4) + 4) % 4 === 3 ? 1 : ((i % 4) + 4) % 4);
    const mirrored = Array.from({ length: 12 }, (_, i) => around(i - 4));
    const [reflect] = read("Pad", 19, [y, intsValue([0, 4, 0, 5])], { mode: "reflect" });
    await expectSame(y, reflect!, emit("Gather", [y, intsValue(mirrored)], { axis: 1 })[0]);
    const [wrap] = read("Pad", 19, [y, intsValue([5, 0]), null, intsValue([1])], { mode: "wrap" });
    await expectSame(y, wrap!, emit("Gather", [y, intsValue([1, 2, 0, 1, 2, 0, 1, 2])], { axis: 1 })[0]);
    expect(() => emit("Pad", [y, intsValue([0, 4, 0, 0])], { mode: "wrap" })).toThrowError(/PAD_SIZE/);
  });

  test("Split before opset 13 and 18", async () => {
    const [, listed] = read("Split", 11, [x], { axis: 2, split: [1, 3] }, 2);
    const [, even] = read("Split", 13, [x], { axis: -1 }, 2);
    await expectSame(x, listed!, emit("Slice", [x, intsValue([1]), intsValue([4]), intsValue([2])])[0]);
    await expectSame(x, even!, emit("Slice", [x, intsValue([2]), intsValue([4]), intsValue([2])])[0]);
    expect(() => read("Split", 13, [x], { axis: 2 }, 3)).toThrowError(/SPLIT_SIZES/);
    expect(read("Split", 18, [x], { axis: 2, num_outputs: 3 }, 3).map((v) => v!.shape[2])).toEqual([2, 2, 0]);
  });
});

describe("Resize and Upsample", () => {
  const x = input("x", [1, 2, 3, 4]);
  const corner = { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" };

  test("Upsample with scales as an attribute or as an input", async () => {
    const expected = emit("Resize", [x, null, floats([1, 1, 2, 3])], corner)[0];
    await expectSame(x, read("Upsample", 7, [x], { scales: [1, 1, 2, 3], mode: "nearest" })[0]!, expected);
    await expectSame(x, read("Upsample", 9, [x, floats([1, 1, 2, 3])], {})[0]!, expected);
    const linear = emit("Resize", [x, null, floats([1, 1, 2, 3])], { ...corner, mode: "linear" })[0];
    await expectSame(x, read("Upsample", 9, [x, floats([1, 1, 2, 3])], { mode: "linear" })[0]!, linear);
  });

  test("Resize of opset 10 rounds down where it grows and up where it shrinks", async () => {
    const [found] = read("Resize", 10, [x, floats([1, 1, 0.6, 1.5])], { mode: "nearest" });
    const rows = emit("Resize", [x, null, floats([1, 1, 0.6, 1])], { ...corner, nearest_mode: "ceil" })[0];
    await expectSame(x, found!, emit("Resize", [rows, null, floats([1, 1, 1, 1.5])], corner)[0]);
  });

  test("empty roi and scales are as good as none", async () => {
    const inputs = [x, floats([]), floats([]), intsValue([1, 2, 6, 6])];
    const [found] = read("Resize", 11, inputs, { mode: "linear" });
    await expectSame(x, found!, emit("Resize", [x, null, null, intsValue([1, 2, 6, 6])], { mode: "linear" })[0]);
  });

  test("nothing is done where no size changes", () => {
    expect(read("Resize", 13, [x, null, floats([1, 1, 1, 1])])[0]).toBe(x);
  });

  test("axes are counted from the end", async () => {
    const [found] = read("Resize", 18, [x, null, floats([2, 0.5])], { axes: [-2, -1], mode: "cubic" });
    await expectSame(x, found!, emit("Resize", [x, null, floats([1, 1, 2, 0.5])], { mode: "cubic" })[0]);
  });

  test.each([
    ["linear along all four axes", [2, 3, 4, 3], [2, 2, 0.5, 1.5], { mode: "linear" }],
    ["cubic along one of three axes", [2, 2, 5], [1, 1, 1.6], { mode: "cubic" }],
    ["cubic along three of five axes", [1, 1, 3, 2, 4], [1, 1, 2, 2, 0.5], { mode: "cubic" }],
    ["linear along six axes", [1, 1, 1, 2, 3, 2], [1, 1, 1, 2, 2, 2], { mode: "linear" }],
    ["cubic along channels", [1, 4, 3, 2], [1, 0.5, 2, 1], { mode: "cubic", exclude_outside: 1 }],
    ["antialiased along channels", [1, 6, 4, 2], [1, 0.5, 0.5, 1], { mode: "linear", antialias: 1 }],
  ])("what ONNX Runtime does not do: %s", async (_, dims, scales, attributes) => {
    const y = input("x", dims);
    const [found] = read("Resize", 19, [y, null, floats(scales)], attributes);
    expect(found!.node!.op).not.toBe("Resize");
    await expectSame(y, found!, emit("Resize", [y, null, floats(scales)], attributes)[0]);
  });

  test("what ONNX Runtime does not do: cropping without a change of size", async () => {
    const attributes = {
      mode: "linear",
      coordinate_transformation_mode: "tf_crop_and_resize",
      extrapolation_value: 5,
    };
    const roi = floats([0, 0, 0.5, -0.2, 1, 1, 1, 0.6]);
    const inputs = [x, roi, null, intsValue([1, 2, 3, 4])];
    const [found] = read("Resize", 13, inputs, attributes);
    expect(found!.node!.op).not.toBe("Resize");
    const [y] = evaluate([found!], new Map([[x, counting(x.shape)]]));
    // From the middle of three rows to the last: rows 1, 1.5 and 2. The first column lies before the picture.
    const at = (row: number, column: number) => counting(x.shape).data[4 * row + column];
    expect(y.data[0]).toBe(5);
    const second = -0.2 * 3 + (1 * 0.8 * 3) / 3;
    const mixed = (row: number) => at(row, 0) + (at(row, 1) - at(row, 0)) * second;
    expect(y.data[1]).toBeCloseTo(mixed(1), 5);
    expect(y.data[5]).toBeCloseTo((mixed(1) + mixed(2)) / 2, 5);
  });
});
