/** @file Scaled dot-product attention in plain operators, which every attention operator of a file is read as. */
import {
  add,
  and,
  concat,
  div,
  expand,
  matmul,
  mul,
  reshape,
  softmax,
  tanh,
  transpose,
  where,
} from "../../graph/builder.js";
import { constant } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { tryBroadcast } from "../../graph/nd.js";
import { Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";

/** N sequences, A heads, S queries, L keys, D and E sizes of a head. */
export interface AttentionParts {
  /** N×A×S×D. */
  readonly query: Value;
  /** N×K×L×D, where each of K heads serves A/K of the query's. */
  readonly key: Value;
  /** N×K×L×E. */
  readonly value: Value;
  /** Default 1/√D. */
  readonly scale?: number | undefined;
  /** Scores are bent to stay within ± this; 0 leaves them. */
  readonly softcap?: number;
  /** Added to the scores; broadcasts to N×A×S×L. */
  readonly bias?: Value | null;
  /** Which keys a query may see; booleans that broadcast to N×A×S×L. */
  readonly allowed?: Value | null;
}

export interface AttentionResult {
  /** N×A×S×E. */
  readonly output: Value;
  /** N×A×S×L: scaled products, the same softcapped, and the share of each key. */
  readonly products: Value;
  readonly capped: Value;
  readonly weights: Value;
  /** `capped` with bias, −∞ where a key may not be seen. */
  readonly masked: () => Value;
}

/** The lowest float: a row of nothing else still has a softmax, unlike a row of −∞. */
const lowest = -3.4028234663852886e38;

/** softmax(scale · q k' + bias) v. A query that may see no key gets 0. */
export function attend(parts: AttentionParts): AttentionResult {
  const { query, softcap = 0, bias = null, allowed = null } = parts;
  const [, heads, , size] = query.shape as [number, number, number, number];
  const key = repeatHeads(parts.key, heads);
  const value = repeatHeads(parts.value, heads);
  const products = matmul(mul(query, parts.scale ?? 1 / Math.sqrt(size)), transpose(key, [0, 1, 3, 2]));
  const capped = softcap > 0 ? mul(tanh(div(products, softcap)), softcap) : products;
  checkMask(bias, capped);
  checkMask(allowed, capped);
  const biased = bias === null ? capped : add(capped, bias);
  const shares = softmax(allowed === null ? biased : where(allowed, biased, lowest), -1);
  const weights = allowed === null || everyRowSees(allowed) ? shares : where(allowed, shares, 0);
  return {
    output: matmul(weights, value),
    products,
    capped,
    weights,
    masked: () => (allowed === null ? biased : where(allowed, biased, Number.NEGATIVE_INFINITY)),
  };
}

function checkMask(mask: Value | null, scores: Value): void {
  if (mask === null || tryBroadcast([mask.shape, scores.shape])?.join() === scores.shape.join()) return;
  throw new NoemaError("ATTENTION_MASK", {
    found: `a mask or bias of shape [${mask.shape.join(", ")}]`,
    needed: `it must broadcast to the scores, [${scores.shape.join(", ")}]`,
  });
}

/** Is it known, while the graph is built, that no query is left without keys? */
function everyRowSees(allowed: Value): boolean {
  if (allowed.constant === null) return false;
  const data = allowed.constant.toNumbers();
  const keys = allowed.shape[allowed.rank - 1]!;
  for (let row = 0; row < data.length; row += keys)
    if (!data.subarray(row, row + keys).some((v) => v !== 0)) return false;
  return true;
}

/** N×K×L×D to N×A×L×D: each head as many times as queries' heads share it. */
function repeatHeads(v: Value, heads: number): Value {
  const [batch, own, length, size] = v.shape as [number, number, number, number];
  if (own === heads) return v;
  if (heads % own !== 0) {
    throw new NoemaError("ATTENTION_HEADS", {
      found: `${heads} heads of queries and ${own} of keys or values`,
      needed: "the first must be a multiple of the second",
    });
  }
  const repeated = expand(reshape(v, [batch, own, 1, length, size]), [batch, own, heads / own, length, size]);
  return reshape(repeated, [batch, heads, length, size]);
}

/** N×S×(A·D) to N×A×S×D. */
export function splitHeads(v: Value, heads: number): Value {
  if (v.rank !== 3 || !(heads > 0) || v.shape[2]! % heads !== 0) {
    throw new NoemaError("ATTENTION_HEADS", {
      found: `shape [${v.shape.join(", ")}] and ${heads} heads`,
      needed: "three axes are needed, the last one a multiple of the heads",
    });
  }
  const [batch, length, width] = v.shape as [number, number, number];
  return transpose(reshape(v, [batch, length, heads, width / heads]), [0, 2, 1, 3]);
}

/** N×A×S×D to N×S×(A·D). */
export function mergeHeads(v: Value): Value {
  const [batch, heads, length, size] = v.shape as [number, number, number, number];
  return reshape(transpose(v, [0, 2, 1, 3]), [batch, length, heads * size]);
}

/** What was cached before, then what is new, along the third axis. */
export function withPast(past: Value | null | undefined, now: Value): Value {
  return past ? concat([past, now], 2) : now;
}

/** S×L: query i sees keys up to i + `offset`. */
export function causalMask(queries: number, keys: number, offset: number): Value {
  const data = Float64Array.from({ length: queries * keys }, (_, at) =>
    at % keys <= Math.floor(at / keys) + offset ? 1 : 0,
  );
  return constant(Tensor.ofNumbers("bool", [queries, keys], data));
}

/** Places 0 … count − 1 as a constant of a shape. */
export function places(shape: readonly number[], dtype: "int32" | "int64"): Value {
  const count = shape.reduce((a, b) => a * b, 1);
  return constant(
    Tensor.ofNumbers(
      dtype,
      shape,
      Array.from({ length: count }, (_, i) => i),
    ),
  );
}

/** Both, where both are given. */
export function both(a: Value | null, b: Value | null): Value | null {
  return a === null || b === null ? (a ?? b) : and(a, b);
}
