/** @file Attention and MultiHeadAttention of com.microsoft, as its optimizer fuses BERT and its kin; read as plain operators. */
import {
  add,
  cast,
  concat,
  greater,
  greaterOrEqual,
  less,
  matmul,
  reshape,
  slice,
  split,
  transpose,
  where,
} from "../../graph/builder.js";
import { NoemaError } from "../../graph/error.js";
import { defineImport, type ImportCall } from "../../graph/op.js";
import type { Value } from "../../graph/value.js";
import { attend, both, causalMask, mergeHeads, places, splitHeads, withPast } from "./scaled-dot-product.js";

/** What both add to the scores of masked keys where the attribute is missing (ContribOperators.md of ONNX Runtime). */
const defaultFilter = -10_000;

interface Heads {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
}

/** The rest of both, once the heads are apart. Masked keys stay visible by a very small share, as in their kernels. */
function attended(
  call: ImportCall,
  parts: Heads,
  mask: Value | null | undefined,
  bias: Value | null | undefined,
): Value {
  const { attributes } = call;
  const [batch, , queries] = parts.query.shape as [number, number, number];
  const keys = parts.key.shape[2]!;
  const seen = mask ? keyMask(mask, { batch, queries, keys }) : null;
  const filter = seen && where(seen, 0, (attributes.mask_filter_value as number | undefined) ?? defaultFilter);
  const sum = filter && bias ? add(filter, bias) : (filter ?? bias ?? null);
  const { output } = attend({
    ...parts,
    scale: (attributes.scale as number | undefined) || undefined,
    bias: sum,
    allowed: attributes.unidirectional ? causalMask(queries, keys, keys - queries) : null,
  });
  return mergeHeads(output);
}

/** N×1×S×L or a shape that broadcasts to it, from the forms that masks have in these operators. */
function keyMask(mask: Value, { batch, queries, keys }: { batch: number; queries: number; keys: number }): Value {
  const { shape } = mask;
  if (shape.join() === [batch, keys].join()) return reshape(greater(mask, 0), [batch, 1, 1, keys]);
  if (shape.join() === [batch, queries, keys].join()) return reshape(greater(mask, 0), [batch, 1, queries, keys]);
  const at = places([1, 1, 1, keys], "int32");
  const column = (from: number) => reshape(slice(cast(mask, "int32"), [from], [from + batch], [0]), [batch, 1, 1, 1]);
  if (shape.length === 1 && shape[0] === 2 * batch) {
    return both(less(at, column(0)), greaterOrEqual(at, column(batch)))!;
  }
  if (shape.length === 1 && (shape[0] === batch || shape[0] === 3 * batch + 2)) return less(at, column(0));
  throw new NoemaError("ATTENTION_MASK", {
    found: `a mask of shape [${shape.join(", ")}]`,
    needed: `for ${batch} sequences of ${keys} keys: lengths, ends and starts, or one number per key`,
  });
}

function refuse({ attributes }: ImportCall, names: readonly string[]): void {
  const used = names.find((name) => attributes[name]);
  if (used === undefined) return;
  throw new NoemaError("ATTENTION_UNSUPPORTED", {
    found: `attribute ${used} is ${attributes[used]}`,
    needed: "it is not read",
    remedy: "Export the model without fusing attention.",
  });
}

function importFused(call: ImportCall): readonly (Value | null)[] {
  refuse(call, ["do_rotary", "past_present_share_buffer"]);
  const [x, weights, bias, mask, past, attentionBias] = call.inputs;
  const heads = Number(call.attributes.num_heads ?? 0);
  if (!x || !weights || x.rank !== 3) {
    throw new NoemaError("OPERATOR_INPUTS", { found: "input or weights are missing, or the input has not three axes" });
  }
  const width = weights.shape[1]!;
  const given = call.attributes.qkv_hidden_sizes as readonly number[] | undefined;
  const sizes = given && given.length === 3 ? given : [width / 3, width / 3, width / 3];
  const product = matmul(x, weights);
  const pieces = split(bias ? add(product, bias) : product, sizes, 2).map((piece) => splitHeads(piece, heads));
  const [query, newKey, newValue] = pieces as [Value, Value, Value];
  const cached = past ? split(past, [1, 1], 0).map((v) => reshape(v, past.shape.slice(1))) : [];
  const key = withPast(cached[0], newKey);
  const value = withPast(cached[1], newValue);
  const output = attended(call, { query, key, value }, mask, attentionBias);
  const stacked = () =>
    concat(
      [key, value].map((v) => reshape(v, [1, ...v.shape])),
      0,
    );
  return call.outputCount > 1 ? [output, stacked()] : [output];
}

/** Queries, keys and values, apart or packed into one another. */
function unpack({ inputs, attributes }: ImportCall): Heads {
  const [query, key, value, bias] = inputs;
  const heads = Number(attributes.num_heads ?? 0);
  if (!query || (!key && query.rank !== 5)) {
    throw new NoemaError("OPERATOR_INPUTS", { found: "the query or the key is missing" });
  }
  if (query.rank === 5) {
    if (bias) return withBias(unpacked(query, 3) as [Value, Value, Value], bias);
    const [q, k, v] = unpacked(query, 3) as [Value, Value, Value];
    return { query: q, key: k, value: v };
  }
  const apart = (v: Value) => (v.rank === 4 ? v : splitHeads(v, heads));
  const [k, v] =
    key!.rank === 5 ? (unpacked(key!, 2) as [Value, Value]) : [apart(key!), value ? apart(value) : apart(key!)];
  return withBias([splitHeads(query, heads), k, v], bias);
}

/** N×S×A×C×D to C times N×A×S×D. */
function unpacked(v: Value, count: number): readonly Value[] {
  const [batch, length, heads, , size] = v.shape as [number, number, number, number, number];
  const turned = transpose(v, [3, 0, 2, 1, 4]);
  return split(turned, new Array<number>(count).fill(1), 0).map((piece) =>
    reshape(piece, [batch, heads, length, size]),
  );
}

/** The bias holds that of queries, of keys, and of values, one after the other. */
function withBias([query, key, value]: readonly [Value, Value, Value], bias: Value | null | undefined): Heads {
  if (!bias) return { query, key, value };
  const widths = [query, key, value].map((v) => v.shape[1]! * v.shape[3]!);
  const parts = split(bias, widths, 0);
  const [q, k, v] = [query, key, value].map((x, i) => add(x, reshape(parts[i]!, [1, x.shape[1]!, 1, x.shape[3]!])));
  return { query: q!, key: k!, value: v! };
}

function importMultiHead(call: ImportCall): readonly (Value | null)[] {
  const [, , , , mask, attentionBias, pastKey, pastValue, pastLength] = call.inputs;
  if (pastLength) {
    throw new NoemaError("ATTENTION_UNSUPPORTED", {
      found: "past and present share a buffer",
      needed: "that is not read",
      remedy: "Export the model with a cache that grows.",
    });
  }
  const own = unpack(call);
  const key = withPast(pastKey, own.key);
  const value = withPast(pastValue, own.value);
  return [attended(call, { query: own.query, key, value }, mask, attentionBias), key, value];
}

const domain = "com.microsoft";

export const ContribAttention = defineImport({ name: "Attention", domain, import: importFused });
export const MultiHeadAttention = defineImport({ name: "MultiHeadAttention", domain, import: importMultiHead });
