/** @file A contact sheet: sections of pictures in a row under headings, each picture with a label. */
import { drawSvg, escapeXml } from "./lettering.js";
import type { Pixels } from "./png.js";

interface SheetEntry {
  /** The same size for all. */
  readonly picture: Pixels;
  /** What it shows. */
  readonly title: string;
  /** Where it is from, in smaller letters. */
  readonly note: string;
}

export interface SheetSection {
  readonly heading: string;
  /** Beside the heading, in smaller letters. */
  readonly note: string;
  readonly entries: readonly SheetEntry[];
}

export interface SheetOptions {
  readonly title: string;
  /** One line under the title. */
  readonly subtitle: string;
  readonly columns: number;
}

/** Distances in pixels, and sizes of letters. */
const margin = 32;
const gap = 16;
const titlePx = 28;
const smallPx = 14;
const headPx = { title: 40, subtitle: 30, heading: 46, label: 44 };

const ink = "#1c1c1c";
const faint = "#666666";

/** Draws the sheet. Texts are drawn first, pictures are laid over them pixel for pixel. */
export function drawSheet(sections: readonly SheetSection[], { title, subtitle, columns }: SheetOptions): Pixels {
  const { width, height } = sections[0].entries[0].picture;
  const texts: string[] = [];
  const pictures: { picture: Pixels; x: number; y: number }[] = [];
  let y = margin;
  const write = (words: string, style: Omit<TextStyle, "y">, below: number) =>
    texts.push(text({ ...style, y: y + below }, words));

  write(title, { x: margin, size: titlePx, weight: 700, fill: ink }, titlePx);
  y += headPx.title;
  write(subtitle, { x: margin, size: smallPx, weight: 400, fill: faint }, smallPx);
  y += headPx.subtitle;
  for (const { heading, note, entries } of sections) {
    write(heading, { x: margin, size: 18, weight: 700, fill: ink }, 30);
    write(note, { x: margin + columns * (width + gap) - gap, size: smallPx, weight: 400, fill: faint, end: true }, 30);
    y += headPx.heading;
    entries.forEach((entry, i) => {
      const x = margin + (i % columns) * (width + gap);
      if (i > 0 && i % columns === 0) y += height + headPx.label + gap;
      pictures.push({ picture: entry.picture, x, y });
      write(entry.title, { x, size: 16, weight: 700, fill: ink }, height + 20);
      write(entry.note, { x, size: smallPx, weight: 400, fill: faint }, height + 38);
    });
    y += height + headPx.label + gap;
  }
  const size = { width: 2 * margin + columns * (width + gap) - gap, height: y - gap + margin };
  const sheet = drawSvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">${texts.join("")}</svg>`,
  );
  for (const { picture, x, y: top } of pictures) lay(sheet, picture, x, top);
  return sheet;
}

interface TextStyle {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly weight: 400 | 700;
  readonly fill: string;
  /** x is where it ends, not where it starts. */
  readonly end?: boolean;
}

function text({ x, y, size, weight, fill, end = false }: TextStyle, words: string): string {
  const style = `font-family="Atkinson Hyperlegible" font-size="${size}" font-weight="${weight}" fill="${fill}"`;
  return `<text x="${x}" y="${y}" text-anchor="${end ? "end" : "start"}" ${style}>${escapeXml(words)}</text>`;
}

function lay(sheet: Pixels, { width, height, channels, data }: Pixels, left: number, top: number): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        // A grey picture has one channel for all three.
        const value = data[(y * width + x) * channels + (channels === 1 ? 0 : c)];
        sheet.data[((top + y) * sheet.width + left + x) * 3 + c] = value;
      }
    }
  }
}
