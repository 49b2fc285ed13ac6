/** @file Attention (the ONNX standard's): Y = softmax(scale · Q K' + mask) V, read as these operators. */
import { add, less, lessOrEqual, pad, reshape, sub } from "../../graph/builder.js";
import { NoemaError } from "../../graph/error.js";
import { defineImport, type ImportCall } from "../../graph/op.js";
import type { Value } from "../../graph/value.js";
import { attend, both, causalMask, mergeHeads, places, splitHeads, withPast } from "./scaled-dot-product.js";

interface Masks {
  readonly allowed: Value | null;
  readonly bias: Value | null;
}

/** Padded to as many keys as there are: those the mask does not speak of are not seen. */
function paddedMask(mask: Value, keys: number): Value {
  const missing = keys - mask.shape[mask.rank - 1]!;
  if (missing <= 0) return mask;
  const pads = [...new Array<number>(2 * mask.rank - 1).fill(0), missing];
  return pad(mask, pads, mask.dtype === "bool" ? 0 : Number.NEGATIVE_INFINITY);
}

function masksOf({ inputs, attributes }: ImportCall, query: Value, key: Value): Masks {
  const [, , , given, pastKey, , lengths] = inputs;
  const [queries, keys] = [query.shape[2]!, key.shape[2]!];
  const mask = given ? paddedMask(given, keys) : null;
  let allowed = mask?.dtype === "bool" ? mask : null;
  const perSequence = lengths ? reshape(lengths, [lengths.shape[0]!, 1, 1, 1]) : null;
  if (attributes.is_causal) {
    if (perSequence !== null && !pastKey) {
      // The queries are the last ones before each sequence's own end.
      const last = add(places([queries, 1], "int64"), sub(perSequence, queries));
      allowed = both(allowed, lessOrEqual(places([1, keys], "int64"), last));
    } else {
      allowed = both(allowed, causalMask(queries, keys, pastKey?.shape[2] ?? 0));
    }
  }
  if (perSequence !== null) allowed = both(allowed, less(places([1, keys], "int64"), perSequence));
  return { allowed, bias: mask === null || mask.dtype === "bool" ? null : mask };
}

function importAttention(call: ImportCall): readonly (Value | null)[] {
  const { inputs, attributes, outputCount } = call;
  const [q, k, v, , pastKey, pastValue] = inputs;
  if (!q || !k || !v || (q.rank !== 3 && q.rank !== 4)) {
    throw new NoemaError("OPERATOR_INPUTS", { found: "Q, K or V is missing, or is not of three or four axes" });
  }
  const flat = q.rank === 3;
  const heads = (x: Value, count: unknown) => (flat ? splitHeads(x, Number(count ?? 0)) : x);
  const query = heads(q, attributes.q_num_heads);
  const key = withPast(pastKey, heads(k, attributes.kv_num_heads));
  const value = withPast(pastValue, heads(v, attributes.kv_num_heads));
  const found = attend({
    query,
    key,
    value,
    scale: attributes.scale as number | undefined,
    softcap: (attributes.softcap as number | undefined) ?? 0,
    ...masksOf(call, query, key),
  });
  const stages = [() => found.products, () => found.capped, found.masked, () => found.weights];
  const shown = stages[Number(attributes.qk_matmul_output_mode ?? 0)];
  return [
    flat ? mergeHeads(found.output) : found.output,
    key,
    value,
    outputCount > 3 && shown !== undefined ? shown() : null,
  ];
}

export const Attention = defineImport({ name: "Attention", import: importAttention });
