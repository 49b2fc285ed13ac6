/** @file What Softmax, LogSoftmax and Hardmax share: lines along an axis, and the form they had before opset 13. */
import { reshape } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import { type Nd, ndZeros } from "../../graph/nd.js";
import type { ImportRule } from "../../graph/op.js";
import { sizeOf } from "../../graph/tensor.js";
import { resolveAxis } from "../axes.js";

/** Applies f to every line along an axis. */
export function mapLines(x: Nd, axis: number, f: (line: Float64Array) => Float64Array): Nd {
  const at = resolveAxis(axis, x.dims.length);
  const length = x.dims[at];
  const stride = sizeOf(x.dims.slice(at + 1));
  const out = ndZeros(x.dims);
  const line = new Float64Array(length);
  for (let start = 0; length > 0 && start < x.data.length; start += length * stride) {
    for (let offset = start; offset < start + stride; offset++) {
      for (let i = 0; i < length; i++) line[i] = x.data[offset + i * stride];
      f(line).forEach((v, i) => {
        out.data[offset + i * stride] = v;
      });
    }
  }
  return out;
}

/** Until opset 13 all axes from `axis` on (default 1) counted as one. */
export function importFlattened(op: string): ImportRule {
  return ({ opset, inputs: [x], attributes }) => {
    if (opset >= 13 || !x) return undefined;
    const given = typeof attributes.axis === "number" ? attributes.axis : 1;
    if (given === -1) return emit(op, [x], { axis: -1 });
    if (x.knownShape === null) {
      const [flat] = emit("Flatten", [x], { axis: given });
      return emit("Reshape", [...emit(op, [flat], { axis: -1 }), ...emit("Shape", [x])]);
    }
    // One past the last axis is allowed: each element is then a line of its own.
    const axis = given === x.rank ? given : resolveAxis(given, x.rank);
    const rest = x.shape.slice(axis);
    if (rest.length > 0 && sizeOf(rest.slice(1)) === 1) return emit(op, [x], { axis });
    const flat = reshape(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(rest)]);
    return [reshape(emit(op, [flat], { axis: -1 })[0], x.shape)];
  };
}
