/** @file The text form of objectives: `channel:inception_4c/output:11`, `0.5*channel:a:1 - channel:b:2`. */
import { NoemaError, nearestNames } from "@noema/engine";
import { objectives } from "./index.js";
import type { Objective, ObjectiveKind } from "./objective.js";
import { sum, type Term } from "./sum.js";

/**
 * Reads an objective. Terms are joined by + or − with spaces around them, since the names of layers may hold such signs
 * too; a name that holds spaces or ends like a further field is put in double quotes.
 *
 * @throws NoemaError OBJECTIVE_SYNTAX, OBJECTIVE_UNKNOWN, OBJECTIVE_FIELDS, each pointing at the character
 */
export function parseObjective(text: string): Objective {
  const terms: Term[] = [];
  let at = skipSpaces(text, 0);
  let sign = 1;
  if (text[at] === "-") {
    sign = -1;
    at = skipSpaces(text, at + 1);
  }
  for (;;) {
    const factor = /^(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?\s*\*\s*/i.exec(text.slice(at));
    if (factor !== null) at += factor[0].length;
    const end = endOfTerm(text, at);
    terms.push({
      factor: sign * (factor === null ? 1 : Number.parseFloat(factor[0])),
      objective: parseTerm(text, at, end),
    });
    at = skipSpaces(text, end);
    if (at === text.length) break;
    if (!/^[+-]\s/.test(text.slice(at))) {
      throw syntaxError("OBJECTIVE_SYNTAX", text, at, "what follows a term is + or - with spaces around it");
    }
    sign = text[at] === "-" ? -1 : 1;
    at = skipSpaces(text, at + 1);
  }
  return terms.length === 1 && terms[0].factor === 1 ? terms[0].objective : sum(terms);
}

function skipSpaces(text: string, at: number): number {
  while (at < text.length && /\s/.test(text[at])) at++;
  return at;
}

/** A term ends at a space outside quotes. */
function endOfTerm(text: string, start: number): number {
  let quoted = -1;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '"') quoted = quoted < 0 ? at : -1;
    else if (quoted < 0 && /\s/.test(text[at])) return at;
  }
  if (quoted >= 0) throw syntaxError("OBJECTIVE_SYNTAX", text, quoted, "this quote is never closed");
  return text.length;
}

interface Piece {
  readonly text: string;
  readonly at: number;
}

function parseTerm(text: string, start: number, end: number): Objective {
  const [name, ...fields] = pieces(text, start, end);
  if (name.text === "") throw syntaxError("OBJECTIVE_SYNTAX", text, start, "an objective is missing here");
  const kind = objectives.find((candidate) => candidate.name === name.text);
  if (kind === undefined) {
    const nearest = nearestNames(
      name.text,
      objectives.map((candidate) => candidate.name),
    );
    const remedy = `no objective has this name; nearest: ${nearest.map((n) => `"${n}"`).join(", ")}`;
    throw syntaxError("OBJECTIVE_UNKNOWN", text, name.at, remedy);
  }
  return kind.create(fieldsOf(kind, text, name, fields, end));
}

/** Cuts at colons outside quotes; quotes are taken off. */
function pieces(text: string, start: number, end: number): Piece[] {
  const found: Piece[] = [];
  let [from, quoted] = [start, false];
  for (let at = start; at <= end; at++) {
    if (at < end && text[at] === '"') quoted = !quoted;
    if (at < end && (quoted || text[at] !== ":")) continue;
    found.push({ text: text.slice(from, at), at: from });
    from = at + 1;
  }
  return found;
}

/** One text per field. A layer's name may itself hold colons: it takes what the other fields leave over. */
function fieldsOf(kind: ObjectiveKind, text: string, name: Piece, given: readonly Piece[], end: number) {
  const wanted = Object.entries(kind.fields);
  const form = [kind.name, ...wanted.map(([field]) => field.toUpperCase())].join(":");
  if (given.length < wanted.length) {
    const [missing] = wanted[given.length];
    const at = given.length === 0 && text[end - 1] !== ":" ? name.at + name.text.length : end;
    throw syntaxError("OBJECTIVE_FIELDS", text, at, `the ${missing} is missing: ${form}`);
  }
  const spare = given.length - wanted.length;
  const layerAt = wanted.findIndex(([, field]) => field === "layer");
  if (spare > 0 && layerAt < 0) {
    throw syntaxError("OBJECTIVE_FIELDS", text, given[wanted.length].at, `a field too many: ${form}`);
  }
  const values: Record<string, string> = {};
  wanted.forEach(([field, type], i) => {
    const first = i > layerAt && layerAt >= 0 ? i + spare : i;
    const parts = given.slice(first, i === layerAt ? first + spare + 1 : first + 1);
    const value = parts.map((part) => part.text).join(":");
    checkField(text, parts[0].at, field, type, value, form);
    values[field] = value.replace(/^"(.*)"$/, "$1");
  });
  return values;
}

function checkField(text: string, at: number, field: string, type: string, value: string, form: string): void {
  if (value === "" || value === '""') {
    throw syntaxError("OBJECTIVE_FIELDS", text, at, `the ${field} is missing: ${form}`);
  }
  if (type === "unit" && !/^\d{1,9}$/.test(value)) {
    throw syntaxError("OBJECTIVE_FIELDS", text, at, `"${value}" is not a ${field}, which is a whole number: ${form}`);
  }
}

/** Shows the text with a mark under the character. */
function syntaxError(code: string, text: string, at: number, needed: string): NoemaError {
  return new NoemaError(code, {
    where: `objective, character ${at + 1}`,
    found: needed,
    remedy: `\n  ${text.replaceAll(/\s/g, " ")}\n  ${" ".repeat(at)}^\n`,
  });
}
