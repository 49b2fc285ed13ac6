/** @file sortByNeed: names in an order in which each comes after those it needs. */
import { NoemaError } from "../graph/error.js";

/**
 * Sorts names so that each comes after those it needs, otherwise as asked for; what the wanted ones need is included.
 *
 * @throws NoemaError GRAPH_CYCLE
 */
export function sortByNeed(
  wanted: Iterable<string>,
  needs: (name: string) => readonly string[],
  label: (name: string) => string,
): string[] {
  const order: string[] = [];
  const state = new Map<string, "entered" | "done">();
  // An explicit stack: models are thousands of nodes deep.
  const stack: { name: string; needs: readonly string[]; next: number }[] = [];
  const enter = (name: string) => {
    const known = state.get(name);
    if (known === "done") return;
    if (known === "entered") {
      throw new NoemaError("GRAPH_CYCLE", {
        where: label(name),
        found: "it needs, through others, its own output",
        needed: "a graph without cycles",
      });
    }
    state.set(name, "entered");
    stack.push({ name, needs: needs(name), next: 0 });
  };
  for (const name of wanted) {
    enter(name);
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top.next < top.needs.length) {
        enter(top.needs[top.next++]);
      } else {
        state.set(top.name, "done");
        order.push(top.name);
        stack.pop();
      }
    }
  }
  return order;
}
