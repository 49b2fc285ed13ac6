/** @file How wide a text is in our font, and the text cut to a width: from the advances in the font's own tables. */
import { readFileSync } from "node:fs";
import { fontFiles } from "./lettering.js";

/** Where a weight's file stands in `fontFiles`. */
const weights = { 400: 0, 700: 1 } as const;

export type Weight = keyof typeof weights;

const measures = new Map<Weight, (character: number) => number>();

/** Width in pixels at this size of letters; kerning is not counted. */
export function textWidth(text: string, size: number, weight: Weight): number {
  const advance = measures.get(weight) ?? advances(readFileSync(fontFiles[weights[weight]]));
  measures.set(weight, advance);
  let width = 0;
  for (const character of text) width += advance(character.codePointAt(0)!);
  return width * size;
}

/** The text, or as much of its start and end as fit with … between them: names of layers differ at their ends. */
export function fitText(text: string, width: number, size: number, weight: Weight): string {
  if (textWidth(text, size, weight) <= width) return text;
  const characters = [...text];
  for (let kept = characters.length - 1; kept > 0; kept--) {
    const head = Math.ceil(kept / 2);
    const cut = `${characters.slice(0, head).join("").trimEnd()}…${characters
      .slice(characters.length - kept + head)
      .join("")
      .trimStart()}`;
    if (textWidth(cut, size, weight) <= width) return cut;
  }
  return "";
}

/** The advance of a character, as a share of the size of letters (OpenType: head, hhea, hmtx, and cmap of format 4). */
function advances(file: Buffer): (character: number) => number {
  const font = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const tables = new Map<string, number>();
  for (let i = 0; i < font.getUint16(4); i++) {
    tables.set(file.toString("latin1", 12 + 16 * i, 16 + 16 * i), font.getUint32(20 + 16 * i));
  }
  const at = (table: string) => tables.get(table)!;
  const unitsPerEm = font.getUint16(at("head") + 18);
  const metrics = font.getUint16(at("hhea") + 34);
  const glyphOf = characterMap(font, at("cmap"));
  return (character) => {
    const glyph = Math.min(glyphOf(character), metrics - 1);
    return font.getUint16(at("hmtx") + 4 * glyph) / unitsPerEm;
  };
}

function characterMap(font: DataView, cmap: number): (character: number) => number {
  const offsets = Array.from({ length: font.getUint16(cmap + 2) }, (_, i) => cmap + font.getUint32(cmap + 8 + 8 * i));
  const table = offsets.find((offset) => font.getUint16(offset) === 4)!;
  const segments = font.getUint16(table + 6);
  const field = (which: number, segment: number) => table + 14 + which * segments + 2 * segment + (which > 0 ? 2 : 0);
  return (character) => {
    for (let at = 0; at < segments / 2; at++) {
      if (font.getUint16(field(0, at)) < character) continue;
      const start = font.getUint16(field(1, at));
      if (start > character) return 0;
      const rangeAt = field(3, at);
      const range = font.getUint16(rangeAt);
      const delta = font.getUint16(field(2, at));
      if (range === 0) return (character + delta) & 0xffff;
      const glyph = font.getUint16(rangeAt + range + 2 * (character - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}
