/** @file GraphDef: the nodes of a tfjs graph model as its JSON has them, checked and in order. */
import { NoemaError } from "../graph/error.js";
import { NodeAttributes } from "./attributes.js";
import { asArray, asRecord, corrupt } from "./json.js";
import { sortByNeed } from "./order.js";

/** One output of one node. */
export interface InputRef {
  readonly node: string;
  readonly output: number;
}

/** One node as the file has it; control inputs are left out, since everything here is computed without side effects. */
export interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly label: string;
  readonly inputs: readonly InputRef[];
  readonly attributes: NodeAttributes;
}

/** `name`, `name:1`, or in functions `name:output:1`. */
export function parseRef(text: string): InputRef {
  const parts = text.split(":");
  if (parts.length === 1) return { node: text, output: 0 };
  const output = Number(parts[parts.length - 1]);
  return { node: parts[0], output: Number.isSafeInteger(output) && output >= 0 ? output : 0 };
}

/** The nodes of a `modelTopology` by name. */
export function readGraphDef(topology: unknown): Map<string, NodeDef> {
  const nodes = new Map<string, NodeDef>();
  for (const raw of asArray(asRecord(topology, "modelTopology").node, "modelTopology.node")) {
    const node = asRecord(raw, "a node");
    const { name, op } = node;
    if (typeof name !== "string" || typeof op !== "string") throw corrupt("a node without name or op");
    if (nodes.has(name)) {
      throw new NoemaError("NAME_TWICE", {
        where: "model.json",
        found: `"${name}" is defined twice`,
        needed: "each node needs a name of its own",
      });
    }
    const label = `${op} "${name}"`;
    const inputs = asArray(node.input ?? [], `input of ${label}`)
      .map(String)
      .filter((ref) => !ref.startsWith("^"))
      .map(parseRef);
    nodes.set(name, {
      name,
      op,
      label,
      inputs,
      attributes: new NodeAttributes(label, asRecord(node.attr ?? {}, label)),
    });
  }
  for (const node of nodes.values()) {
    for (const ref of node.inputs) {
      if (!nodes.has(ref.node)) {
        throw new NoemaError("VALUE_UNDEFINED", { where: node.label, found: `no node is named "${ref.node}"` });
      }
    }
  }
  return nodes;
}

/**
 * Nodes so that each comes after those it needs, otherwise as in the file. What a loop brings back to its beginning does
 * not count.
 *
 * @throws NoemaError GRAPH_CYCLE
 */
export function sortedNodes(nodes: ReadonlyMap<string, NodeDef>): NodeDef[] {
  const node = (name: string) => nodes.get(name)!;
  const needs = (name: string) => {
    const { op, inputs } = node(name);
    const names = inputs.map((ref) => ref.node);
    return op === "Merge" ? names.filter((input) => node(input).op !== "NextIteration") : names;
  };
  return sortByNeed(nodes.keys(), needs, (name) => node(name).label).map(node);
}

/** The names of all nodes that these need, themselves among them. */
export function neededNodes(nodes: ReadonlyMap<string, NodeDef>, wanted: Iterable<string>): Set<string> {
  const needed = new Set<string>(wanted);
  for (const name of needed) for (const { node } of nodes.get(name)!.inputs) needed.add(node);
  return needed;
}
