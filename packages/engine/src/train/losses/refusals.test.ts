/** @file What no loss is built of: shapes and types that do not go together, options out of range. */
import { expect, test } from "vitest";
import { input } from "../../graph/emit.js";
import type { Value } from "../../graph/value.js";
import "../../ops/index.js";
import * as losses from "./index.js";

test.each<[string, string, () => Value]>([
  ["logits of three axes", "LOSS_INPUTS", () => losses.crossEntropy(input("x", [2, 3, 4]), input("c", [2], "int64"))],
  ["no examples", "LOSS_INPUTS", () => losses.crossEntropy(input("x", [0, 3]), input("c", [0], "int64"))],
  ["fewer classes than examples", "LOSS_INPUTS", () => losses.accuracy(input("x", [2, 3]), input("c", [1], "int64"))],
  ["classes in a column", "LOSS_INPUTS", () => losses.crossEntropy(input("x", [2, 3]), input("c", [2, 1], "int64"))],
  ["classes of floats", "LOSS_INPUTS", () => losses.crossEntropy(input("x", [2, 3]), input("c", [2]))],
  [
    "a picture that is another's size",
    "LOSS_INPUTS",
    () => losses.squaredError(input("x", [2, 3]), input("t", [3, 2])),
  ],
  ["a column against a row", "LOSS_INPUTS", () => losses.absoluteError(input("x", [3, 1]), input("t", [3]))],
  ["bytes", "LOSS_INPUTS", () => losses.huber(input("x", [3]), input("t", [3], "uint8"))],
  ["an empty picture", "LOSS_INPUTS", () => losses.squaredError(input("x", [2, 0]), input("t", [2, 0]))],
  ["a scalar", "LOSS_INPUTS", () => losses.squaredError(input("x", []), input("t", []))],
  ["batches of different size", "LOSS_INPUTS", () => losses.crossCovariance(input("a", [3, 2]), input("b", [4, 2]))],
  ["a vector", "LOSS_INPUTS", () => losses.crossCovariance(input("a", [3, 2]), input("b", [3]))],
  [
    "an unknown per",
    "LOSS_OPTION",
    () => losses.squaredError(input("x", [2]), input("t", [2]), { per: "pixel" as "element" }),
  ],
  ["δ of 0", "LOSS_OPTION", () => losses.huber(input("x", [2]), input("t", [2]), { delta: 0 })],
  ["δ that is no number", "LOSS_OPTION", () => losses.huber(input("x", [2]), input("t", [2]), { delta: Number.NaN })],
  ...[-0.1, 1.1, Number.NaN].map((labelSmoothing): [string, string, () => Value] => [
    `smoothing ${labelSmoothing}`,
    "LOSS_OPTION",
    () => losses.crossEntropy(input("x", [2, 3]), input("c", [2], "int64"), { labelSmoothing }),
  ]),
  ...[
    [1, 2],
    [1, -1, 1],
    [0, 0, 0],
    [1, Number.NaN, 1],
  ].map((weights): [string, string, () => Value] => [
    `weights ${weights}`,
    "LOSS_OPTION",
    () => losses.crossEntropy(input("x", [2, 3]), input("c", [2], "int64"), { weights }),
  ]),
])("refuses %s", (_, code, build) => {
  expect(build).toThrow(expect.objectContaining({ code }));
});
