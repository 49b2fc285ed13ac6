/** @file expandBraces: `channel:a:{0..3,7}` stands for five texts. */
import { syntaxError } from "./syntax-error.js";

/** How many texts one may stand for: more were a mistake, and would fill the memory. */
const maxTexts = 10_000;

/** How many characters they may have together. */
const maxCharacters = 10_000_000;

const maxDepth = 16;

/** Parts that follow each other: a text, a range of numbers, or a choice of sequences. */
type Sequence = readonly Part[];
type Part = string | Range | readonly Sequence[];

interface Range {
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

/**
 * All texts that a text with braces stands for, in order; the last braces change fastest. `{1,5,9}` is a choice, `{0..3}` a
 * range with both its ends, `{3..0}` one downwards, `{0..20..5}` one of every fifth. Braces may hold braces. Those in double
 * quotes stand for themselves.
 *
 * @throws NoemaError BRACES_SYNTAX, BRACES_COUNT, pointing at the character
 */
export function expandBraces(text: string): string[] {
  const reader = new Reader(text);
  const sequence = reader.sequence(0);
  if (reader.at < text.length) throw syntaxError("BRACES_SYNTAX", text, reader.at, "this brace was never opened");
  const count = countOf(sequence);
  if (count > maxTexts || count * text.length > maxCharacters) {
    const found = `its braces stand for ${count.toLocaleString("en-US")} texts, at most ${maxTexts.toLocaleString("en-US")} are taken`;
    throw syntaxError("BRACES_COUNT", text, text.indexOf("{"), found);
  }
  return expanded(sequence);
}

class Reader {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Up to the end, or to the comma or brace that ends it. */
  sequence(depth: number): Part[] {
    const parts: Part[] = [];
    let from = this.at;
    const end = () => {
      if (this.at > from) parts.push(this.#text.slice(from, this.at));
    };
    for (; this.at < this.#text.length; this.at++) {
      const c = this.#text[this.at];
      if (c === '"') this.#skipQuoted();
      else if (c === "{") {
        end();
        parts.push(this.#choice(depth + 1));
        from = this.at + 1;
      } else if (c === "}" || (c === "," && depth > 0)) break;
    }
    this.at = Math.min(this.at, this.#text.length);
    end();
    return parts;
  }

  /** To the last character of the quoted part. A quote that is never closed is the parser's to refuse. */
  #skipQuoted(): void {
    const close = this.#text.indexOf('"', this.at + 1);
    this.at = close < 0 ? this.#text.length : close;
  }

  /** From the opening brace to the closing one. */
  #choice(depth: number): Part {
    const open = this.at;
    if (depth > maxDepth) {
      throw syntaxError("BRACES_SYNTAX", this.#text, open, `braces may hold each other at most ${maxDepth} deep`);
    }
    const choices: Sequence[] = [];
    do {
      this.at++;
      const from = this.at;
      const sequence = this.sequence(depth);
      if (sequence.length === 0 && this.at < this.#text.length) {
        throw syntaxError("BRACES_SYNTAX", this.#text, this.at, "something is missing here");
      }
      choices.push(
        sequence.length === 1 && typeof sequence[0] === "string" ? [this.#range(sequence[0], from)] : sequence,
      );
    } while (this.#text[this.at] === ",");
    if (this.at === this.#text.length)
      throw syntaxError("BRACES_SYNTAX", this.#text, open, "this brace is never closed");
    return choices;
  }

  #range(text: string, at: number): Part {
    const match = /^(-?\d+)\.\.(-?\d+)(?:\.\.(\d+))?$/.exec(text);
    if (match === null) return text;
    const [first, last, stride] = [match[1], match[2], match[3] ?? "1"].map(Number);
    if (![first, last, stride].every(Number.isSafeInteger) || stride === 0) {
      throw syntaxError(
        "BRACES_SYNTAX",
        this.#text,
        at,
        "a range is FIRST..LAST or FIRST..LAST..STEP, in whole numbers",
      );
    }
    const count = Math.floor(Math.abs(last - first) / stride) + 1;
    return { first, step: last < first ? -stride : stride, count };
  }
}

function countOf(sequence: Sequence): number {
  return sequence.reduce((product, part) => {
    if (typeof part === "string") return product;
    return product * ("count" in part ? part.count : part.reduce((sum, one) => sum + countOf(one), 0));
  }, 1);
}

function expanded(sequence: Sequence): string[] {
  return sequence.reduce<string[]>(
    (texts, part) => {
      const choices = choicesOf(part);
      return texts.flatMap((text) => choices.map((choice) => text + choice));
    },
    [""],
  );
}

function choicesOf(part: Part): string[] {
  if (typeof part === "string") return [part];
  if (!("count" in part)) return part.flatMap(expanded);
  return Array.from({ length: part.count }, (_, i) => String(part.first + i * part.step));
}
