/** @file Clip's gradient between known bounds is built from steep ramps: exact at the bounds and next to them. */
import { expect, test } from "vitest";
import { gradient } from "../../autodiff/gradient.js";
import { emit, input, scalar } from "../../graph/emit.js";
import { compile } from "../../runtime/compile.js";
import "../index.js";

test.each([
  [0, 6],
  [-1, 1],
  [-0.3, 0.7],
  [null, 2.5],
  [0.1, null],
])("between %s and %s: one strictly inside, zero at the bounds and outside", async (low, high) => {
  const x = input("x", [8]);
  const y = emit("Clip", [x, low === null ? null : scalar(low), high === null ? null : scalar(high)])[0];
  const program = await compile({ inputs: { x }, outputs: { g: gradient(y, [x])[0] } });
  const [from, to] = [Math.fround(low ?? -2), Math.fround(high ?? 4)];
  const next = (v: number, up: boolean) => {
    const bits = new Int32Array(new Float32Array([v]).buffer);
    if (v === 0) return up ? 2 ** -126 : -(2 ** -126);
    bits[0] += up === v > 0 ? 1 : -1;
    return new Float32Array(bits.buffer)[0];
  };
  const points = [from - 1, from, next(from, true), (from + to) / 2, next(to, false), to, next(to, true), to + 1];
  const { g } = await program.run({ x: points });
  const inside = (v: number) => (low === null || v > from) && (high === null || v < to);
  expect(Array.from(g.data as Float32Array)).toEqual(points.map((v) => Number(inside(v))));
  await program.dispose();
});
