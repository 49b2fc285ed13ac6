/** @file Loops of TensorFlow graphs: which nodes lie in which loop, told by where it is entered and left. */
import type { NodeDef } from "./graph-def.js";

/** Nodes by the loop they lie in, each list in an order in which nodes come after those they need. */
export interface Loops {
  /** By loop; those in no loop under "". An Exit lies outside the loop that it leaves. */
  readonly nodes: ReadonlyMap<string, readonly NodeDef[]>;
  /** The loop that an Exit leaves, by its name. */
  readonly leaves: ReadonlyMap<string, string>;
}

/**
 * Sorts nodes by loops. A loop is entered by `Enter` (Yu et al. 2018, "Dynamic control flow in large-scale machine
 * learning"): what follows is inside, until an `Exit`.
 *
 * @param sorted each node after those it needs, `NextIteration` excepted
 */
export function loopsOf(sorted: readonly NodeDef[]): Loops {
  const inside = new Map<string, readonly string[]>();
  const nodes = new Map<string, NodeDef[]>();
  const leaves = new Map<string, string>();
  for (const node of sorted) {
    const around = node.inputs.map((ref) => inside.get(ref.node) ?? []);
    let stack = around.reduce((deepest, s) => (s.length > deepest.length ? s : deepest), []);
    if (node.op === "Enter") {
      stack = [...stack, node.attributes.string("frame_name", "", { keepCase: true })];
    } else if (node.op === "Exit") {
      leaves.set(node.name, loopKey(stack));
      stack = stack.slice(0, -1);
    }
    inside.set(node.name, stack);
    const key = loopKey(stack);
    const list = nodes.get(key) ?? [];
    nodes.set(key, list);
    list.push(node);
  }
  return { nodes, leaves };
}

const loopKey = (stack: readonly string[]): string => stack.join("\n");
