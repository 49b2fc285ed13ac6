/** @file formulaSql: a formula as the condition of a query, with its texts and numbers as values beside it. */
import { quotedName } from "./duck.js";
import type { Formula, Operand } from "./formula.js";

export interface FormulaSql {
  /** What stands after WHERE. */
  readonly where: string;
  /** Its $1, $2, … */
  readonly values: readonly (string | number)[];
  /** Atoms that it asks for, in its order. */
  readonly atoms: readonly number[];
}

/**
 * @param amount how much of an atom there is, as it stands in the query
 * @param table whose columns the factors are
 */
export function formulaSql(
  formula: Formula,
  { amount, table }: { readonly amount: (atom: number) => string; readonly table: string },
): FormulaSql {
  const values: (string | number)[] = [];
  const atoms = new Set<number>();
  const bound = (value: string | number) => `$${values.push(value)}`;
  const amountOf = (atom: number) => {
    atoms.add(atom);
    return amount(atom);
  };
  /** Labels are texts: they are numbers where a number is asked for, and nothing where they are none. */
  const operand = (given: Operand, asNumber: boolean): string => {
    if (given.kind === "atom") return amountOf(given.atom);
    if (given.kind === "number") return `${bound(given.value)}::DOUBLE`;
    if (given.kind === "text") return `${bound(given.value)}::VARCHAR`;
    const column = `${table}.${quotedName(given.column)}`;
    return asNumber ? `TRY_CAST(${column} AS DOUBLE)` : `CAST(${column} AS VARCHAR)`;
  };
  const numeric = (...sides: readonly Operand[]) => sides.some(({ kind }) => kind === "number" || kind === "atom");
  const sql = (part: Formula): string => {
    switch (part.kind) {
      case "and":
      case "or":
        return `(${part.parts.map(sql).join(` ${part.kind.toUpperCase()} `)})`;
      case "not":
        return `(NOT ${sql(part.part)})`;
      case "has":
        return `(${amountOf(part.atom)} != 0)`;
      case "in":
        return `(${part.values.map((value) => sql({ kind: "compare", by: "=", left: part.left, right: value })).join(" OR ")})`;
      case "compare": {
        const { left, right, by } = part;
        const asNumber = numeric(left, right);
        return `(${operand(left, asNumber)} ${by} ${operand(right, asNumber)})`;
      }
    }
  };
  return { where: sql(formula), values, atoms: [...atoms] };
}
