/** @file Queries of atoms: which vectors have some, a formula is true of, or are made of the same. */
import type { Part } from "@noema/lenses";
import type { OpenAtoms } from "./open-atoms.js";
import { spokenNumber } from "./spoken-number.js";

export interface Found {
  /** The first is what fits best. */
  readonly rows: Uint32Array;
  /** What is told of each, by column: rows. */
  readonly columns: readonly string[];
  readonly amounts: readonly Float32Array[];
  readonly title: string;
  readonly subtitle: string;
}

interface Side {
  readonly atom: number;
  /** 1: more than none of it, −1: less. */
  readonly sign: 1 | -1;
}

/** Vectors that have all of some atoms, each on its side; those first that have most of them together. */
export async function withAtoms(atoms: OpenAtoms, sides: readonly Side[], count: number): Promise<Found> {
  const own = sides.map(
    ({ atom, sign }) =>
      `SELECT "row", coefficient FROM codes WHERE atom = ${atom} AND coefficient ${sign === 1 ? ">" : "<"} 0`,
  );
  const tables = own.map((select, i) => `(${select}) AS a${i}${i === 0 ? "" : ` ON a${i}."row" = a0."row"`}`);
  const sum = sides.map((_, i) => `abs(a${i}.coefficient)`).join(" + ");
  const found = await atoms.codes.sql(
    `SELECT a0."row" AS "row", ${sides.map((_, i) => `a${i}.coefficient AS c${i}`).join(", ")} FROM ${tables.join(" JOIN ")} ORDER BY ${sum} DESC, a0."row" LIMIT ${count}`,
  );
  const words = sides.map(({ atom, sign }) => `${sign === 1 ? "" : "−"}${atom}`).join(", ");
  return {
    rows: Uint32Array.from(found, ({ row }) => Number(row)),
    columns: sides.map(({ atom }) => `atom(${atom})`),
    amounts: sides.map((_, i) => Float32Array.from(found, (one) => Number(one[`c${i}`]))),
    title: `Atom${sides.length === 1 ? "" : "s"} ${words}`,
    subtitle: `${found.length} pictures of ${atoms.name} that have most of ${sides.length === 1 ? "it" : "all of them"}.`,
  };
}

/** @throws NoemaError FORMULA_SYNTAX, FORMULA_FACTOR, FORMULA_ATOM */
export async function withFormula(atoms: OpenAtoms, formula: string, count: number): Promise<Found> {
  const found = await atoms.codes.where(formula, { limit: count });
  const columns = Object.keys(found[0] ?? {}).filter((name) => /^atom\(\d+\)$/.test(name));
  return {
    rows: Uint32Array.from(found, ({ row }) => Number(row)),
    columns,
    amounts: columns.map((name) => Float32Array.from(found, (one) => Number(one[name]))),
    title: formula,
    subtitle: `${found.length} pictures of ${atoms.name} of which it is true.`,
  };
}

/**
 * Vectors whose codes point the same way: the cosine of coefficients over all atoms.
 *
 * @param options `except`: a row that is left out, such as the one that is asked about
 */
export async function likeVector(
  atoms: OpenAtoms,
  parts: readonly Part[],
  { count, name, except }: { readonly count: number; readonly name: string; readonly except?: number },
): Promise<Found> {
  const own = parts.filter(({ amount }) => amount !== 0);
  const length = Math.hypot(...own.map(({ amount }) => amount));
  const values = own.map(({ atom, amount }) => `(${atom}, ${amount}::DOUBLE)`).join(", ");
  const left = except === undefined ? "" : ` WHERE "row" != ${except}`;
  const found =
    own.length === 0
      ? []
      : await atoms.codes.sql(
          `SELECT "row", sum(coefficient * coalesce(w.weight, 0)) / (sqrt(sum(coefficient * coefficient)) * ${length}) AS likeness FROM codes LEFT JOIN (VALUES ${values}) AS w(atom, weight) ON w.atom = codes.atom${left} GROUP BY "row" HAVING sum(coefficient * coefficient) > 0 ORDER BY likeness DESC, "row" LIMIT ${count}`,
        );
  const made = [...own]
    .sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount))
    .map(({ atom, amount }) => `${spokenNumber(amount)} · atom ${atom}`);
  return {
    rows: Uint32Array.from(found, ({ row }) => Number(row)),
    columns: ["cosine"],
    amounts: [Float32Array.from(found, ({ likeness }) => Number(likeness))],
    title: `Made of the same atoms as ${name}`,
    subtitle: own.length === 0 ? "It has none." : `It is ${made.join(" + ").replaceAll("+ −", "− ")}.`,
  };
}
