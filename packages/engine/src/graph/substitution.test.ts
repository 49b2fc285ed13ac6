import { expect, test } from "vitest";
import { evaluate } from "../ops/evaluate.js";
import "../ops/index.js";
import { add, mul, relu } from "./builder.js";
import { input } from "./emit.js";
import { nd } from "./nd.js";
import { substitution } from "./substitution.js";

test("computes the same from another value, and leaves the old computation as it was", () => {
  const x = input("x", [2]);
  const y = add(relu(x), x);
  const z = input("z", [2]);
  const other = substitution(new Map([[x, mul(z, 2)]]))(y);
  expect([...evaluate([other], new Map([[z, nd([2], [1, -3])]]))[0].data]).toEqual([4, -6]);
  expect([...evaluate([y], new Map([[x, nd([2], [1, -3])]]))[0].data]).toEqual([2, -3]);
});

test("shares what does not depend on the replaced value", () => {
  const [x, w] = [input("x", [2]), input("w", [2])];
  const weights = relu(w);
  const other = substitution(new Map([[x, input("z", [2])]]))(mul(x, weights));
  expect(other.node!.inputs[1]).toBe(weights);
});

test("cuts at a replaced value in the middle of the graph", () => {
  const x = input("x", [1]);
  const middle = relu(x);
  const z = input("z", [1]);
  const other = substitution(new Map([[middle, z]]))(add(middle, 1));
  expect([...evaluate([other], new Map([[z, nd([1], [-5])]]))[0].data]).toEqual([-4]);
});

test("copies once what two values have in common", () => {
  const x = input("x", [2]);
  const common = relu(x);
  const replace = substitution(new Map([[x, input("z", [2])]]));
  const [a, b] = [add(common, 1), mul(common, 2)].map(replace);
  expect(a.node!.inputs[0]).toBe(b.node!.inputs[0]);
});

test("refuses a value of another shape", () => {
  const x = input("x", [2]);
  expect(() => substitution(new Map([[x, input("z", [3])]]))).toThrowError(/SUBSTITUTE_TYPE/);
});
