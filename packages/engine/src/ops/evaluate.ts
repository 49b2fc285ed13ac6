/** @file evaluate: runs a graph in double precision through the oracles of its operators. For checking, not for speed. */
import { type AttributeValue, attributeValues } from "../graph/attribute.js";
import { NoemaError } from "../graph/error.js";
import { type Nd, nd } from "../graph/nd.js";
import { findOp } from "../graph/op.js";
import { ancestors } from "../graph/topology.js";
import type { Value } from "../graph/value.js";

/** What is known around the body that is evaluated now: its oracle has no other way to the values it captures. */
let surroundings: ReadonlyMap<Value, Nd> = new Map();

/** Values of outputs, given the values of inputs, in double precision. */
export function evaluate(outputs: readonly Value[], feeds: ReadonlyMap<Value, Nd>): Nd[] {
  const outer = surroundings;
  const results = new Map<Value, Nd>([...outer, ...feeds]);
  surroundings = results;
  try {
    return evaluateInto(results, outputs);
  } finally {
    surroundings = outer;
  }
}

function evaluateInto(results: Map<Value, Nd>, outputs: readonly Value[]): Nd[] {
  const resultOf = (v: Value | null): Nd => {
    if (v === null) return undefined as unknown as Nd;
    const found = results.get(v) ?? (v.constant && nd(v.constant.dims, v.constant.toNumbers()));
    if (!found) throw new NoemaError("INPUT_MISSING", { where: "evaluate", found: `nothing given for "${v.name}"` });
    return found;
  };
  for (const node of ancestors(outputs, { stopAt: new Set(results.keys()) })) {
    const definition = findOp(node.op, node.domain);
    if (definition?.oracle === undefined) {
      throw new NoemaError("ORACLE_MISSING", { where: node.label, found: "it has no oracle" });
    }
    const given: Record<string, AttributeValue> = {};
    for (const [name, { value }] of Object.entries(node.attributes)) given[name] = value;
    const attributes = attributeValues(node.label, definition.attributes ?? {}, given) as never;
    const arrays = definition.oracle(node.inputs.map(resultOf), attributes, node.outputs);
    node.outputs.forEach((y, i) => {
      results.set(y, arrays[i]);
    });
  }
  return outputs.map(resultOf);
}
