/** @file reapply: the same operators on values of other types, so that what can be inferred of the results is. */
import type { AttributeValue, Body } from "./attribute.js";
import { emit, emitOpaque } from "./emit.js";
import { NoemaError } from "./error.js";
import { findImport, findOp } from "./op.js";
import { ancestors, needsOf } from "./topology.js";
import type { Node, Value } from "./value.js";
import { lowestOpset } from "./write-model.js";

/**
 * Outputs computed from the replacements instead. Unlike `substitution`, which copies nodes as they are, this applies
 * every operator anew: shapes and element types may differ from what they were.
 *
 * @throws NoemaError what an operator refuses
 */
export function reapply(outputs: readonly Value[], replacements: ReadonlyMap<Value, Value>): Value[] {
  const now = new Map(replacements);
  for (const node of ancestors(outputs, { stopAt: new Set(now.keys()) })) {
    if (!needsOf(node).some((v) => now.has(v))) continue;
    const results = applyAgain(node, now);
    node.outputs.forEach((y, i) => {
      const result = results[i];
      if (!result)
        throw new NoemaError("OUTPUT_MISSING", { where: node.label, found: `it has no output ${i} any more` });
      if (result.name === "") result.name = y.name;
      now.set(y, result);
    });
  }
  return outputs.map((v) => now.get(v) ?? v);
}

function applyAgain(node: Node, now: ReadonlyMap<Value, Value>): readonly (Value | null)[] {
  const { op, domain, name, label } = node;
  const inputs = node.inputs.map((v) => (v === null ? null : (now.get(v) ?? v)));
  const outputs = node.outputs.length;
  const attributes = Object.fromEntries(
    Object.entries(node.attributes).map(([key, attribute]) => {
      if (attribute.kind !== "body") return [key, attribute];
      const body = attribute.value as Body;
      return [key, { kind: attribute.kind, value: { inputs: body.inputs, outputs: reapply(body.outputs, now) } }];
    }),
  );
  const definition = findOp(op, domain);
  if (definition === undefined) {
    const failure = new NoemaError("SHAPE_UNKNOWN", { where: label, found: `the engine does not know ${op}` });
    return emitOpaque(op, inputs, attributes, { domain, name, outputs, failure });
  }
  const raw: Record<string, AttributeValue> = {};
  for (const [key, { value }] of Object.entries(attributes)) raw[key] = value;
  // Nodes have the form of the opset they would be written in: reading them again from there is the same rewriting.
  const opset = domain === "" ? Math.max(lowestOpset, definition.since) : definition.since;
  const call = { label, opset, inputs, attributes: raw, outputCount: outputs };
  return findImport(op, domain)?.(call) ?? emit(op, inputs, raw, { domain, name, outputs });
}
