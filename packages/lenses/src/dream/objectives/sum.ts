/** @file Sums of objectives, each times a number. */
import { build } from "@noema/engine";
import type { Objective } from "./objective.js";

export interface Term {
  readonly factor: number;
  readonly objective: Objective;
}

/** Σ factor · objective. */
export function sum(terms: readonly Term[]): Objective {
  const [first, ...rest] = terms.map(({ factor, objective }) => ({
    text: Math.abs(factor) === 1 ? objective.text : `${Math.abs(factor)}*${objective.text}`,
    negative: factor < 0,
  }));
  const text = [
    first.negative ? `-${first.text}` : first.text,
    ...rest.map((term) => ` ${term.negative ? "-" : "+"} ${term.text}`),
  ].join("");
  return {
    text,
    build: (scene) =>
      terms
        .map(({ factor, objective }) => {
          const value = objective.build(scene);
          return factor === 1 ? value : build.mul(value, factor);
        })
        .reduce(build.add),
  };
}
