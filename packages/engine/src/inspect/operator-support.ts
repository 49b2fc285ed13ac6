/** @file operatorSupport: what the engine can do with each operator. */
import { allOpNames, findImport, findOp } from "../graph/op.js";

export interface OperatorSupport {
  readonly name: string;
  /** "" for the ONNX standard's own operators. */
  readonly domain: string;
  /** First version of the form that programs hold; null where reading turns the operator into others. */
  readonly since: number | null;
  /** Whether reading rewrites older forms of it, or all of them. */
  readonly rewritten: boolean;
  /** `rule`; `zero` where it is piecewise constant; `none`; `parts` where that of the operators it is turned into. */
  readonly gradient: "rule" | "zero" | "none" | "parts";
  /** Why there is no gradient. */
  readonly reason?: string;
}

/** Every operator that is read, by name; those of the standard first. */
export function operatorSupport(): OperatorSupport[] {
  return allOpNames()
    .map((key) => {
      const at = key.lastIndexOf("::");
      return supportOf(key.slice(at < 0 ? 0 : at + 2), at < 0 ? "" : key.slice(0, at));
    })
    .sort((a, b) => (a.domain === b.domain ? (a.name < b.name ? -1 : 1) : a.domain < b.domain ? -1 : 1));
}

/** What the engine can do with one operator. */
export function supportOf(name: string, domain = ""): OperatorSupport {
  const definition = findOp(name, domain);
  const rewritten = findImport(name, domain) !== undefined;
  if (definition === undefined) {
    if (rewritten) return { name, domain, since: null, rewritten, gradient: "parts" };
    return { name, domain, since: null, rewritten, gradient: "none", reason: "the engine does not know it" };
  }
  const { since, gradient } = definition;
  if (gradient === "zero") return { name, domain, since, rewritten, gradient };
  if (typeof gradient === "object" && "undifferentiable" in gradient) {
    return { name, domain, since, rewritten, gradient: "none", reason: gradient.undifferentiable as string };
  }
  return { name, domain, since, rewritten, gradient: "rule" };
}
