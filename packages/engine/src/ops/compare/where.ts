/** @file Where: y = condition ? a : b. */
import { cast, where } from "../../graph/builder.js";
import { zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { broadcastShape } from "../broadcast-shape.js";
import { fed, uniform } from "../case.js";
import type { Detours } from "../through-type.js";

const detours: Detours = {
  bool: "uint8",
  int8: "int32",
  int16: "int32",
  uint16: "int32",
  uint32: "int64",
  uint64: "int64",
};

export const Where = defineOp({
  name: "Where",
  since: 9,
  shape: (inputs) => broadcastShape(inputs),
  gradient: ({ inputs: [condition], outputGradients: [g] }) => [null, where(condition, g, 0), where(condition, 0, g)],
  oracle: (inputs) => [zip(inputs, (condition, a, b) => (condition ? a : b))],
  cases: [{ inputs: [fed([1, 0, 1], [3], "bool"), uniform([2, 3]), uniform([2, 1])] }],
  import: ({ inputs: [condition, a, b] }) => {
    const detour = b && detours[b.dtype];
    if (!condition || !a || !detour) return undefined;
    return [cast(where(condition, cast(a, detour), cast(b, detour)), b.dtype)];
  },
});
