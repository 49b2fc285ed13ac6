/** @file How much memory a computation needs, estimated before anything is allocated. */
import type { Body } from "../graph/attribute.js";
import { dtypes } from "../graph/dtype.js";
import { NoemaError } from "../graph/error.js";
import { ancestors, bodiesOf, innerNodes, needsOf } from "../graph/topology.js";
import type { Value } from "../graph/value.js";
import type { Signature } from "../graph/write-model.js";

/** Bytes of arrays that one run may hold at a time, unless the caller allows more: 4 GiB. */
export const defaultMemoryLimit = 2 ** 32;

interface Peak {
  readonly bytes: number;
  /** The largest array that is alive then. */
  readonly largest: Value | null;
}

/**
 * Refuses a computation whose arrays would need more memory at a time than the limit. Arrays whose size is only known
 * while running are not counted.
 *
 * @throws NoemaError MODEL_TOO_LARGE
 */
export function checkMemory(signature: Signature, limit: number): void {
  const { bytes, largest } = peakOf(Object.values(signature.outputs), new Set(Object.values(signature.inputs)));
  if (bytes <= limit) return;
  throw new NoemaError("MODEL_TOO_LARGE", {
    where: "program",
    found: `its arrays need ${gibibytes(bytes)} at a time, the largest, ${largest?.name || largest?.node?.label || "unnamed"} [${largest?.knownShape}], ${gibibytes(bytesOf(largest!))}`,
    needed: `the limit is ${gibibytes(limit)}`,
    remedy: "Use smaller inputs or batches, or raise `memoryLimit` (in bytes).",
  });
}

const gibibytes = (bytes: number) => `${(bytes / 2 ** 30).toPrecision(3)} GiB`;

/** The most bytes that are alive at once when each array is freed after its last use, weights not counted. */
function peakOf(outputs: readonly Value[], given: ReadonlySet<Value>): Peak {
  const nodes = ancestors(outputs, { stopAt: given });
  const uses = new Map<Value, number>();
  for (const node of nodes) for (const v of needsOf(node)) uses.set(v, (uses.get(v) ?? 0) + 1);
  for (const v of [...outputs, ...given]) uses.set(v, Number.POSITIVE_INFINITY);
  let live = [...given].reduce((sum, v) => sum + bytesOf(v), 0);
  let peak = live;
  let largest: Value | null = null;
  const look = (v: Value) => {
    if (largest === null || bytesOf(v) > bytesOf(largest)) largest = v;
  };
  given.forEach(look);
  for (const node of nodes) {
    for (const y of node.outputs) {
      live += bytesOf(y);
      look(y);
    }
    const inside = Math.max(0, ...bodiesOf(node).map(bodyBytes));
    peak = Math.max(peak, live + inside);
    for (const v of needsOf(node)) {
      const left = uses.get(v)! - 1;
      uses.set(v, left);
      if (left === 0 && v.node !== null) live -= bytesOf(v);
    }
    for (const y of node.outputs) if (!uses.has(y)) live -= bytesOf(y);
  }
  return { bytes: peak, largest };
}

/** All arrays of one pass through a body: an upper bound. */
function bodyBytes(body: Body): number {
  return innerNodes(body).reduce(
    (sum, node) =>
      sum + node.outputs.reduce((s, y) => s + bytesOf(y), 0) + Math.max(0, ...bodiesOf(node).map(bodyBytes)),
    0,
  );
}

function bytesOf(value: Value): number {
  if (value.constant !== null || value.knownShape === null) return 0;
  return value.size * dtypes[value.dtype].array.BYTES_PER_ELEMENT;
}
