import { expect, test } from "vitest";
import "../ops/index.js";
import { compile } from "../runtime/compile.js";
import { cast } from "./builder.js";
import { dtypes, type NarrowType } from "./dtype.js";
import { emit, input } from "./emit.js";
import { narrowBits, narrowed, narrowNumbers, unpackNarrow } from "./narrow.js";

const types = Object.keys(narrowBits) as NarrowType[];

/** ONNX Runtime 1.30 has no cast to float4e2m1 on the CPU. */
const castable = types.filter((type) => type !== "float4e2m1");

/** Every number of the type, the middles between neighbours, points beside them, and what lies beyond. */
function hardNumbers(type: NarrowType): Float32Array {
  const own = [...narrowNumbers(type)].filter(Number.isFinite).sort((a, b) => a - b);
  const middles = own.slice(1).map((v, i) => (v + own[i]!) / 2);
  const beside = [...own, ...middles].flatMap((v) => [v, v * (1 + 1e-5), v * (1 - 1e-5), -v]);
  const beyond = [0, -0, 1e-30, 0.1, 1e5, -1e5, 3e38, Number.POSITIVE_INFINITY, Number.NaN];
  const all = Float32Array.from([...beside, ...(dtypes[type].integer ? [] : beyond)]);
  // Programs set denormal numbers to zero, and float8e8m0 has no numbers below zero for others to become.
  if (type === "float8e8m0") return all.filter((v) => v >= 2 ** -126);
  return all.filter((v) => v === 0 || !(Math.abs(v) < 2 ** -126));
}

test.each(castable)("numbers are rounded to %s as ONNX Runtime rounds them", async (type) => {
  const numbers = hardNumbers(type);
  for (const saturate of type.startsWith("float8e4") || type.startsWith("float8e5") ? [1, 0] : [undefined]) {
    const x = input("x", [numbers.length]);
    const y = cast(emit("Cast", [x], { to: dtypes[type].onnx, saturate })[0]!, dtypes[type].narrow!.wide);
    const program = await compile({ inputs: { x }, outputs: { y } });
    const found = (await program.run({ x: numbers })).y!.toNumbers();
    await program.dispose();
    const differing = [...numbers].flatMap((v, i) => {
      const expected = narrowed(type, v, saturate !== 0);
      return Object.is(expected + 0, found[i]! + 0) ? [] : [`${v} to ${found[i]}, not ${expected}`];
    });
    expect(differing).toEqual([]);
  }
});

test("every number of a type is kept", () => {
  for (const type of types) {
    for (const v of narrowNumbers(type)) if (Number.isFinite(v)) expect(narrowed(type, v, true) + 0).toBe(v + 0);
  }
});

test("elements that share a byte are read from its lowest bits on", () => {
  const out = new Int8Array(3);
  unpackNarrow("int4", Uint8Array.of(0x8f, 0x07), out);
  expect([...out]).toEqual([-1, -8, 7]);
  const quarters = new Uint8Array(5);
  unpackNarrow("uint2", Uint8Array.of(0b11_10_01_00, 0b10), quarters);
  expect([...quarters]).toEqual([0, 1, 2, 3, 2]);
});
