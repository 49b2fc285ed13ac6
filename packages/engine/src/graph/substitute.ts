/** @file substitute: the same computation on other values: a network on a picture that is itself computed. */
import type { Attribute, Attributes, Body } from "./attribute.js";
import { NoemaError } from "./error.js";
import { ancestors, captures, needsOf } from "./topology.js";
import { Node, Value } from "./value.js";

/**
 * Values computed as these are, but from the replacements: `substitute([logits], new Map([[pixels, picture]]))`.
 * What does not depend on a replaced value is shared, not copied. Names are kept.
 *
 * @throws NoemaError SUBSTITUTE_TYPE where a replacement has another shape or element type
 */
export function substitute(outputs: readonly Value[], replacements: ReadonlyMap<Value, Value>): Value[] {
  for (const [old, other] of replacements) checkSameType(old, other);
  const now = new Map(replacements);
  for (const node of ancestors(outputs, { stopAt: new Set(replacements.keys()) })) {
    if (!needsOf(node).some((v) => now.has(v))) continue;
    const inputs = node.inputs.map((v) => (v === null ? null : (now.get(v) ?? v)));
    const copy = new Node(node.op, node.domain, inputs, inside(node.attributes, now));
    copy.name = node.name;
    copy.outputs = node.outputs.map((y) => {
      const { dtype, knownShape: shape, name, failure } = y;
      return new Value({ dtype, shape, name, node: copy, ...(failure === null ? {} : { failure }) });
    });
    node.outputs.forEach((y, i) => {
      if (!replacements.has(y)) now.set(y, copy.outputs[i]!);
    });
  }
  return outputs.map((v) => now.get(v) ?? v);
}

function checkSameType(old: Value, other: Value): void {
  const describe = (v: Value) => `${v.dtype}[${v.knownShape?.join("×") ?? "?"}]`;
  if (describe(old) !== describe(other)) {
    throw new NoemaError("SUBSTITUTE_TYPE", {
      where: `replacement of "${old.name}"`,
      found: describe(other),
      needed: describe(old),
    });
  }
}

/** Attributes whose bodies capture what has been replaced. */
function inside(attributes: Attributes, now: ReadonlyMap<Value, Value>): Attributes {
  const entries = Object.entries(attributes).map(([name, attribute]): [string, Attribute] => {
    if (attribute.kind !== "body") return [name, attribute];
    const body = attribute.value as Body;
    const captured = new Map(captures(body).flatMap((v) => (now.has(v) ? [[v, now.get(v)!]] : [])));
    if (captured.size === 0) return [name, attribute];
    return [name, { kind: "body", value: { inputs: body.inputs, outputs: substitute(body.outputs, captured) } }];
  });
  return Object.fromEntries(entries);
}
