/** @file checkPorts: that the inputs and outputs of a model are arrays of the kind that is meant. */
import { NoemaError, type Value } from "@noema/engine";

/** What each axis of a port is, the batch first. */
export type Port = readonly [value: Value, axes: readonly string[]];

/** @throws NoemaError `code` where a port has another number of axes, or other numbers than float32 */
export function checkPorts(code: string, where: string, ports: readonly Port[]): void {
  for (const [{ name, dtype, shape }, axes] of ports) {
    if (dtype === "float32" && shape.length === axes.length) continue;
    throw new NoemaError(code, {
      where: `${where}, "${name}"`,
      found: `${dtype}[${shape.join("×")}]`,
      needed: `float32[${axes.join("×")}] is needed`,
    });
  }
}
