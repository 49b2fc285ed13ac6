/** @file drawView: what a lens of factors or atoms shows, as one picture with titles, captions and frames. */
import { NoemaError } from "@noema/engine";
import type { Caption, Panel, View } from "@noema/lenses";
import { drawSvg, escapeXml } from "../pictures/lettering.js";
import type { Pixels } from "../pictures/png.js";
import { lay } from "../pictures/sheet.js";
import { fitText, textWidth, type Weight } from "../pictures/text-width.js";
import { type CellOptions, cellPixels, cellWidth, type PictureShape } from "./cell.js";
import { readings, type ViewName } from "./reading.js";

export interface ViewOptions extends Omit<CellOptions, "factor"> {
  /** Default: that of the view. */
  readonly title?: string;
  /** Under the title. Default: how the view is read. */
  readonly subtitle?: string;
  /** Pixels to a side that pictures are brought near to, by whole factors. Default: by how many there are. */
  readonly cellPx?: number;
}

/** Distances in pixels. */
const px = {
  margin: 36,
  gap: 4,
  header: 12,
  panelX: 48,
  panelY: 40,
  widest: 1760,
  narrowest: 640,
  label: 190,
} as const;

const letters = {
  title: { size: 28, weight: 700 },
  subtitle: { size: 15, weight: 400 },
  heading: { size: 17, weight: 700 },
  label: { size: 14, weight: 700 },
  note: { size: 12, weight: 400 },
} as const;
const line = { title: 40, subtitle: 22, heading: 28, label: 18, note: 16 } as const;

const ink = "#1c1c1c";
const faint = "#6b6b6b";
const mark = "#c2370e";

/** 10,000 by 10,000: more is no picture that anyone looks at. */
const mostPixels = 1e8;

/**
 * @returns RGB; panels one under the other, small ones beside each other
 * @throws NoemaError SHEET_TOO_LARGE
 */
export function drawView(name: ViewName, view: View, options: ViewOptions = {}): Pixels {
  const reading = readings[name];
  const title = options.title ?? reading.title;
  const { cellPx = usualCellPx(view) } = options;
  const factor = Math.max(1, Math.round(cellPx / Math.max(view.picture.height, cellWidth(view.picture))));
  const cell = { width: factor * cellWidth(view.picture), height: factor * view.picture.height };
  const plans = view.panels.map((panel) => planOf(panel, cell));
  const places = flow(plans);
  const width = Math.max(
    px.narrowest,
    Math.min(px.widest, Math.ceil(textWidth(title, letters.title.size, letters.title.weight)) + 2 * px.margin),
    places.right + px.margin,
  );
  checkRoom(width, places.bottom);
  const sheet = new Canvas(view.picture, { ...options, factor });
  const inner = width - 2 * px.margin;
  let y = px.margin;
  sheet.write(title, "title", { x: px.margin, y, width: inner });
  y += line.title;
  const more =
    options.outside === "rescale"
      ? " Pictures that go beyond black or white are drawn with less contrast, so that nothing is cut off."
      : "";
  for (const words of wrapped((options.subtitle ?? reading.words) + more, Math.min(inner, 900), letters.subtitle)) {
    sheet.write(words, "subtitle", { x: px.margin, y, width: inner, fill: faint });
    y += line.subtitle;
  }
  y += 24;
  plans.forEach((plan, i) => {
    drawPanel(sheet, plan, { x: places.at[i].x, y: y + places.at[i].y });
  });
  return sheet.drawn(width, Math.ceil(y + places.bottom + px.margin));
}

function checkRoom(width: number, height: number): void {
  if (width * height <= mostPixels) return;
  throw new NoemaError("SHEET_TOO_LARGE", {
    where: "picture of a view",
    found: `${Math.round(width)}×${Math.round(height)} pixels`,
    needed: "it may have 100 million",
    remedy: "Take fewer pictures, labels or values, or smaller cells.",
  });
}

/** Few pictures are drawn large, tables of many small. */
function usualCellPx({ panels }: View): number {
  const most = Math.max(...panels.map(({ columns }) => columns.length));
  return panels.length > 2 && most > 6 && panels.every(({ rows }) => rows.length > 6) ? 56 : most > 14 ? 56 : 84;
}

