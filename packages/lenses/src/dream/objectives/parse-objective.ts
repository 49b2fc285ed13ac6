/** @file The text form of objectives: `channel:inception_4c/output:11`, `0.5*channel:a:1 - channel:b:2`. */
import { nearestNames } from "@noema/engine";
import { objectives } from "./index.js";
import type { Objective } from "./objective.js";
import { only } from "./only.js";
import { product } from "./product.js";
import { cut, readFields } from "./read-fields.js";
import { sum, type Term } from "./sum.js";
import { syntaxError } from "./syntax-error.js";
import { numberPattern } from "./written.js";

export interface ParseOptions {
  /** One per class, in order: classes may then be named by a word of their label. */
  readonly labels?: readonly string[];
}

/** No objective is longer; a text that is, is no objective. */
const maxLength = 20_000;

/** How deep parentheses may lie within each other. */
const maxDepth = 100;

/**
 * Reads an objective. Terms are joined by +, −, * and / with spaces around them, since the names of layers may hold such signs
 * too; a number stands before its * without. `@2` after a term or a parenthesis: it counts for picture 2 of the batch alone. A
 * name that holds spaces or any of `:",()@*{}` is put in double quotes; the colons of a first layer need none.
 *
 * @throws NoemaError OBJECTIVE_SYNTAX, OBJECTIVE_UNKNOWN, OBJECTIVE_FIELDS, LABEL_UNKNOWN, LABEL_AMBIGUOUS, each pointing at
 *   the character
 */
export function parseObjective(text: string, options: ParseOptions = {}): Objective {
  if (text.length > maxLength) {
    throw syntaxError("OBJECTIVE_SYNTAX", text, maxLength, `an objective has at most ${maxLength} characters`);
  }
  return new Parser(text, options).whole();
}

class Parser {
  readonly #text: string;
  readonly #options: ParseOptions;
  #at = 0;
  #depth = 0;

  constructor(text: string, options: ParseOptions) {
    this.#text = text;
    this.#options = options;
  }

  whole(): Objective {
    const objective = this.#sum();
    if (this.#at === this.#text.length) return objective;
    throw this.#refuse(this.#at, "this parenthesis was never opened");
  }

  /** Up to the end or a closing parenthesis. */
  #sum(): Objective {
    const terms = [this.#product(1)];
    for (this.#skipSpaces(); !this.#ends(); this.#skipSpaces()) {
      const sign = this.#match(/[+-](?=\s|$)/y);
      if (sign === undefined) {
        throw this.#refuse(this.#at, "what follows a term is +, -, * or / with spaces around it");
      }
      terms.push(this.#product(sign === "-" ? -1 : 1));
    }
    return sum(terms);
  }

  /** Numbers and objectives with * and / between them. */
  #product(sign: number): Term {
    let factor = sign;
    const factors: Objective[] = [];
    this.#skipSpaces();
    const start = this.#at;
    for (let operator = "*"; ; ) {
      this.#skipSpaces();
      while (this.#match(/-\s*/y) !== undefined) factor = -factor;
      const at = this.#at;
      const number = this.#match(numeral);
      if (number === undefined && operator === "/") throw this.#refuse(at, "only a number can divide");
      if (number === undefined) factors.push(this.#selected());
      else factor = operator === "/" ? factor / Number(number) : factor * Number(number);
      if (!Number.isFinite(factor)) throw this.#refuse(at, "this makes the factor larger than any number");
      this.#skipSpaces();
      const next = this.#match(/[*/]/y);
      if (next === undefined) break;
      operator = next;
    }
    if (factors.length === 0) throw this.#refuse(start, "a number alone is no objective");
    return { factor, objective: product(factors) };
  }

  /** A term or a parenthesis, and the picture it is for. */
  #selected(): Objective {
    const objective = this.#text[this.#at] === "(" ? this.#parenthesis() : this.#term();
    const picture = this.#match(/@\d{1,9}/y);
    return picture === undefined ? objective : only(objective, Number(picture.slice(1)));
  }

  #parenthesis(): Objective {
    const open = this.#at++;
    if (++this.#depth > maxDepth) throw this.#refuse(open, `parentheses lie more than ${maxDepth} deep`);
    const objective = this.#sum();
    if (this.#text[this.#at] !== ")") throw this.#refuse(open, "this parenthesis is never closed");
    this.#at++;
    this.#depth--;
    return objective;
  }

  #term(): Objective {
    const start = this.#at;
    const end = this.#endOfTerm();
    // The picture it is for is read by whoever asked for the term.
    const raw = this.#text.slice(start, end).replace(/@\d{1,9}$/, "");
    this.#at = start + raw.length;
    const [name, ...fields] = cut({ raw, at: start }, ":");
    if (name.raw === "") throw this.#refuse(start, "an objective is missing here");
    const kind = objectives.find((candidate) => candidate.name === name.raw);
    if (kind === undefined) throw this.#unknown(name.raw, start);
    const context = { text: this.#text, labels: this.#options.labels, end: this.#at };
    return kind.create(readFields(kind, name, fields, context));
  }

  /** A space, or a parenthesis that closes none of the term's own, outside quotes. */
  #endOfTerm(): number {
    let [quoted, open] = [-1, 0];
    for (let at = this.#at; at < this.#text.length; at++) {
      const c = this.#text[at];
      if (c === '"') quoted = quoted < 0 ? at : -1;
      else if (quoted >= 0) continue;
      else if (c === "(") open++;
      else if (/\s/.test(c) || (c === ")" && --open < 0)) return at;
    }
    if (quoted >= 0) throw this.#refuse(quoted, "this quote is never closed");
    return this.#text.length;
  }

  #unknown(name: string, at: number): Error {
    const known = objectives.map((kind) => kind.name);
    const nearest = nearestNames(name, known).map((one) => `"${one}"`);
    const found = `no objective has this name; nearest: ${nearest.join(", ")}`;
    return syntaxError("OBJECTIVE_UNKNOWN", this.#text, at, found);
  }

  #refuse(at: number, found: string): Error {
    return syntaxError("OBJECTIVE_SYNTAX", this.#text, at, found);
  }

  #ends(): boolean {
    return this.#at === this.#text.length || this.#text[this.#at] === ")";
  }

  #skipSpaces(): void {
    this.#match(/\s+/y);
  }

  /** What a sticky pattern finds here, which is then behind us. */
  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}

const numeral = new RegExp(numberPattern.source, "iy");
