/** @file fixedFactors: what the metrics that hold one factor fixed begin with: halves of the pictures, to draw from each. */
import { NoemaError, type Random } from "@noema/engine";
import { randomHalves } from "./random-halves.js";
import { checked, type Representation, type VaryingFactor } from "./representation.js";
import { SameValueDraws } from "./same-value-draws.js";
import { type StandardisedLatents, standardisedLatents } from "./standardised-latents.js";

export interface FixedFactors {
  /** How many latents there are, constant ones included. */
  readonly latents: number;
  readonly standardised: StandardisedLatents;
  /** Those that can be held fixed: some value of them has two pictures in each half. */
  readonly factors: readonly VaryingFactor[];
  readonly fitting: SameValueDraws;
  readonly measuring: SameValueDraws;
  readonly notes: readonly string[];
}

/** @throws NoemaError as `checked`; FACTORS_FEW where fewer than two factors can be held fixed */
export function fixedFactors(representation: Representation, random: Random): FixedFactors {
  const input = checked(representation, 2);
  const halves = randomHalves(input.pictures, random);
  const factors: VaryingFactor[] = [];
  const notes = [...input.notes];
  for (const factor of input.factors) {
    const draws = [halves.fitting, halves.measuring].map((half) => new SameValueDraws(half, [factor]));
    if (draws.every((half) => half.canDraw(0))) factors.push(factor);
    else notes.push(`Too few pictures share a value of "${factor.name}": it cannot be held fixed and was left out.`);
  }
  if (factors.length < 2) {
    throw new NoemaError("FACTORS_FEW", {
      where: input.factors.map(({ name }) => `"${name}"`).join(", "),
      found: `${factors.length} of which enough pictures share a value to hold it fixed`,
      needed: "2 at least, since this metric compares factors with each other",
    });
  }
  const standardised = standardisedLatents(input.columns);
  const constant = input.columns.length - standardised.latents.length;
  if (constant > 0) notes.push(`${constant} of ${input.columns.length} latents are constant and were left out.`);
  return {
    latents: input.columns.length,
    standardised,
    factors,
    fitting: new SameValueDraws(halves.fitting, factors),
    measuring: new SameValueDraws(halves.measuring, factors),
    notes,
  };
}