/** A panel, and where its parts stand in it. */
interface Plan {
  readonly panel: Panel;
  readonly cell: { readonly width: number; readonly height: number };
  readonly top: {
    readonly heading: number;
    readonly along: number;
    readonly captions: number;
    readonly picture: number;
  };
  readonly left: { readonly from: number; readonly label: number; readonly picture: number };
  readonly width: number;
  readonly height: number;
}

function planOf(panel: Panel, cell: Plan["cell"]): Plan {
  const { rows, columns, heading, axes, seen } = panel;
  const from = fromOf(panel);
  const noted = columns.some(({ note }) => note !== undefined);
  const top = {
    heading: heading === undefined ? 0 : line.heading,
    along: axes?.along === undefined && seen === undefined ? 0 : line.note + 4,
    captions: line.label + (noted ? line.note : 0) + (seen === undefined ? 2 : 9),
    picture: columns.some(({ picture }) => picture) ? cell.height + px.header : 0,
  };
  const widths = rows.flatMap(({ text, note }) => [
    textWidth(text, letters.label.size, letters.label.weight),
    textWidth(note ?? "", letters.note.size, letters.note.weight),
  ]);
  const down = axes?.down === undefined ? 0 : textWidth(axes.down, letters.note.size, letters.note.weight);
  const left = {
    from: from.length === 0 ? 0 : cell.width + 2 * px.header,
    label: Math.ceil(Math.min(px.label, Math.max(down, ...widths))) + px.header,
    picture: rows.some(({ picture }) => picture) ? cell.width + px.header : 0,
  };
  const across = (count: number, side: number) => count * (side + px.gap) - px.gap;
  const above = top.heading + top.along + top.captions + top.picture;
  const beside = left.from + left.label + left.picture;
  const headingWidth =
    heading === undefined
      ? 0
      : textWidth(heading.text, letters.heading.size, letters.heading.weight) +
        textWidth(heading.note ?? "", letters.note.size, letters.note.weight) +
        px.header;
  return {
    ...{ panel, cell, top, left },
    width: Math.ceil(Math.max(beside + across(columns.length, cell.width), Math.min(headingWidth, 400))),
    height: Math.max(
      above + across(rows.length, cell.height),
      top.heading + top.along + top.captions + from.length * (cell.height + line.note + 10),
    ),
  };
}

/** Pictures that stand left of the panel. */
function fromOf({ from = [], heading }: Panel): readonly Caption[] {
  return [...(heading?.picture === undefined ? [] : [{ text: "picture", picture: heading.picture }]), ...from];
}

/** Panels one after the other, as many beside each other as fit. */
function flow(plans: readonly Plan[]) {
  const at: { x: number; y: number }[] = [];
  let [x, y, tallest, right] = [px.margin, 0, 0, 0];
  for (const { width, height } of plans) {
    if (x > px.margin && x + width > px.widest - px.margin) {
      x = px.margin;
      y += tallest + px.panelY;
      tallest = 0;
    }
    at.push({ x, y });
    right = Math.max(right, x + width);
    tallest = Math.max(tallest, height);
    x += width + px.panelX;
  }
  return { at, right, bottom: y + tallest };
}

