/**
 * @file RotaryEmbedding (the ONNX standard's and com.microsoft's): pairs of channels turned by an angle that grows with
 * the place, (x₁, x₂) → (x₁ cos − x₂ sin, x₁ sin + x₂ cos); read as these operators.
 */
import { add, concat, gather, mul, reshape, slice, sub } from "../../graph/builder.js";
import { NoemaError } from "../../graph/error.js";
import { defineImport, type ImportCall } from "../../graph/op.js";
import type { Value } from "../../graph/value.js";
import { places } from "./scaled-dot-product.js";

interface Rotation {
  readonly x: Value | null | undefined;
  /** Rows of the tables for each place: S×(R/2) or N×S×(R/2), from tables and places. */
  readonly rows: (table: Value, length: number) => Value;
  readonly cos: Value | null | undefined;
  readonly sin: Value | null | undefined;
}

function rotated({ attributes }: ImportCall, { x, rows, cos, sin }: Rotation): Value {
  if (!x || !cos || !sin || (x.rank !== 3 && x.rank !== 4)) {
    throw new NoemaError("OPERATOR_INPUTS", {
      found: "the input or a table is missing, or the input is not of three or four axes",
    });
  }
  // N×A×S×D as it is; N×S×(A·D) as N×S×A×D.
  const headsFirst = x.rank === 4;
  const [batch, second, third] = x.shape as [number, number, number];
  const length = headsFirst ? third : second;
  const half = cos.shape[cos.rank - 1]!;
  const given = Number(attributes.rotary_embedding_dim ?? 0) || 2 * half;
  const heads = Number(attributes.num_heads ?? 0) || third / given;
  const size = headsFirst ? x.shape[3]! : third / heads;
  if (given !== 2 * half || given > size || !Number.isInteger(size)) {
    throw new NoemaError("ROTARY_SIZE", {
      found: `tables of ${half} angles for heads of ${size} channels, of which ${given} turn`,
      needed: "half as many angles as channels that turn are needed",
    });
  }
  const whole = headsFirst ? x : reshape(x, [batch, length, heads, size]);
  const angles = (table: Value) => {
    const own = rows(table, length);
    const lead = own.rank === 3 ? own.shape[0]! : 1;
    return reshape(own, headsFirst ? [lead, 1, length, half] : [lead, length, 1, half]);
  };
  const turned = turn(slice(whole, [0], [given], [3]), angles(cos), angles(sin), attributes.interleaved === 1);
  const all = given === size ? turned : concat([turned, slice(whole, [given], [size], [3])], 3);
  return reshape(all, x.shape);
}

function turn(v: Value, c: Value, s: Value, interleaved: boolean): Value {
  const size = v.shape[3]!;
  const part = (start: number) =>
    interleaved ? slice(v, [start], [size], [3], [2]) : slice(v, [(start * size) / 2], [((start + 1) * size) / 2], [3]);
  const [a, b] = [part(0), part(1)];
  const [first, second] = [sub(mul(a, c), mul(b, s)), add(mul(a, s), mul(b, c))];
  if (!interleaved) return concat([first, second], 3);
  const pairs = [first, second].map((w) => reshape(w, [...w.shape, 1]));
  return reshape(concat(pairs, 4), v.shape);
}

/** Rows at the places given for every sequence; all of them in turn where none are. */
const atPlaces = (ids: Value | null | undefined) => (table: Value, length: number) =>
  ids ? gather(table, ids, 0) : table.rank === 3 ? table : slice(table, [0], [length], [0]);

export const RotaryEmbedding = defineImport({
  name: "RotaryEmbedding",
  import: (call) => {
    const [x, cos, sin, ids] = call.inputs;
    return [rotated(call, { x, cos, sin, rows: atPlaces(ids) })];
  },
});

export const ContribRotaryEmbedding = defineImport({
  name: "RotaryEmbedding",
  domain: "com.microsoft",
  import: (call) => {
    const [x, ids, cos, sin] = call.inputs;
    if (call.attributes.is_packed_batching) {
      throw new NoemaError("ATTENTION_UNSUPPORTED", {
        found: "attribute is_packed_batching is set",
        needed: "it is not read",
        remedy: "Export the model without removing padding.",
      });
    }
    // A single number is the place of the first of all.
    const rows =
      ids && ids.rank === 1
        ? (table: Value, length: number) => gather(table, add(ids, places([length], "int64")), 0)
        : atPlaces(ids);
    return [rotated(call, { x, cos, sin, rows })];
  },
});
