/** @file MatMul's gradient through transposes, where it takes a shortcut. */
import { expect, test } from "vitest";
import { gradient } from "../../autodiff/gradient.js";
import { matmul, mul, transpose } from "../../graph/builder.js";
import { input } from "../../graph/emit.js";
import { nd } from "../../graph/nd.js";
import { evaluate } from "../evaluate.js";
import "../index.js";

test("a transposed operand gets the gradient that the operand itself would get, transposed", () => {
  const q = input("q", [2, 3, 4]);
  const k = input("k", [2, 5, 4]);
  const direct = input("direct", [2, 4, 5]);
  const numbers = (size: number, seed: number) => Float64Array.from({ length: size }, (_, i) => Math.sin(seed + 3 * i));
  const keys = nd(k.shape, numbers(40, 1));
  const turned = evaluate([transpose(k, [0, 2, 1])], new Map([[k, keys]]))[0];
  const feeds = new Map([
    [q, nd(q.shape, numbers(24, 2))],
    [k, keys],
    [direct, turned],
  ]);
  const objective = (product: typeof q) => mul(product, product);
  const [toQ, toK] = gradient(objective(matmul(q, transpose(k, [0, 2, 1]))), [q, k]);
  const [toQDirect, toDirect] = gradient(objective(matmul(q, direct)), [q, direct]);
  const [a, b, c, d] = evaluate([toQ, toK, toQDirect, transpose(toDirect, [0, 2, 1])], feeds);
  expect(a).toEqual(c);
  expect(b.dims).toEqual(d.dims);
  b.data.forEach((v, i) => {
    expect(v).toBeCloseTo(d.data[i], 12);
  });
});
