/** @file A contact sheet: sections of pictures in rows under headings, with labels of rows, of columns and of pictures. */
import { drawSvg, escapeXml } from "./lettering.js";
import type { Pixels } from "./png.js";
import { fitText, textWidth, type Weight } from "./text-width.js";

interface SheetEntry {
  readonly picture: Pixels;
  /** What it shows; under it. */
  readonly title?: string;
  /** Where it is from, in smaller letters. */
  readonly note?: string;
}

export interface SheetRow {
  /** Left of the row. */
  readonly label?: string;
  /** Under its label, in smaller letters. */
  readonly note?: string;
  /** Undefined where a picture is missing. */
  readonly entries: readonly (SheetEntry | undefined)[];
}

export interface SheetSection {
  readonly heading?: string;
  /** Beside the heading, in smaller letters. */
  readonly note?: string;
  /** Over the columns. */
  readonly columns?: readonly string[];
  readonly rows?: readonly SheetRow[];
  /** In place of rows: pictures one after the other, as many in a row as the sheet has columns. */
  readonly entries?: readonly SheetEntry[];
}

export interface SheetOptions {
  readonly title: string;
  /** One line under the title. */
  readonly subtitle: string;
  /** Needed only by sections that have entries in place of rows. Default 8. */
  readonly columns?: number;
}

/** Distances in pixels. */
const margin = 32;
const gap = 12;
const sectionGap = 20;
/** The sheet is at least so wide, and for its title at most so much wider than its pictures. */
const narrowest = 480;
const widestTitle = 900;
/** Letters of a title that is too long for its sheet are made smaller, down to this. */
const smallestTitle = 16;
/** Labels left of rows are at most so wide. */
const widestLabel = 200;

/** Sizes of letters, and the heights of the lines that they stand in. */
const letters = {
  title: { size: 28, line: 40, weight: 700 },
  subtitle: { size: 14, line: 22, weight: 400 },
  heading: { size: 18, line: 34, weight: 700 },
  column: { size: 14, line: 25, weight: 700 },
  label: { size: 14, line: 20, weight: 700 },
  note: { size: 12, line: 17, weight: 400 },
} as const;

const ink = "#1c1c1c";
const faint = "#6b6b6b";

/** Draws the sheet. Texts are drawn first, cut with … where they do not fit; pictures are laid over them pixel for pixel. */
export function drawSheet(given: readonly SheetSection[], { title, subtitle, columns = 8 }: SheetOptions): Pixels {
  const sections = given.map((section) => ({ ...section, rows: rowsOf(section, columns) }));
  const page = layout(
    sections.flatMap(({ rows }) => rows),
    title,
  );
  const texts: string[] = [];
  const laid: { picture: Pixels; x: number; y: number }[] = [];
  const width = page.width - 2 * margin;
  const write = (words: string | undefined, style: keyof typeof letters, place: Omit<Place, "style">) => {
    if (words) texts.push(text(words, { ...place, style }));
  };
  let y = margin - 4;
  write(title, "title", { x: margin, y, width, fill: ink, size: page.titleSize });
  y += letters.title.line;
  write(subtitle, "subtitle", { x: margin, y, width, fill: faint });
  y += letters.subtitle.line;
  for (const { heading, note, columns, rows } of sections) {
    y += sectionGap;
    if (heading || note) {
      const beside = textWidth(note ?? "", letters.note.size, 400);
      write(heading, "heading", {
        x: margin,
        y,
        width: width - (beside === 0 ? 0 : Math.min(beside + 16, width / 2)),
        fill: ink,
      });
      // On one line with the heading, whose letters are larger.
      write(note, "note", { x: margin + width, y: y + 6, width: width / 2, fill: faint, end: true });
      y += letters.heading.line;
    }
    if (columns !== undefined) {
      columns.forEach((words, i) => {
        write(words, "column", { x: page.left + i * (page.cell.width + gap), y, width: page.cell.width, fill: ink });
      });
      y += letters.column.line;
    }
    rows.forEach((row, r) => {
      if (r > 0) y += gap;
      const height = Math.max(0, ...row.entries.map((entry) => entry?.picture.height ?? 0));
      const labelWidth = page.left - margin - gap;
      write(row.label, "label", { x: margin, y: y - 2, width: labelWidth, fill: ink });
      write(row.note, "note", {
        x: margin,
        y: y - 2 + (row.label ? letters.label.line : 0),
        width: labelWidth,
        fill: faint,
      });
      row.entries.forEach((entry, i) => {
        if (entry === undefined) return;
        const x = page.left + i * (page.cell.width + gap);
        laid.push({ picture: entry.picture, x, y });
        const below = y + height + 5;
        write(entry.title, "label", { x, y: below, width: page.cell.width, fill: ink });
        write(entry.note, "note", {
          x,
          y: below + (entry.title ? letters.label.line : 0),
          width: page.cell.width,
          fill: faint,
        });
      });
      y += Math.max(
        height + captionHeight(row),
        row.label ? letters.label.line + (row.note ? letters.note.line : 0) : 0,
      );
    });
  }
  const size = { width: page.width, height: Math.ceil(y + margin) };
  const sheet = drawSvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">${texts.join("")}</svg>`,
  );
  for (const { picture, x, y: top } of laid) lay(sheet, picture, x, Math.round(top));
  return sheet;
}

