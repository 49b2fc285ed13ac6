/** @file sgd: stochastic gradient descent, with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013). */
import { add, mul, sub } from "../../graph/builder.js";
import { NoemaError } from "../../graph/error.js";
import { checkShare, checkSize } from "./check-options.js";
import type { Optimizer } from "./optimizer.js";

export interface SgdOptions {
  /** Share of the last change that is kept, 0 … 1, 1 excluded. Default 0: none is carried. */
  readonly momentum?: number;
  /** Looks at the gradient where the momentum leads; needs a momentum. Default false. */
  readonly nesterov?: boolean;
  /** Added to the gradient: so many times the weights. Default 0. */
  readonly weightDecay?: number;
}

/**
 * m ← momentum · m + g; p ← p − rate · m. As PyTorch has it: the rate is outside, so that it may change on the way.
 *
 * @throws NoemaError OPTIMIZER_OPTION
 */
export function sgd({ momentum = 0, nesterov = false, weightDecay = 0 }: SgdOptions = {}): Optimizer {
  checkShare("sgd", "momentum", momentum);
  checkSize("sgd", "weightDecay", weightDecay);
  if (nesterov && momentum === 0) {
    throw new NoemaError("OPTIMIZER_OPTION", {
      where: "sgd, nesterov",
      found: "no momentum to look ahead by",
      needed: "a momentum above 0 is needed",
    });
  }
  return {
    name: "sgd",
    slots: momentum === 0 ? [] : ["momentum"],
    scalarCount: 1,
    scalars: (_, rate) => [rate],
    update: ({ parameter, gradient, slots: [last], scalars: [rate], decays }) => {
      const g = decays && weightDecay > 0 ? add(gradient, mul(parameter, weightDecay)) : gradient;
      if (last === undefined) return { parameter: sub(parameter, mul(g, rate!)), slots: [] };
      const next = add(mul(last, momentum), g);
      const change = nesterov ? add(mul(next, momentum), g) : next;
      return { parameter: sub(parameter, mul(change, rate!)), slots: [next] };
    },
  };
}
