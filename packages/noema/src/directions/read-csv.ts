/** @file readCsv: a table of texts, separated by commas (RFC 4180). */
import { NoemaError } from "@noema/engine";

/**
 * Fields may stand in double quotes and then hold commas, line ends, and double quotes written twice. Empty lines are left
 * out; line ends of all systems and a byte order mark are read.
 *
 * @param where what messages call the file
 * @throws NoemaError CSV_SYNTAX
 */
export function readCsv(text: string, where: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  // One field and what ends it: a quoted one, or one without quotes; then a comma, a line's end or the text's.
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;
  field.lastIndex = text.startsWith("\ufeff") ? 1 : 0;
  while (field.lastIndex < text.length || row.length > 0) {
    const at = field.lastIndex;
    const found = field.exec(text);
    if (found === null) {
      const line = text.slice(0, at).split(/\r\n|\n|\r/).length;
      throw new NoemaError("CSV_SYNTAX", {
        where: `${where}, line ${line}`,
        found: "a double quote inside a field, or one that is never closed",
        needed: 'fields with quotes are written "like ""this"""',
      });
    }
    const [, quoted, plain, end] = found;
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ",") continue;
    if (row.length > 1 || row[0] !== "" || quoted !== undefined) rows.push(row);
    row = [];
  }
  return rows;
}
