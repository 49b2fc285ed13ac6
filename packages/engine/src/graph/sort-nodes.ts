/** @file Order of the nodes of a model file: each after the nodes it needs, otherwise as written. */
import { NoemaError } from "./error.js";
import type { GraphProto, NodeProto } from "./onnx-schema.js";

/**
 * Sorts nodes so that each comes after those it needs (Kahn 1962). A file that is in order already, as the standard
 * demands, comes back unchanged.
 *
 * @param given whether a name is defined outside the nodes
 * @throws NoemaError VALUE_UNDEFINED, GRAPH_CYCLE
 */
export function sortNodes(nodes: readonly NodeProto[], given: (name: string) => boolean): NodeProto[] {
  const producer = new Map<string, number>();
  nodes.forEach((node, i) => {
    for (const name of node.outputs ?? []) if (name !== "") producer.set(name, i);
  });
  const waiting = new Array<number>(nodes.length).fill(0);
  const followers = nodes.map(() => [] as number[]);
  nodes.forEach((node, i) => {
    for (const name of namesUsed(node)) {
      const from = producer.get(name);
      if (from === undefined) {
        if (!given(name)) throw undefinedName(node, name);
      } else if (!given(name)) {
        waiting[i]!++;
        followers[from]!.push(i);
      }
    }
  });
  const order: NodeProto[] = [];
  const ready = waiting.flatMap((count, i) => (count === 0 ? [i] : [])).reverse();
  const inOrder = new MinHeap(ready);
  for (let i = inOrder.pop(); i !== undefined; i = inOrder.pop()) {
    order.push(nodes[i]!);
    for (const follower of followers[i]!) if (--waiting[follower]! === 0) inOrder.push(follower);
  }
  if (order.length < nodes.length) {
    const stuck = nodes.find((_, i) => waiting[i]! > 0)!;
    throw new NoemaError("GRAPH_CYCLE", {
      where: `${stuck.op} "${stuck.name || stuck.outputs?.[0]}"`,
      found: "it needs, through other nodes, its own output",
      needed: "a graph without cycles",
    });
  }
  return order;
}

function undefinedName(node: NodeProto, name: string): NoemaError {
  return new NoemaError("VALUE_UNDEFINED", {
    where: `${node.op} "${node.name || node.outputs?.[0]}"`,
    found: `its input "${name}" is neither an input, nor a constant, nor computed by any node`,
  });
}

/** Names a node needs from outside itself: its inputs, and what its bodies use without defining. */
function namesUsed(node: NodeProto): string[] {
  const names = (node.inputs ?? []).filter((name) => name !== "");
  for (const attribute of node.attributes ?? []) if (attribute.graph) names.push(...freeNames(attribute.graph));
  return names;
}

function freeNames(graph: GraphProto): Set<string> {
  const own = new Set<string>();
  for (const info of graph.inputs ?? []) own.add(info.name ?? "");
  for (const tensor of graph.initializers ?? []) own.add(tensor.name ?? "");
  for (const node of graph.nodes ?? []) for (const name of node.outputs ?? []) own.add(name);
  const free = new Set<string>();
  for (const node of graph.nodes ?? []) for (const name of namesUsed(node)) if (!own.has(name)) free.add(name);
  for (const info of graph.outputs ?? []) if (!own.has(info.name ?? "")) free.add(info.name ?? "");
  return free;
}

/** Smallest number first, so that the order does not depend on the way through the graph. */
class MinHeap {
  readonly #items: number[] = [];

  constructor(items: readonly number[]) {
    for (const item of items) this.push(item);
  }

  push(item: number): void {
    const heap = this.#items;
    let at = heap.push(item) - 1;
    while (at > 0 && heap[(at - 1) >> 1]! > item) {
      heap[at] = heap[(at - 1) >> 1]!;
      at = (at - 1) >> 1;
    }
    heap[at] = item;
  }

  pop(): number | undefined {
    const heap = this.#items;
    const top = heap[0];
    const last = heap.pop();
    if (heap.length > 0 && last !== undefined) {
      let at = 0;
      for (let child = 1; child < heap.length; child = 2 * at + 1) {
        if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
        if (heap[child]! >= last) break;
        heap[at] = heap[child]!;
        at = child;
      }
      heap[at] = last;
    }
    return top;
  }
}