function rowsOf({ rows = [], entries = [] }: SheetSection, columns: number): readonly SheetRow[] {
  const count = Math.ceil(entries.length / columns);
  return [
    ...rows,
    ...Array.from({ length: count }, (_, i) => ({ entries: entries.slice(i * columns, (i + 1) * columns) })),
  ];
}

/** Cells are as wide as the widest picture. */
function layout(rows: readonly SheetRow[], title: string) {
  const cell = { width: Math.max(1, ...rows.flatMap(({ entries }) => entries.map((one) => one?.picture.width ?? 0))) };
  const widthOf = (words: string | undefined, { size, weight }: { size: number; weight: Weight }) =>
    words ? textWidth(words, size, weight) : 0;
  const labels = rows.map(({ label, note }) => Math.max(widthOf(label, letters.label), widthOf(note, letters.note)));
  const labelWidth = Math.ceil(Math.min(widestLabel, Math.max(0, ...labels)));
  const left = margin + (labelWidth === 0 ? 0 : labelWidth + gap);
  const columns = Math.max(1, ...rows.map(({ entries }) => entries.length));
  const own = Math.max(narrowest, left + columns * (cell.width + gap) - gap + margin);
  const perPx = widthOf(title, { size: 1, weight: 700 });
  const titleSize = Math.max(smallestTitle, Math.min(letters.title.size, Math.floor((own - 2 * margin) / perPx)));
  const width = Math.max(own, Math.min(widestTitle, titleSize * perPx + 2 * margin));
  return { cell, left, titleSize, width: Math.ceil(width) };
}

function captionHeight({ entries }: SheetRow): number {
  const title = entries.some((entry) => entry?.title) ? letters.label.line : 0;
  const note = entries.some((entry) => entry?.note) ? letters.note.line : 0;
  return title + note === 0 ? 0 : title + note + 8;
}

interface Place {
  readonly style: keyof typeof letters;
  readonly x: number;
  /** The top of its line. */
  readonly y: number;
  /** What does not fit is cut. */
  readonly width: number;
  readonly fill: string;
  /** Of the letters, in place of the style's. */
  readonly size?: number;
  /** x is where it ends, not where it starts. */
  readonly end?: boolean;
}

function text(words: string, { style, x, y, width, fill, size = letters[style].size, end = false }: Place): string {
  const { weight } = letters[style];
  const font = `font-family="Atkinson Hyperlegible" font-size="${size}" font-weight="${weight}" fill="${fill}"`;
  const shown = escapeXml(fitText(words, width, size, weight));
  // Letters stand on a line a fifth of their size above the bottom of theirs.
  return `<text x="${x}" y="${y + letters[style].size}" text-anchor="${end ? "end" : "start"}" ${font}>${shown}</text>`;
}

/** Squares behind transparent pictures, in pixels and shades. */
const checkPx = 8;
const checkShades = [255, 228];

/** Lays a picture over an RGB sheet, pixel for pixel; behind what is transparent there are squares. */
export function lay(sheet: Pixels, { width, height, channels, data }: Pixels, left: number, top: number): void {
  const colours = channels < 3 ? 1 : 3;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * channels;
      const opacity = channels === colours ? 1 : data[at + colours] / 255;
      const behind = checkShades[(Math.floor(x / checkPx) + Math.floor(y / checkPx)) % 2];
      for (let c = 0; c < 3; c++) {
        // A grey picture has one channel for all three.
        const value = data[at + (colours === 1 ? 0 : c)];
        sheet.data[((top + y) * sheet.width + left + x) * 3 + c] = Math.round(value * opacity + behind * (1 - opacity));
      }
    }
  }
}
