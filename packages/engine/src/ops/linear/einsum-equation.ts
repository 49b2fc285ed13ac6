/** @file The notation of Einsum: what each axis of the operands is called, ellipses spelled out. */
import { NoemaError } from "../../graph/error.js";

/** One label per axis: a letter each. Equal labels run together; those missing from the output are summed over. */
export interface Equation {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

const letters = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** Reads an equation for operands of these ranks. Axes under an ellipsis get letters the equation does not use. */
export function readEquation(text: string, ranks: readonly number[]): Equation {
  const compact = text.replaceAll(/\s/g, "");
  const [left, right, ...more] = compact.split("->");
  const terms = left.split(",");
  const fail = (needed: string) => new NoemaError("EINSUM_EQUATION", { found: `equation "${text}"`, needed });
  if (more.length > 0) throw fail("one -> at most");
  if (terms.length !== ranks.length) throw fail(`${ranks.length} operands, ${terms.length} terms`);
  const free = letters.filter((letter) => !compact.includes(letter));
  const hidden = terms.map((term, i) => hiddenAxes(term, ranks[i], fail));
  const most = Math.max(0, ...hidden);
  if (most > free.length) throw fail(`only ${letters.length} letters exist`);
  const ellipsis = free.slice(0, most);
  const inputs = terms.map((term, i) => labelsOf(term, ellipsis.slice(most - hidden[i]), fail));
  const output = right === undefined ? implied(inputs, ellipsis) : labelsOf(right, ellipsis, fail);
  const known = new Set(inputs.flat());
  if (new Set(output).size !== output.length) throw fail("each label once in the output");
  const unknown = output.find((label) => !known.has(label));
  if (unknown !== undefined) throw fail(`"${unknown}" of the output must be in a term`);
  return { inputs, output };
}

/** How many axes the ellipsis of a term stands for. */
function hiddenAxes(term: string, rank: number, fail: (needed: string) => NoemaError): number {
  const named = term.replace("...", "").length;
  if (term.includes("...") ? named <= rank : named === rank) return rank - named;
  throw fail(`term "${term}" has ${named} labels, its operand ${rank} axes`);
}

function labelsOf(term: string, ellipsis: readonly string[], fail: (needed: string) => NoemaError): string[] {
  const parts = term.split("...");
  if (parts.length > 2 || parts.some((part) => !/^[a-zA-Z]*$/.test(part))) {
    throw fail(`"${term}" must be letters, with one ellipsis at most`);
  }
  return parts.length === 1 ? [...term] : [...parts[0], ...ellipsis, ...parts[1]];
}

/** Without -> the output has what the ellipses stand for, then the labels found once, in alphabetical order. */
function implied(inputs: readonly (readonly string[])[], ellipsis: readonly string[]): string[] {
  const all = inputs.flat();
  const once = all.filter((label) => !ellipsis.includes(label) && all.filter((l) => l === label).length === 1);
  return [...ellipsis, ...once.sort()];
}

export function writeEquation({ inputs, output }: Equation): string {
  return `${inputs.map((labels) => labels.join("")).join(",")}->${output.join("")}`;
}

/** How long each label's axis is; ones broadcast. */
export function labelSizes(equation: Equation, shapes: readonly (readonly number[])[]): Map<string, number> {
  const sizes = new Map<string, number>();
  equation.inputs.forEach((labels, i) => {
    labels.forEach((label, axis) => {
      const [size, found] = [shapes[i][axis], sizes.get(label) ?? 1];
      if (size !== found && size !== 1 && found !== 1) {
        throw new NoemaError("EINSUM_SHAPES", {
          found: `"${label}" of ${writeEquation(equation)} is ${found} and ${size} long`,
          needed: "axes of one label must be equally long",
        });
      }
      sizes.set(label, size === 1 ? found : size);
    });
  });
  return sizes;
}
