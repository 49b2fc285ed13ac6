/** @file All operators of TensorFlow graphs that are translated, by name. */
import type { Rules } from "../rule.js";
import { convolutionRules } from "./convolution.js";
import { elementwiseRules } from "./elementwise.js";
import { indexRules } from "./index-ops.js";
import { layoutRules } from "./layout.js";
import { linearRules } from "./linear.js";
import { listRules } from "./lists.js";
import { reductionRules } from "./reduction.js";
import { structureRules } from "./structure.js";

export const rules: Rules = {
  ...elementwiseRules,
  ...convolutionRules,
  ...linearRules,
  ...reductionRules,
  ...layoutRules,
  ...indexRules,
  ...structureRules,
  ...listRules,
};
