/** @file Order of nodes: what must be computed before what. */
import type { Body } from "./attribute.js";
import type { Node, Value } from "./value.js";

/** The bodies among a node's attributes. */
export function bodiesOf(node: Node): Body[] {
  return Object.values(node.attributes).flatMap(({ kind, value }) => (kind === "body" ? [value as Body] : []));
}

export interface AncestorOptions {
  /** Values that count as given: nothing above them is visited. */
  readonly stopAt?: ReadonlySet<Value>;
}

/**
 * All nodes that the values are computed from, each after those it needs. What the bodies of Loop, Scan and If capture
 * from outside counts as needed. The order is a function of the graph alone.
 */
export function ancestors(values: Iterable<Value>, options: AncestorOptions = {}): Node[] {
  const stopAt = options.stopAt ?? new Set();
  const order: Node[] = [];
  const seen = new Set<Node>();
  // An explicit stack: models are thousands of nodes deep.
  const stack: { node: Node; needs: readonly Value[]; next: number }[] = [];
  const enter = (value: Value) => {
    const { node } = value;
    if (node === null || seen.has(node) || stopAt.has(value)) return;
    seen.add(node);
    stack.push({ node, needs: needsOf(node), next: 0 });
  };
  for (const value of values) {
    enter(value);
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      if (top.next < top.needs.length) {
        enter(top.needs[top.next++]!);
      } else {
        order.push(top.node);
        stack.pop();
      }
    }
  }
  return order;
}

/** The values a node needs: its inputs, and what its bodies capture. */
export function needsOf(node: Node): Value[] {
  const needs = node.inputs.filter((v): v is Value => v !== null);
  for (const body of bodiesOf(node)) needs.push(...captures(body));
  return needs;
}

/** What was found out about a body. Bodies hold bodies, and each is asked about on every level: remembered, not redone. */
const analyses = new WeakMap<Body, { inner: readonly Node[]; captures: readonly Value[] }>();

function analysisOf(body: Body): { inner: readonly Node[]; captures: readonly Value[] } {
  let analysis = analyses.get(body);
  if (analysis === undefined) {
    const inner = findInnerNodes(body);
    analysis = { inner, captures: findCaptures(body, inner) };
    analyses.set(body, analysis);
  }
  return analysis;
}

/** Nodes of a body that depend on the body's own inputs; all others are computed outside. */
export function innerNodes(body: Body): readonly Node[] {
  return analysisOf(body).inner;
}

/** Values that a body uses and that are computed outside it. Constants are among them. */
export function captures(body: Body): readonly Value[] {
  return analysisOf(body).captures;
}

function findInnerNodes(body: Body): Node[] {
  const own = new Set<Value>(body.inputs);
  return ancestors(body.outputs, { stopAt: own }).filter((node) => {
    const inner = needsOf(node).some((v) => own.has(v));
    if (inner) for (const y of node.outputs) own.add(y);
    return inner;
  });
}

function findCaptures(body: Body, inner: readonly Node[]): Value[] {
  const own = new Set<Value>([...body.inputs, ...inner.flatMap((node) => node.outputs)]);
  const outside = new Set<Value>();
  for (const node of inner) for (const v of needsOf(node)) if (!own.has(v)) outside.add(v);
  for (const v of body.outputs) if (!own.has(v)) outside.add(v);
  return [...outside];
}
