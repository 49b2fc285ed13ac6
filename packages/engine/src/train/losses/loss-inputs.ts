/** @file What losses share: checks of what they are given, and the sum over an example. */
import { div, reduceSum } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import type { Value } from "../../graph/value.js";

export interface PerOptions {
  /**
   * `"example"`: the sum over the elements of an example, averaged over the batch; `"element"`: the average over all
   * elements. Default `"example"`.
   */
  readonly per?: "example" | "element";
}

const describe = (value: Value) => `${value.dtype}[${value.shape.join("×")}]`;

function refuse(where: string, found: string, needed: string): NoemaError {
  return new NoemaError("LOSS_INPUTS", { where, found, needed });
}

/** Logits of a classifier, N×L. */
export function checkLogits(where: string, logits: Value): { readonly examples: number; readonly count: number } {
  const [examples, count] = logits.shape;
  if (logits.dtype !== "float32" || logits.rank !== 2 || examples! < 1 || count! < 1) {
    throw refuse(where, `logits are ${describe(logits)}`, "examples × classes of float32 are needed");
  }
  return { examples: examples!, count: count! };
}

/** Classes as numbers, one per example. */
export function checkClasses(where: string, classes: Value, examples: number): void {
  const isWhole = classes.dtype === "int64" || classes.dtype === "int32";
  if (!isWhole || classes.rank !== 1 || classes.shape[0] !== examples) {
    throw refuse(where, `classes are ${describe(classes)}`, `${examples} numbers of int64 or int32 are needed`);
  }
}

/** Two arrays of one shape, the batch first. Losses do not broadcast: N×1 against N would compare all with all. */
export function checkPair(where: string, a: Value, b: Value): void {
  checkBatch(where, a);
  checkBatch(where, b);
  if (a.rank !== b.rank || a.shape.some((size, axis) => size !== b.shape[axis])) {
    throw refuse(where, `shapes ${a.shape.join("×")} and ${b.shape.join("×")}`, "both must be of one shape");
  }
}

/** An array with the batch as its first axis; returns how many examples there are. */
function checkBatch(where: string, x: Value): number {
  if (x.dtype !== "float32" || x.rank < 1 || x.size < 1) {
    throw refuse(where, `an input is ${describe(x)}`, "a batch of at least one example of float32 is needed");
  }
  return x.shape[0]!;
}

/** Two matrices with as many rows. */
export function checkRows(where: string, a: Value, b: Value): number {
  const rows = checkBatch(where, a);
  if (a.rank !== 2 || b.rank !== 2 || checkBatch(where, b) !== rows) {
    throw refuse(where, `shapes ${a.shape.join("×")} and ${b.shape.join("×")}`, "N×I and N×J are needed");
  }
  return rows;
}

/** What a sum over all elements is divided by, so that it is per example or per element. */
export function countOf(where: string, x: Value, { per = "example" }: PerOptions): number {
  if (per !== "example" && per !== "element") {
    throw new NoemaError("LOSS_OPTION", {
      where: `${where}, per`,
      found: String(per),
      needed: '"example" or "element" is needed',
    });
  }
  return per === "example" ? x.shape[0]! : x.size;
}

/** Everything added up: a scalar. */
export const total = (x: Value): Value => reduceSum(x, undefined, { keepdims: false });

/** Σ x² / count. Its gradient is one product with x, where that of a sum would first be repeated to the shape of x. */
export const squaresOver = (x: Value, count: number): Value =>
  div(emit("ReduceSumSquare", [x], { keepdims: 0 })[0]!, count);
