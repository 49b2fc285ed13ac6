/** @file A contact sheet: pictures in a grid under a title, each with a label. */
import { drawSvg, escapeXml } from "./lettering.js";
import type { Pixels } from "./png.js";

export interface SheetEntry {
  /** The same size for all. */
  readonly picture: Pixels;
  /** What it shows. */
  readonly title: string;
  /** Where it is from, in smaller letters. */
  readonly note: string;
}

export interface SheetOptions {
  readonly title: string;
  /** One line under the title. */
  readonly subtitle: string;
  readonly columns: number;
}

/** Distances in pixels. */
const margin = 36;
const gap = 20;
const headHeight = 84;
const labelHeight = 46;

const ink = "#1c1c1c";
const faint = "#6b6b6b";

/** Draws the sheet. Texts are drawn first, pictures are laid over them pixel for pixel. */
export function drawSheet(entries: readonly SheetEntry[], { title, subtitle, columns }: SheetOptions): Pixels {
  const { width, height } = entries[0].picture;
  const rows = Math.ceil(entries.length / columns);
  const place = (i: number) => ({
    x: margin + (i % columns) * (width + gap),
    y: margin + headHeight + Math.floor(i / columns) * (height + labelHeight + gap),
  });
  const size = {
    width: 2 * margin + columns * (width + gap) - gap,
    height: 2 * margin + headHeight + rows * (height + labelHeight + gap) - gap,
  };
  const texts = [
    text({ x: margin, y: margin + 26, size: 28, weight: 700, fill: ink }, title),
    text({ x: margin, y: margin + 54, size: 16, weight: 400, fill: faint }, subtitle),
    ...entries.flatMap((entry, i) => {
      const { x, y } = place(i);
      return [
        text({ x, y: y + height + 21, size: 17, weight: 700, fill: ink }, entry.title),
        text({ x, y: y + height + 40, size: 13, weight: 400, fill: faint }, entry.note),
      ];
    }),
  ];
  const sheet = drawSvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">${texts.join("")}</svg>`,
  );
  entries.forEach(({ picture }, i) => {
    lay(sheet, picture, place(i));
  });
  return sheet;
}

interface TextStyle {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly weight: 400 | 700;
  readonly fill: string;
}

function text({ x, y, size, weight, fill }: TextStyle, words: string): string {
  const style = `font-family="Atkinson Hyperlegible" font-size="${size}" font-weight="${weight}" fill="${fill}"`;
  return `<text x="${x}" y="${y}" ${style}>${escapeXml(words)}</text>`;
}

function lay(sheet: Pixels, picture: Pixels, at: { x: number; y: number }): void {
  const { width, height, channels, data } = picture;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        // A grey picture has one channel for all three.
        const value = data[(y * width + x) * channels + (channels === 1 ? 0 : c)];
        sheet.data[((at.y + y) * sheet.width + at.x + x) * 3 + c] = value;
      }
    }
  }
}
