/** @file sum: objectives added, each times a number. */
import { build, NoemaError } from "@noema/engine";
import type { Objective } from "./objective.js";
import { materialsOf, wrapped } from "./written.js";

export interface Term {
  readonly factor: number;
  readonly objective: Objective;
}

/**
 * Σ factor · objective.
 *
 * @throws NoemaError OBJECTIVE_FACTOR where a factor is no finite number, or there is no term
 */
export function sum(terms: readonly Term[]): Objective {
  const bad = terms.find(({ factor }) => !Number.isFinite(factor));
  if (bad !== undefined || terms.length === 0) {
    throw new NoemaError("OBJECTIVE_FACTOR", {
      where: "a sum of objectives",
      found: bad === undefined ? "it has no terms" : `the factor of ${bad.objective.text} is ${bad.factor}`,
      needed: bad === undefined ? "it needs one at least" : "it must be a finite number",
    });
  }
  if (terms.length === 1 && terms[0].factor === 1) return terms[0].objective;
  return {
    text: textOf(terms),
    joined: "sum",
    ...materialsOf(terms.map(({ objective }) => objective)),
    build: (scene) =>
      terms
        .map(({ factor, objective }) => {
          const value = objective.build(scene);
          return factor === 1 ? value : build.mul(value, factor);
        })
        .reduce(build.add),
  };
}

function textOf(terms: readonly Term[]): string {
  return terms
    .map(({ factor, objective }, i) => {
      const size = Math.abs(factor);
      const own = wrapped(objective, "sum");
      const text = size === 1 ? own : `${size}*${own}`;
      const sign = i === 0 ? (factor < 0 ? "-" : "") : factor < 0 ? " - " : " + ";
      return `${sign}${text}`;
    })
    .join("");
}
