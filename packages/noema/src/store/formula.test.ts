import { NoemaError } from "@noema/engine";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Duck, openDuck } from "./duck.js";
import { type Formula, type Operand, parseFormula } from "./formula.js";
import { formulaSql } from "./formula-sql.js";

const columns = new Map([
  ["glasses", "glasses"],
  ["hair-colour", "hair-colour"],
  ["digit", "digit"],
  ['a "b" c', 'a "b" c'],
  ["row", "row_"],
]);
const options = { atoms: 40, columns };
const parse = (text: string) => parseFormula(text, options);

const atom = (number: number): Operand => ({ kind: "atom", atom: number });
const factor = (column: string): Operand => ({ kind: "factor", column });
const number = (value: number): Operand => ({ kind: "number", value });
const text = (value: string): Operand => ({ kind: "text", value });
const compare = (left: Operand, by: "=" | "!=" | "<" | "<=" | ">" | ">=", right: Operand): Formula => ({
  kind: "compare",
  ...{ left, by, right },
});

describe("is read:", () => {
  test.each<[string, Formula]>([
    ["atom(17) > 0.5", compare(atom(17), ">", number(0.5))],
    ["  ATOM( 17 )>=-.5e1 ", compare(atom(17), ">=", number(-5))],
    ["glasses = 'sunglasses'", compare(factor("glasses"), "=", text("sunglasses"))],
    ["glasses == 'it''s'", compare(factor("glasses"), "=", text("it's"))],
    ["hair-colour <> 'red'", compare(factor("hair-colour"), "!=", text("red"))],
    ['"a ""b"" c" < 3', compare(factor('a "b" c'), "<", number(3))],
    ["row != digit", compare(factor("row_"), "!=", factor("digit"))],
    ["0.1 < atom(3)", compare(number(0.1), "<", atom(3))],
    ["atom(1) <= atom(2)", compare(atom(1), "<=", atom(2))],
    ["atom(3)", { kind: "has", atom: 3 }],
    ["digit in (3, '4')", { kind: "in", left: factor("digit"), values: [number(3), text("4")] }],
    [
      "atom(1) and not atom(2) or atom(3)",
      {
        kind: "or",
        parts: [
          {
            kind: "and",
            parts: [
              { kind: "has", atom: 1 },
              { kind: "not", part: { kind: "has", atom: 2 } },
            ],
          },
          { kind: "has", atom: 3 },
        ],
      },
    ],
    [
      "Atom(1) AND (atom(2) Or atom(3))",
      {
        kind: "and",
        parts: [
          { kind: "has", atom: 1 },
          {
            kind: "or",
            parts: [
              { kind: "has", atom: 2 },
              { kind: "has", atom: 3 },
            ],
          },
        ],
      },
    ],
    ["not(atom(1))", { kind: "not", part: { kind: "has", atom: 1 } }],
  ])("%s", (written, wanted) => expect(parse(written)).toEqual(wanted));
});

