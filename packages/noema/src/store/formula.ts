/** @file parseFormula: which pictures are wanted, as people write it: `atom(17) > 0.5 and glasses = 'sunglasses'`. */
import { nearestNames } from "@noema/engine";
import { syntaxError } from "@noema/lenses";

/** What is compared. A factor is a column that tells something of a picture. */
export type Operand =
  | { readonly kind: "atom"; readonly atom: number }
  | { readonly kind: "factor"; readonly column: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string };

const comparisons = ["=", "!=", "<", "<=", ">", ">="] as const;
type Comparison = (typeof comparisons)[number];

export type Formula =
  | { readonly kind: "and" | "or"; readonly parts: readonly Formula[] }
  | { readonly kind: "not"; readonly part: Formula }
  | { readonly kind: "compare"; readonly by: Comparison; readonly left: Operand; readonly right: Operand }
  | { readonly kind: "in"; readonly left: Operand; readonly values: readonly Operand[] }
  /** An atom alone: whether there is any of it. */
  | { readonly kind: "has"; readonly atom: number };

export interface FormulaOptions {
  /** How many atoms there are. */
  readonly atoms: number;
  /** What is known of pictures, by the name of the factor: its column. */
  readonly columns: ReadonlyMap<string, string>;
}

/** No formula is longer; a text that is, is none. */
const maxLength = 20_000;

/** How deep parentheses and `not` may lie within each other. */
const maxDepth = 100;

/**
 * Comparisons (`=` `!=` `<` `<=` `>` `>=`, `in (…, …)`) of atoms, factors, numbers and texts, joined by `and`, `or`, `not` and
 * parentheses; `and` binds more strongly than `or`. `atom(17)` is how much of atom 17 there is, 0 where there is none; alone it
 * asks whether there is any. Texts stand in single quotes, doubled within; names of factors that hold anything but letters,
 * digits, `_` and `-` in double quotes.
 *
 * @throws NoemaError FORMULA_SYNTAX, FORMULA_FACTOR, FORMULA_ATOM, each pointing at the character
 */
export function parseFormula(text: string, options: FormulaOptions): Formula {
  if (text.length > maxLength) {
    throw syntaxError("FORMULA_SYNTAX", text, maxLength, `it has at most ${maxLength} characters`, "formula");
  }
  return new Parser(text, options).whole();
}

const patterns = {
  number: /[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?(?![\p{L}\p{N}_.])/iuy,
  text: /'(?:[^']|'')*'/y,
  name: /[\p{L}_][\p{L}\p{N}_-]*/uy,
  quotedName: /"(?:[^"]|"")*"/y,
  // Longer signs first.
  sign: /<=|>=|!=|<>|==|=|<|>/y,
} as const;

const words = ["and", "or", "not", "in", "atom"];

class Parser {
  readonly #text: string;
  readonly #options: FormulaOptions;
  #at = 0;
  #depth = 0;

  constructor(text: string, options: FormulaOptions) {
    this.#text = text;
    this.#options = options;
  }

  whole(): Formula {
    const formula = this.#or();
    if (this.#at === this.#text.length) return formula;
    const closed = this.#text[this.#at] === ")";
    throw this.#refuse(
      closed ? "this parenthesis was never opened" : "what follows a comparison is and, or, or the end",
    );
  }

