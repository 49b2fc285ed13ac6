import { expect, test } from "vitest";
import { declaredInputs } from "./declared-inputs.js";
import { encodeModel } from "./encode.testing.js";

test("tells fixed, named and nameless dimensions apart, and leaves out initializers", () => {
  const tensor = (dims: { value?: bigint; parameter?: string }[]) => ({ tensor: { dataType: 1n, shape: { dims } } });
  const bytes = encodeModel({
    graph: {
      inputs: [
        { name: "x", type: tensor([{ parameter: "batch" }, { value: 3n }, {}]) },
        { name: "free", type: { tensor: { dataType: 1n } } },
        { name: "w", type: tensor([{ value: 1n }]) },
      ],
      initializers: [{ name: "w", dims: [1n], dataType: 1n, raw: new Uint8Array(4) }],
    },
  });
  expect(declaredInputs(bytes)).toEqual([
    { name: "x", dims: ["batch", 3, null] },
    { name: "free", dims: null },
  ]);
});