function drawPanel(sheet: Canvas, { panel, cell, top, left }: Plan, { x, y }: { x: number; y: number }): void {
  const { heading, axes, rows, columns, pictures, marked = [], seen } = panel;
  if (heading !== undefined) {
    sheet.write(heading.text, "heading", { x, y, width: 400 });
    const after = x + textWidth(heading.text, letters.heading.size, letters.heading.weight) + px.header;
    sheet.write(heading.note, "note", { x: after, y: y + 5, width: 300, fill: faint });
  }
  const grid = {
    x: x + left.from + left.label + left.picture,
    y: y + top.heading + top.along + top.captions + top.picture,
  };
  const columnX = (column: number) => grid.x + column * (cell.width + px.gap);
  const captionY = y + top.heading + top.along;
  if (seen === undefined) {
    sheet.write(axes?.along, "note", { x: grid.x, y: y + top.heading, width: 600, fill: faint });
  } else {
    const [first, last] = [columnX(seen.first), columnX(seen.last) + cell.width];
    sheet.rule(first, captionY + line.label + 3, last - first);
    const words = "as in training";
    const reach = textWidth(words, letters.note.size, letters.note.weight) / 2;
    const middle = (first + last) / 2;
    sheet.write(words, "note", { x: middle, y: y + top.heading, width: 200, fill: mark, anchor: "middle" });
    sheet.write(axes?.along, "note", {
      x: grid.x,
      y: y + top.heading,
      width: middle - reach - grid.x - 8,
      fill: faint,
    });
  }
  fromOf(panel).forEach(({ text, picture }, i) => {
    const at = grid.y - top.picture + i * (cell.height + line.note + 10);
    if (picture !== undefined) sheet.lay(picture, 0, x, at);
    sheet.write(text, "note", { x, y: at + cell.height + 2, width: cell.width, fill: faint });
  });
  sheet.write(axes?.down, "note", {
    x: x + left.from,
    y: captionY + 3,
    width: left.label + left.picture - 4,
    fill: faint,
  });
  columns.forEach(({ text, note, picture }, column) => {
    const middle = columnX(column) + cell.width / 2;
    const width = cell.width + px.gap;
    sheet.write(text, "label", { x: middle, y: captionY, width, anchor: "middle" });
    sheet.write(note, "note", { x: middle, y: captionY + line.label, width, fill: faint, anchor: "middle" });
    if (picture !== undefined) sheet.lay(picture, 0, columnX(column), grid.y - top.picture);
  });
  rows.forEach(({ text, note, picture }, row) => {
    const rowY = grid.y + row * (cell.height + px.gap);
    const words = line.label + (note === undefined ? 0 : line.note);
    const middle = rowY + Math.max(0, (cell.height - words) / 2);
    sheet.write(text, "label", { x: x + left.from, y: middle, width: left.label - 6 });
    sheet.write(note, "note", { x: x + left.from, y: middle + line.label, width: left.label - 6, fill: faint });
    if (picture !== undefined) sheet.lay(picture, 0, x + left.from + left.label, rowY);
    columns.forEach((_, column) => {
      const index = row * columns.length + column;
      sheet.lay(pictures, index, columnX(column), rowY);
      if (marked.includes(index)) sheet.frame(columnX(column), rowY, cell);
    });
  });
}

interface Words {
  readonly x: number;
  /** The top of its line. */
  readonly y: number;
  /** What does not fit is cut. */
  readonly width: number;
  readonly fill?: string;
  readonly anchor?: "start" | "middle";
}

/** Collects what is to be drawn: letters and lines first, pictures over them. */
class Canvas {
  readonly #svg: string[] = [];
  readonly #laid: { picture: Pixels; x: number; y: number }[] = [];
  readonly #shape: PictureShape;
  readonly #options: CellOptions;

  constructor(shape: PictureShape, options: CellOptions) {
    this.#shape = shape;
    this.#options = options;
  }

  write(words: string | undefined, style: keyof typeof letters, place: Words): void {
    if (words === undefined || words === "") return;
    const { size, weight }: { size: number; weight: Weight } = letters[style];
    const { x, y, width, fill = ink, anchor = "start" } = place;
    const shown = escapeXml(fitText(words, width, size, weight));
    this.#svg.push(
      `<text x="${x}" y="${y + size}" text-anchor="${anchor}" font-size="${size}" font-weight="${weight}" fill="${fill}">${shown}</text>`,
    );
  }

  rule(x: number, y: number, width: number): void {
    this.#svg.push(`<rect x="${x}" y="${y}" width="${width}" height="2.5" fill="${mark}"/>`);
  }

  /** Around a cell, in the gap between it and its neighbours. */
  frame(x: number, y: number, { width, height }: Plan["cell"]): void {
    this.#svg.push(
      `<rect x="${x - 3}" y="${y - 3}" width="${width + 6}" height="${height + 6}" fill="${mark}"/>`,
      `<rect x="${x - 1}" y="${y - 1}" width="${width + 2}" height="${height + 2}" fill="#ffffff"/>`,
    );
  }

  lay(pictures: Float32Array, index: number, x: number, y: number): void {
    const { channels, height, width } = this.#shape;
    const length = channels * height * width;
    const picture = cellPixels(pictures.subarray(index * length, (index + 1) * length), this.#shape, this.#options);
    this.#laid.push({ picture, x: Math.round(x), y: Math.round(y) });
  }

  drawn(width: number, height: number): Pixels {
    const sheet = drawSvg(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="Atkinson Hyperlegible">${this.#svg.join("")}</svg>`,
    );
    for (const { picture, x, y } of this.#laid) lay(sheet, picture, x, y);
    return sheet;
  }
}

/** Lines that are no wider than this. */
export function wrapped(text: string, width: number, { size, weight }: { size: number; weight: Weight }): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && textWidth(longer, size, weight) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