describe("is refused, with a mark under the character:", () => {
  test.each<[written: string, mark: number, said: RegExp]>([
    ["", 0, /missing here.*FORMULA_SYNTAX/s],
    ["atom(17) >", 10, /missing here/],
    ["atom(17) > 0.5 glasses", 15, /what follows a comparison is and, or, or the end/],
    ["glasses", 0, /compared with nothing/],
    ["glasses like 'x'", 0, /compared with nothing/],
    ["(atom(1)", 0, /this parenthesis is never closed/],
    ["atom(1))", 7, /never opened/],
    ["atom()", 5, /number of an atom is missing/],
    ["atom(1.5)", 5, /number of an atom is missing/],
    ["atom(-1)", 5, /number of an atom is missing/],
    ["atom(1", 4, /never closed/],
    ["atom(40) > 1", 5, /there are atoms 0 to 39.*FORMULA_ATOM/s],
    ["glases = 'x'", 0, /nearest: glasses.*FORMULA_FACTOR/s],
    ["glasses = sunglasses", 10, /\(a text is written 'sunglasses'\).*FORMULA_FACTOR/s],
    ['glasses = "sunglasses"', 10, /texts stand in single quotes/],
    ["glasses = 'sun", 10, /this quote is never closed/],
    ["atom(3) = 'x'", 10, /is a number, not a text/],
    ["1 = 1", 2, /neither side is an atom or a factor/],
    ["'a' = 'a'", 4, /neither side/],
    ["digit in ()", 10, /missing here/],
    ["digit in 3", 9, /list in parentheses/],
    ["digit in (3", 9, /never closed/],
    ["digit in (glasses)", 10, /a list holds numbers and texts/],
    ["atom(1) > 1e999", 10, /larger than any number/],
    ["atom(1) and and", 12, /missing here/],
    ["atom(1) > 0.5; DROP TABLE codes", 13, /what follows a comparison/],
    ["atom(1) > 0.5 -- no", 14, /what follows a comparison/],
    [`${"(".repeat(101)}atom(1)`, 100, /more than 100 deep/],
    [`${"not ".repeat(101)}atom(1)`, 400, /more than 100 deep/],
    [" ".repeat(20_001), 20_000, /at most 20000 characters/],
  ])("%s", (written, mark, said) => {
    let error: unknown;
    try {
      parse(written);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(NoemaError);
    const { message, parts } = error as NoemaError;
    expect(message).toMatch(said);
    expect(parts.where).toBe(`formula, character ${mark + 1}`);
  });

  test("any other text, without any other error", () => {
    const words = fc.constantFrom(
      "atom(",
      "atom(3)",
      "and",
      "or",
      "not",
      "(",
      ")",
      "'x'",
      "'",
      '"',
      "glasses",
      "in",
      ",",
      "=",
      "<",
      "3",
      "é",
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 12 }).map((some) => some.join(" ")),
    );
    fc.assert(
      fc.property(texts, (written) => {
        try {
          parse(written);
        } catch (error) {
          if (!(error instanceof NoemaError && error.code.startsWith("FORMULA_"))) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("in SQL", () => {
  let duck: Duck;
  const labels = ["sun", "it's", "3", "10", "", "'; DROP TABLE t; --", null] as const;
  const amounts = [-1, -0.25, 0, 0.5, 2];
  const table = labels.flatMap((a, i) =>
    labels.map((b, j) => ({ a, b, x: amounts[(i + 2 * j) % 5], y: amounts[(3 * i + j) % 5] })),
  );
  beforeAll(async () => {
    duck = await openDuck();
    await duck.run('CREATE TABLE t ("row" INTEGER, a VARCHAR, "b "" c" VARCHAR, x0 FLOAT, x1 FLOAT)');
    const quoted = (value: string | null) => (value === null ? "NULL" : `'${value.replaceAll("'", "''")}'`);
    const rows = table.map(({ a, b, x, y }, i) => `(${i}, ${quoted(a)}, ${quoted(b)}, ${x}, ${y})`);
    await duck.run(`INSERT INTO t VALUES ${rows.join(", ")}`);
  });
  afterAll(() => duck.close());

  const known = {
    atoms: 2,
    columns: new Map([
      ["a", "a"],
      ["b", 'b " c'],
    ]),
  };

  type Row = (typeof table)[number];
  /** What is written, and what it is of a row: true, false, or not known. */
  interface Made {
    readonly written: string;
    readonly holds: (row: Row) => boolean | undefined;
  }
  const numberOf = (value: string | null) => (value !== null && /^\d+$/.test(value) ? Number(value) : undefined);
  const by = {
    "=": (a: number | string, b: number | string) => a === b,
    "!=": (a: number | string, b: number | string) => a !== b,
    "<": (a: number | string, b: number | string) => a < b,
    ">=": (a: number | string, b: number | string) => a >= b,
  };
  const sign = fc.constantFrom(...(Object.keys(by) as (keyof typeof by)[]));
  const side = fc.constantFrom("a", "b") as fc.Arbitrary<"a" | "b">;
  const together = (
    left: number | string | null | undefined,
    how: keyof typeof by,
    right: number | string | null | undefined,
  ) => (left == null || right == null ? undefined : by[how](left, right));
  const amount = fc.tuple(fc.constantFrom("x", "y"), sign, fc.constantFrom(...amounts)).map(
    ([which, how, value]): Made => ({
      written: `atom(${which === "x" ? 0 : 1}) ${how} ${value}`,
      holds: (row) => by[how](row[which as "x"], value),
    }),
  );
  const isText = fc.tuple(side, sign, fc.constantFrom(...labels.filter((one) => one !== null))).map(
    ([which, how, value]): Made => ({
      written: `${which} ${how} '${value.replaceAll("'", "''")}'`,
      holds: (row) => together(row[which], how, value),
    }),
  );
  const isNumber = fc.tuple(side, sign, fc.constantFrom(3, 5, 10)).map(
    ([which, how, value]): Made => ({
      written: `${which} ${how} ${value}`,
      holds: (row) => together(numberOf(row[which]), how, value),
    }),
  );
  const sides = sign.map((how): Made => ({ written: `a ${how} b`, holds: ({ a, b }) => together(a, how, b) }));
  const has = fc.constantFrom(0, 1).map((n): Made => ({ written: `atom(${n})`, holds: ({ x, y }) => [x, y][n] !== 0 }));
  const { formula } = fc.letrec<{ formula: Made }>((tie) => ({
    formula: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      amount,
      isText,
      isNumber,
      sides,
      has,
      tie("formula").map(
        (part): Made => ({
          written: `not (${part.written})`,
          holds: (row) => {
            const found = part.holds(row);
            return found === undefined ? undefined : !found;
          },
        }),
      ),
      fc.tuple(tie("formula"), tie("formula"), fc.boolean()).map(
        ([one, other, all]): Made => ({
          written: `(${one.written} ${all ? "and" : "or"} ${other.written})`,
          holds: (row) => {
            const found = [one.holds(row), other.holds(row)];
            if (found.includes(!all)) return !all;
            return found.includes(undefined) ? undefined : all;
          },
        }),
      ),
    ),
  }));

  test("means what it says, row by row", async () => {
    await fc.assert(
      fc.asyncProperty(formula, async ({ written, holds }) => {
        const { where, values } = formulaSql(parseFormula(written, known), { amount: (n) => `x${n}`, table: "t" });
        const found = await duck.rows(`SELECT "row" FROM t WHERE ${where} ORDER BY "row"`, values);
        const wanted = [...table.keys()].filter((i) => holds(table[i]) === true);
        expect(found.map(({ row }) => row)).toEqual(wanted);
      }),
      { numRuns: 200 },
    );
    expect(await duck.rows("SELECT count(*) AS n FROM t")).toEqual([{ n: table.length }]);
  });

  test("holds none of its texts and numbers, but as values beside it", () => {
    const { where, values, atoms } = formulaSql(
      parseFormula("a = '''; DROP TABLE t; --' and atom(1) > 0.125 or b in (7, 'x')", known),
      { amount: (n) => `x${n}`, table: "t" },
    );
    expect(values).toEqual(["'; DROP TABLE t; --", 0.125, 7, "x"]);
    expect(atoms).toEqual([1]);
    expect(where).toBe(
      '((CAST(t."a" AS VARCHAR) = $1::VARCHAR) AND (x1 > $2::DOUBLE)) OR ((TRY_CAST(t."b "" c" AS DOUBLE) = $3::DOUBLE) OR (CAST(t."b "" c" AS VARCHAR) = $4::VARCHAR))'.replace(
        /^(.*)$/,
        "($1)",
      ),
    );
  });
});
