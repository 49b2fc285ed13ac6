/** @file What an override is: another way back through some operators while the way forward stays as it is. */
import type { GradientRules, Value } from "@noema/engine";

/** What the rules of an override are told. */
export interface OverrideScene {
  /** N: 1 for pictures that get no gradient at all by the operators' own rules, 0 for others. */
  readonly blocked: Value;
}

/** A way back, as data: it changes nothing of what the network answers. */
export interface Override {
  readonly name: string;
  readonly summary: string;
  /** `always`; `blocked`: only while some picture gets no gradient, in the first `steps` steps. */
  readonly when: "always" | "blocked";
  /** Default: all. */
  readonly steps?: number;
  rules(scene: OverrideScene): GradientRules;
}

/** Declares an override; the folder's index and its contract test find it. */
export function defineOverride(override: Override): Override {
  return override;
}
