/** @file panelHtml: tables of pictures as HTML, each picture within the page as WebP of its own size. */
import type { Caption, Panel, View } from "@noema/lenses";
import sharp from "sharp";
import { escapeXml as text } from "../pictures/lettering.js";
import type { Pixels } from "../pictures/png.js";
import { type CellOptions, cellPixels, type PictureShape } from "./cell.js";

export type PanelHtmlOptions = Pick<CellOptions, "outside">;

/** Of WebP, 0..100: small pictures that are looked at enlarged want it high. */
const quality = 92;

/** So many columns of a long sweep stand in its table; the player goes through all. */
const mostColumns = 11;

/** @returns HTML: one figure */
export async function panelHtml(panel: Panel, shape: PictureShape, options: PanelHtmlOptions): Promise<string> {
  const { rows, columns, pictures, marked = [], seen, axes, heading } = panel;
  const length = shape.channels * shape.height * shape.width;
  const shown = spread(columns.length, mostColumns);
  const sources = await Promise.all(
    Array.from({ length: rows.length * columns.length }, (_, i) =>
      pictureSource(pictures.subarray(i * length, (i + 1) * length), shape, options),
    ),
  );
  const hidden = (column: number) => (shown.has(column) ? "" : " hidden");
  const headers = await Promise.all(
    columns.map(async (caption, column) => {
      const style = seen !== undefined && column >= seen.first && column <= seen.last ? ' class="seen"' : "";
      return `<th scope="col"${style}${hidden(column)}>${await captionHtml(caption, shape, options)}</th>`;
    }),
  );
  const lines = await Promise.all(
    rows.map(async (caption, row) => {
      const cells = columns.map((column, c) => {
        const index = row * columns.length + c;
        const alt = `${column.text} ${caption.text}`;
        return `<td${marked.includes(index) ? ' class="marked"' : ""}${hidden(c)}><img src="${sources[index]}" alt="${text(alt)}"></td>`;
      });
      return `<tr><th scope="row"><div class="who">${await captionHtml(caption, shape, options)}</div></th>${cells.join("")}</tr>`;
    }),
  );
  const from = await Promise.all(
    [...(heading?.picture === undefined ? [] : [{ ...heading, text: "picture" }]), ...(panel.from ?? [])].map(
      async ({ text: words, picture }) =>
        `<figure><img src="${await pictureSource(picture!, shape, options)}" alt="${text(`${words}, ${heading?.text ?? ""}`)}"><figcaption>${text(words)}</figcaption></figure>`,
    ),
  );
  const title =
    heading === undefined
      ? ""
      : `<figcaption class="heading"><b>${text(heading.text)}</b>${heading.note === undefined ? "" : ` <small>${text(heading.note)}</small>`}</figcaption>`;
  const down = axes?.down === undefined ? "" : `<small>${text(axes.down)}</small>`;
  const style = `--columns:${shown.size};--aspect:${shape.width / shape.height}`;
  return `<figure class="panel${shown.size > 7 ? " dense" : ""}" style="${style}">${title}<div class="sheet">${from.length === 0 ? "" : `<div class="from">${from.join("")}</div>`}<div class="scroll"><table class="grid"><thead>${axisRow(panel, shown)}<tr><th>${down}</th>${headers.join("")}</tr></thead><tbody>${lines.join("")}</tbody></table></div></div></figure>`;
}

/** Over the captions: what changes along the columns, and over which of them it is as in training. */
function axisRow({ axes, seen, columns }: Panel, shown: ReadonlySet<number>): string {
  if (axes?.along === undefined && seen === undefined) return "";
  const within = (from: number, to: number) => [...shown].filter((column) => column >= from && column < to).length;
  const cell = (span: number, words: string, style: string) =>
    span === 0 ? "" : `<td class="${style}" colspan="${span}"><small>${words}</small></td>`;
  const along = axes?.along === undefined ? "" : `${text(axes.along)} →`;
  if (seen === undefined) return `<tr class="axis"><td></td>${cell(shown.size, along, "along")}</tr>`;
  const [before, after] = [within(0, seen.first), within(seen.last + 1, columns.length)];
  const training = cell(within(seen.first, seen.last + 1), "as in training", "training");
  const words = [before >= after ? along : "", before >= after ? "" : along];
  return `<tr class="axis"><td></td>${cell(before, words[0], "along")}${training}${cell(after, words[1], "along")}</tr>`;
}

/**
 * @param columns how many panels stand beside each other, where there is room. Default: of more than two, as many as fit
 * @returns HTML: figures, one after the other or beside each other
 */
export async function viewHtml({ panels, picture }: View, options: PanelHtmlOptions, columns?: 1 | 2): Promise<string> {
  const figures: string[] = [];
  for (const panel of panels) figures.push(await panelHtml(panel, picture, options));
  const style = columns === 2 ? " two" : columns === undefined && panels.length > 2 ? " many" : "";
  return `<div class="panels${style}">${figures.join("\n")}</div>`;
}

async function captionHtml({ text: words, note, picture }: Caption, shape: PictureShape, options: PanelHtmlOptions) {
  const image = picture === undefined ? "" : `<img src="${await pictureSource(picture, shape, options)}" alt="">`;
  const small = note === undefined ? "" : `<small>${text(note)}</small>`;
  return `<span>${text(words)}${small}</span>${image}`;
}

/** A picture as the address of itself. */
export async function pictureSource(
  picture: Float32Array,
  shape: PictureShape,
  options: PanelHtmlOptions,
): Promise<string> {
  return pixelsSource(cellPixels(picture, shape, options));
}

/** The same of pixels. */
export async function pixelsSource({ width, height, channels, data }: Pixels): Promise<string> {
  const webp = await sharp(data, { raw: { width, height, channels } }).webp({ quality }).toBuffer();
  return `data:image/webp;base64,${webp.toString("base64")}`;
}

/** At most so many places, evenly from the first to the last. */
function spread(count: number, most: number): ReadonlySet<number> {
  const kept = Math.min(count, most);
  return new Set(Array.from({ length: kept }, (_, i) => (kept < 2 ? 0 : Math.round((i * (count - 1)) / (kept - 1)))));
}
