/** @file readCsv: a table of texts, separated by commas (RFC 4180), or by semicolons, as where numbers have commas. */
import { NoemaError } from "@noema/engine";

/** What separates fields is looked for in so much of the text. */
const longestFirstField = 2 ** 16;

/**
 * Fields may stand in double quotes and then hold commas, line ends, and double quotes written twice. Empty lines are left
 * out; line ends of all systems and a byte order mark are read. Of comma and semicolon, the one
 * that ends the first field ends all.
 *
 * @param where what messages call the file
 * @throws NoemaError CSV_SYNTAX
 */
export function readCsv(text: string, where: string): string[][] {
  const start = text.startsWith("\ufeff") ? 1 : 0;
  const separator = separatorOf(text.slice(start, longestFirstField));
  const plain = new RegExp(`[^"${separator}\\r\\n]*`, "y");
  const end = new RegExp(`${separator}|\\r\\n|\\n|\\r|$`, "y");
  const rows: string[][] = [];
  let row: string[] = [];
  let at = start;
  while (at < text.length || row.length > 0) {
    const quoted = text[at] === '"';
    const after = quoted ? afterQuoted(text, at) : afterMatch(plain, text, at);
    end.lastIndex = after ?? 0;
    const found = after === undefined ? null : end.exec(text);
    if (after === undefined || found === null) throw wrongQuote(`${where}, line ${lineOf(text, at)}`);
    row.push(quoted ? text.slice(at + 1, after - 1).replaceAll('""', '"') : text.slice(at, after));
    at = end.lastIndex;
    if (found[0] === separator) continue;
    if (row.length > 1 || row[0] !== "" || quoted) rows.push(row);
    row = [];
  }
  return rows;
}

/** Where a quoted field that begins here ends; undefined if it does not. A loop: expressions fail on long fields. */
function afterQuoted(text: string, at: number): number | undefined {
  for (let quote = text.indexOf('"', at + 1); quote >= 0; quote = text.indexOf('"', quote + 2)) {
    if (text[quote + 1] !== '"') return quote + 1;
  }
  return undefined;
}

function afterMatch(expression: RegExp, text: string, at: number): number {
  expression.lastIndex = at;
  expression.exec(text);
  return expression.lastIndex;
}

/** The one that ends the first field. */
function separatorOf(text: string): "," | ";" {
  const field = /"(?:[^"]|"")*"|[^",;\r\n]*/y;
  field.exec(text);
  return text[field.lastIndex] === ";" ? ";" : ",";
}

const lineOf = (text: string, at: number) => text.slice(0, at).split(/\r\n|\n|\r/).length;

function wrongQuote(where: string): NoemaError {
  return new NoemaError("CSV_SYNTAX", {
    where,
    found: "a double quote inside a field, or one that is never closed",
    needed: 'fields with quotes are written "like ""this"""',
  });
}
