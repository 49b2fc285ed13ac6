/** @file Operators whose shape depends on data, on fed inputs: ONNX Runtime finds what the oracle finds. */
import { expect, test } from "vitest";
import { emit, input } from "../../graph/emit.js";
import { nd } from "../../graph/nd.js";
import { findOp } from "../../graph/op.js";
import { Tensor } from "../../graph/tensor.js";
import { compile } from "../../runtime/compile.js";
import { evaluate } from "../evaluate.js";
import "../index.js";

test.each(["NonZero", "Unique", "NonMaxSuppression", "TopK"])("%s on fed inputs", async (op) => {
  for (const example of findOp(op)!.cases) {
    const tensors = example.inputs.map((spec) =>
      Tensor.ofNumbers(
        spec!.dtype,
        spec!.dims,
        spec!.draw(() => 0.3),
      ),
    );
    const inputs = tensors.map(({ dtype, dims }, i) => input(`x${i}`, dims, dtype));
    const outputs = emit(op, inputs, example.attributes, { outputs: example.outputs ?? 1 });
    expect(() => outputs[0].shape).toThrowError(/SHAPE_UNKNOWN/);
    const dtypes = outputs.map((y) => y.dtype);
    const feeds = new Map(inputs.map((v, i) => [v, nd(v.shape, tensors[i].toNumbers())]));
    const expected = evaluate(outputs, feeds);
    const program = await compile({
      inputs: Object.fromEntries(inputs.map((v) => [v.name, v])),
      outputs: Object.fromEntries(outputs.map((y, i) => [`y${i}`, y])),
    });
    const found = await program.run(Object.fromEntries(inputs.map((v, i) => [v.name, tensors[i]])));
    await program.dispose();
    expected.forEach((y, i) => {
      expect(found[`y${i}`].dtype).toBe(dtypes[i]);
      expect([...found[`y${i}`].dims]).toEqual([...y.dims]);
      expect([...found[`y${i}`].toNumbers()]).toEqual([...y.data]);
    });
  }
});