  #or(): Formula {
    const parts = [this.#and()];
    while (this.#word("or")) parts.push(this.#and());
    return parts.length === 1 ? parts[0] : { kind: "or", parts };
  }

  #and(): Formula {
    const parts = [this.#not()];
    while (this.#word("and")) parts.push(this.#not());
    return parts.length === 1 ? parts[0] : { kind: "and", parts };
  }

  #not(): Formula {
    const at = this.#at;
    if (!this.#word("not")) return this.#condition();
    this.#deeper(at);
    const part = this.#not();
    this.#depth--;
    return { kind: "not", part };
  }

  #condition(): Formula {
    const open = this.#at;
    if (this.#take("(")) {
      this.#deeper(open);
      const inside = this.#or();
      if (!this.#take(")")) throw this.#refuse("this parenthesis is never closed", open);
      this.#depth--;
      return inside;
    }
    const start = this.#at;
    const left = this.#operand();
    if (this.#word("in")) return { kind: "in", left, values: this.#list(left) };
    const at = this.#at;
    const sign = this.#match(patterns.sign);
    if (sign === undefined) {
      if (left.kind === "atom") return { kind: "has", atom: left.atom };
      throw this.#refuse(`this is compared with nothing; what follows is one of ${comparisons.join(" ")} or in`, start);
    }
    const by = sign === "==" ? "=" : sign === "<>" ? "!=" : (sign as Comparison);
    const second = this.#at;
    const right = this.#operand();
    this.#checkKinds(left, right, [at, second]);
    return { kind: "compare", by, left, right };
  }

  #list(left: Operand): Operand[] {
    const open = this.#at;
    if (!this.#take("(")) throw this.#refuse("after in stands a list in parentheses, as in ('a', 'b')");
    const values: Operand[] = [];
    do {
      const at = this.#at;
      const value = this.#operand();
      if (value.kind !== "number" && value.kind !== "text") throw this.#refuse("a list holds numbers and texts", at);
      this.#checkKinds(left, value, [at, at]);
      values.push(value);
    } while (this.#take(","));
    if (!this.#take(")")) throw this.#refuse("this list is never closed", open);
    return values;
  }

  /** Amounts are numbers. */
  #checkKinds(left: Operand, right: Operand, [sign, second]: readonly [number, number]): void {
    const kinds = [left.kind, right.kind];
    const constant = kinds.every((kind) => kind === "number" || kind === "text");
    if (constant) throw this.#refuse("neither side is an atom or a factor", sign);
    if (kinds.includes("atom") && kinds.includes("text")) {
      throw this.#refuse("how much there is of an atom is a number, not a text", second);
    }
  }

  #operand(): Operand {
    const at = this.#at;
    const number = this.#match(patterns.number);
    if (number !== undefined) {
      const value = Number(number);
      if (Number.isFinite(value)) return { kind: "number", value };
      throw this.#refuse("this is larger than any number", at);
    }
    const text = this.#match(patterns.text);
    if (text !== undefined) return { kind: "text", value: text.slice(1, -1).replaceAll("''", "'") };
    const quoted = this.#match(patterns.quotedName);
    if (quoted !== undefined) return this.#factor(quoted.slice(1, -1).replaceAll('""', '"'), at, true);
    if (/['"]/.test(this.#text[at] ?? "")) throw this.#refuse("this quote is never closed", at);
    const name = this.#match(patterns.name);
    if (name === undefined) throw this.#refuse("an atom, a factor, a number or a text is missing here", at);
    if (name.toLowerCase() === "atom" && this.#take("(")) return this.#atom(at);
    return this.#factor(name, at, false);
  }

  #atom(start: number): Operand {
    const at = this.#at;
    const number = this.#match(/\d{1,10}(?![\p{L}\p{N}_.])/uy);
    if (number === undefined) throw this.#refuse("the number of an atom is missing here, as in atom(17)", at);
    if (!this.#take(")")) throw this.#refuse("this parenthesis is never closed", this.#text.indexOf("(", start));
    const atom = Number(number);
    if (atom < this.#options.atoms) return { kind: "atom", atom };
    throw syntaxError("FORMULA_ATOM", this.#text, at, `there are atoms 0 to ${this.#options.atoms - 1}`, "formula");
  }

  #factor(name: string, at: number, quoted: boolean): Operand {
    const { columns } = this.#options;
    const column = columns.get(name);
    if (column !== undefined) return { kind: "factor", column };
    const known = [...columns.keys()];
    const reserved = !quoted && words.includes(name.toLowerCase());
    const found =
      known.length === 0
        ? "nothing is known of these pictures but atoms"
        : `no factor has this name; nearest: ${nearestNames(name, known, 3).join(", ")}`;
    const hint = reserved
      ? ""
      : quoted
        ? " (texts stand in single quotes)"
        : ` (a text is written '${name.slice(0, 40)}')`;
    throw reserved
      ? this.#refuse("an atom, a factor, a number or a text is missing here", at)
      : syntaxError("FORMULA_FACTOR", this.#text, at, `${found}${hint}`, "formula");
  }

  #deeper(at: number): void {
    if (++this.#depth > maxDepth) throw this.#refuse(`parentheses and not lie more than ${maxDepth} deep`, at);
  }

  #refuse(found: string, at = this.#at): Error {
    return syntaxError("FORMULA_SYNTAX", this.#text, at, found, "formula");
  }

  #word(word: string): boolean {
    return this.#match(new RegExp(`${word}(?![\\p{L}\\p{N}_-])`, "iuy")) !== undefined;
  }

  #take(sign: string): boolean {
    if (this.#text[this.#skipSpaces()] !== sign) return false;
    this.#at++;
    this.#skipSpaces();
    return true;
  }

  #skipSpaces(): number {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
    return this.#at;
  }

  /** What a sticky pattern finds here, which is then behind us, with the spaces after it. */
  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#skipSpaces();
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return undefined;
    this.#at += found.length;
    this.#skipSpaces();
    return found;
  }
}
