/** @file halvesOfGroups: vectors in two halves, so that those of one group, such as a person, are all in the same. */
import { NoemaError, type Random } from "@noema/engine";
import type { Halves } from "../../dream/directions/labelling.js";
import { permutation } from "../../permutation.js";
import { checkCount } from "../check-atoms.js";

export interface HalvesOfGroupsOptions {
  readonly random: Random;
  /** N: the group of each vector, any whole numbers. Default: each vector is its own. */
  readonly groups?: ArrayLike<number>;
}

/**
 * Groups in random order, each to the half that has fewer vectors.
 *
 * @throws NoemaError ATOMS_COUNT; ATOMS_GROUPS where there are not two groups
 */
export function halvesOfGroups(count: number, { random, groups }: HalvesOfGroupsOptions): Halves {
  if (groups !== undefined) checkCount("groups of vectors", groups.length, count);
  const members = new Map<number, number[]>();
  for (let row = 0; row < count; row++) {
    const group = groups === undefined ? row : groups[row];
    const own = members.get(group);
    if (own === undefined) members.set(group, [row]);
    else own.push(row);
  }
  const all = [...members.values()];
  if (all.length < 2) {
    throw new NoemaError("ATOMS_GROUPS", {
      where: "vectors to be halved",
      found: `${count} vectors in ${all.length} group${all.length === 1 ? "" : "s"}`,
      needed: "two groups are the least: in one half is chosen what is measured in the other",
    });
  }
  const halves: [number[], number[]] = [[], []];
  for (const group of permutation(all.length, random)) {
    const half = halves[halves[0].length <= halves[1].length ? 0 : 1];
    for (const row of all[group]) half.push(row);
  }
  const [choosing, measuring] = halves.map((half) => Uint32Array.from(half).sort());
  return { choosing, measuring };
}
