/** @file substitution: the same computation on other values: a network on a picture that is itself computed. */
import type { Attribute, Attributes, Body } from "./attribute.js";
import { NoemaError } from "./error.js";
import { ancestors, captures, needsOf } from "./topology.js";
import { Node, Value } from "./value.js";

/**
 * A map from values to the same computation on the replacements: `substitution(new Map([[pixels, picture]]))(logits)`.
 * What does not depend on a replaced value is shared, not copied; what two values have in common is copied once.
 * Names are kept.
 *
 * @throws NoemaError SUBSTITUTE_TYPE where a replacement has another shape or element type
 */
export function substitution(replacements: ReadonlyMap<Value, Value>): (value: Value) => Value {
  for (const [old, other] of replacements) checkSameType(old, other);
  const now = new Map(replacements);
  return (value) => {
    for (const node of ancestors([value], { stopAt: new Set(now.keys()) })) {
      if (!needsOf(node).some((v) => now.has(v))) continue;
      const copy = copyOf(node, now);
      node.outputs.forEach((y, i) => {
        if (!now.has(y)) now.set(y, copy.outputs[i]!);
      });
    }
    return now.get(value) ?? value;
  };
}

function copyOf(node: Node, now: ReadonlyMap<Value, Value>): Node {
  const inputs = node.inputs.map((v) => (v === null ? null : (now.get(v) ?? v)));
  const copy = new Node(node.op, node.domain, inputs, inside(node.attributes, now));
  copy.name = node.name;
  copy.outputs = node.outputs.map((y) => {
    const { dtype, knownShape: shape, name, failure } = y;
    return new Value({ dtype, shape, name, node: copy, ...(failure === null ? {} : { failure }) });
  });
  return copy;
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
    return [name, { kind: "body", value: { inputs: body.inputs, outputs: body.outputs.map(substitution(captured)) } }];
  });
  return Object.fromEntries(entries);
}
