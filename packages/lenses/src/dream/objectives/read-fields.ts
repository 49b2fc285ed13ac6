/** @file The fields of one objective's text: cut at colons, assigned, and read as what they are. */
import { findClass } from "./labels.js";
import type { Field, FieldType, FieldValues, ObjectiveKind } from "./objective.js";
import { syntaxError } from "./syntax-error.js";
import { numberPattern, objectiveForm } from "./written.js";

/** A part of the text, as written. */
export interface Piece {
  readonly raw: string;
  /** Where it starts. */
  readonly at: number;
}

export interface FieldsContext {
  /** The whole text, for messages. */
  readonly text: string;
  readonly labels?: readonly string[] | undefined;
  /** Where the term ends. */
  readonly end: number;
}

type Values = Record<string, FieldValues[FieldType]>;

/** Whether a piece can be this field, for those that may be left out. */
const forms: Readonly<Record<FieldType, RegExp>> = {
  layer: /^/,
  layers: /^/,
  photograph: /^/,
  vector: /^/,
  class: /^/,
  unit: /^\d{1,9}$/,
  units: new RegExp(`^\\d{1,9}(\\*-?${numberPattern.source})?(,\\d{1,9}(\\*-?${numberPattern.source})?)*$`, "i"),
  number: new RegExp(`^${numberPattern.source}$`, "i"),
  position: /^\d{1,9}(,\d{1,9})+$/,
};

const needed: Readonly<Partial<Record<FieldType, string>>> = {
  unit: "a whole number",
  units: "whole numbers with commas between them, weights as in 3*0.5",
  number: "a number, 0 or more",
  position: "two whole numbers with a comma between them",
};

/** Cuts at a sign outside quotes. */
export function cut(piece: Piece, sign: ":" | ","): Piece[] {
  const found: Piece[] = [];
  let [from, quoted] = [0, false];
  for (let i = 0; i <= piece.raw.length; i++) {
    if (piece.raw[i] === '"') quoted = !quoted;
    if (i < piece.raw.length && (quoted || piece.raw[i] !== sign)) continue;
    found.push({ raw: piece.raw.slice(from, i), at: piece.at + from });
    from = i + 1;
  }
  return found;
}

/** What each piece is: from the last one backwards, so that a first layer may take all that is left over. */
export function readFields(kind: ObjectiveKind, name: Piece, pieces: readonly Piece[], context: FieldsContext): Values {
  const form = objectiveForm(kind);
  const fields = Object.entries(kind.fields);
  const values: Values = {};
  let left = pieces.length;
  for (let i = fields.length - 1; i >= 0; i--) {
    const [field, type] = fields[i];
    const requiredBefore = fields.slice(0, i).filter(([, other]) => !isOptional(other)).length;
    if (isOptional(type)) {
      if (left <= requiredBefore || !isForm(type, pieces[left - 1])) continue;
    } else if (left <= requiredBefore) throw missing(kind, name, pieces, context, form);
    const first = i === 0 && type === "layer" ? 0 : left - 1;
    values[field] = readOne(typeOf(type), field, pieces.slice(first, left), context, form);
    left = first;
  }
  if (left === 0) return values;
  const extra = pieces[pieces.length - left];
  // One that may be left out was not taken, since it does not have that field's form: reading it says so.
  const skipped = fields.find(([field]) => !Object.hasOwn(values, field));
  if (skipped !== undefined) readOne(typeOf(skipped[1]), skipped[0], [extra], context, form);
  throw syntaxError("OBJECTIVE_FIELDS", context.text, extra.at, `a field too many: ${form}`);
}

const isOptional = (type: Field) => type.endsWith("?");
const typeOf = (type: Field) => type.replace("?", "") as FieldType;
const isForm = (type: Field, { raw }: Piece) => forms[typeOf(type)].test(raw);

function missing(kind: ObjectiveKind, name: Piece, pieces: readonly Piece[], context: FieldsContext, form: string) {
  const { text, end } = context;
  const required = Object.entries(kind.fields).filter(([, type]) => !isOptional(type));
  const [field] = required[pieces.length];
  const at = pieces.length === 0 ? name.at + name.raw.length : end;
  return syntaxError("OBJECTIVE_FIELDS", text, at, `the ${field} is missing: ${form}`);
}

function readOne(type: FieldType, field: string, pieces: readonly Piece[], context: FieldsContext, form: string) {
  const [first] = pieces;
  const refuse = (at: number, found: string) => syntaxError("OBJECTIVE_FIELDS", context.text, at, `${found}: ${form}`);
  const raw = pieces.map((piece) => piece.raw).join(":");
  if (raw === "" || raw === '""') throw refuse(first.at, `the ${field} is missing`);
  const wants = needed[type];
  if (wants !== undefined && !forms[type].test(raw))
    throw refuse(first.at, `"${raw}" is not a ${field}, which is ${wants}`);
  const nameOf = (piece: Piece) => unquoted(piece, refuse, field);
  switch (type) {
    case "unit":
      return Number(raw);
    case "number": {
      if (Number.isFinite(Number(raw))) return Number(raw);
      throw refuse(first.at, `${raw} is too large a ${field}`);
    }
    case "position":
      return raw.split(",").map(Number);
    case "units":
      return raw.split(",").map((one) => {
        const [unit, weight = "1"] = one.split("*");
        if (Number.isFinite(Number(weight))) return { unit: Number(unit), weight: Number(weight) };
        throw refuse(first.at, `${weight} is too large a weight`);
      });
    case "layers":
      return cut(first, ",").map(nameOf);
    case "class":
      return readClass(nameOf(first), first, context);
    default:
      return nameOf({ raw, at: first.at });
  }
}

function readClass(word: string, { at }: Piece, { text, labels }: FieldsContext): number {
  if (/^\d{1,9}$/.test(word)) return Number(word);
  if (labels === undefined) {
    throw syntaxError(
      "OBJECTIVE_FIELDS",
      text,
      at,
      "the labels of the classes are not known here, give the class's number",
    );
  }
  const result = findClass(word, labels);
  if ("index" in result) return result.index;
  throw syntaxError(result.code, text, at, result.found);
}

/** A name without its quotes, which stand around all of it; within, a quote is written twice. */
function unquoted({ raw, at }: Piece, refuse: (at: number, found: string) => Error, field: string): string {
  if (raw === "" || raw === '""') throw refuse(at, `the ${field} is missing`);
  if (!raw.includes('"')) {
    const star = raw.indexOf("*");
    if (star < 0) return raw;
    throw refuse(at + star, "* between objectives has spaces around it, in a name it wants quotes around the name");
  }
  if (/^"(?:[^"]|"")*"$/.test(raw)) return raw.slice(1, -1).replaceAll('""', '"');
  throw refuse(at + raw.indexOf('"'), "quotes stand around a whole name; a quote within it is written twice");
}
