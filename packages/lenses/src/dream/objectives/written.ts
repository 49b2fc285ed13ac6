/** @file How objectives are written: names in quotes where they need them, sums in parentheses where they need them. */
import type { Objective, ObjectiveKind } from "./objective.js";

/** Characters that mean something between names. */
const special = /[\s":,()@*{}]|^$/;

/** A name as it stands in an objective's text. */
export function quoted(name: string): string {
  return special.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

/** A number as it may follow the last name. */
export const numberPattern = /(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/i;

const isNumber = new RegExp(`^${numberPattern.source}$`, "i");

/** The name of a file or vector, which must not look like a number that may follow it. */
export function quotedFile(name: string): string {
  return isNumber.test(name) ? `"${name}"` : quoted(name);
}

/** An objective's text as part of a larger one, whose sign binds its parts as tightly as that of a sum or of a product. */
export function wrapped({ text, joined }: Objective, within: "sum" | "product"): string {
  return joined === "sum" || (joined === "product" && within === "product") ? `(${text})` : text;
}

/** The photographs and vectors that several objectives ask for. */
export function materialsOf(objectives: readonly Objective[]): Pick<Objective, "photographs" | "vectors"> {
  const photographs = [...new Set(objectives.flatMap((one) => one.photographs ?? []))];
  const vectors = [...new Set(objectives.flatMap((one) => one.vectors ?? []))];
  return { ...(photographs.length > 0 && { photographs }), ...(vectors.length > 0 && { vectors }) };
}

/** How objectives of a kind are written: `neuron:LAYER:UNIT[:X,Y]`. */
export function objectiveForm({ name, fields }: ObjectiveKind): string {
  const parts = Object.entries(fields).map(([field, type]) => {
    const word = type === "position?" ? "X,Y" : field.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase();
    return type.endsWith("?") ? `[:${word}]` : `:${word}`;
  });
  return [name, ...parts].join("");
}
