/** @file The figure of a comparison of directions: the answer, every direction as a dot, and pictures of some of each kind. */

import sharp from "sharp";
import { drawSvg, escapeXml } from "../pictures/lettering.js";
import { encodePng, type Pixels } from "../pictures/png.js";
import { readPicture } from "../pictures/read-picture.js";
import type { Report } from "./report.js";
import { heading, stripPlot } from "./strip-plot.js";

const px = { margin: 36, width: 1180, label: 190, dream: 124, thumb: 60, gap: 4, block: 284, row: 176 };

const ink = "#1c1c1c";
const faint = "#6b6b6b";

/** A thumbnail of a picture, square. */
export type Thumbnail = (picture: number, sidePx: number) => Promise<Pixels>;

export async function drawFigure(report: Report, thumbnail: Thumbnail): Promise<Uint8Array> {
  const { kinds, comparison, shown, verdict, labellings } = report;
  const inner = px.width - 2 * px.margin;
  const plot = stripPlot(kinds, comparison, inner);
  const answer = wrapped(verdict[0] ?? "", 92);
  const texts: string[] = [];
  const pictures: { pixels: Pixels; x: number; y: number }[] = [];
  const write = (x: number, y: number, words: string, size: number, fill = ink, bold = false) =>
    texts.push(
      `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}"${bold ? ' font-weight="700"' : ""}>${escapeXml(words)}</text>`,
    );
  let y = px.margin + 26;
  write(px.margin, y, `Directions of ${report.layer}`, 28, ink, true);
  y += 28;
  write(px.margin, y, summaryOf(report), 15, faint);
  y += 14;
  for (const line of answer) {
    y += 25;
    write(px.margin, y, line, 19);
  }
  y += 28;
  texts.push(`<g transform="translate(${px.margin} ${y})">${plot.svg}</g>`);
  y += plot.height + 34;
  const dreams = shown.flat().some(({ dream }) => dream !== undefined);
  if (shown.some((directions) => directions.length > 0)) {
    const caption = dreams
      ? "Left a dream of the direction, right the four unseen pictures that excite it most"
      : "The four unseen pictures that excite the direction most";
    write(px.margin, y, caption, 15, faint);
    y += 20;
  }
  for (const [k, directions] of shown.entries()) {
    if (directions.length === 0) continue;
    for (const [i, line] of wrapped(heading(kinds[k].name), 20).entries()) {
      write(px.margin, y + 20 + 20 * i, line, 16, ink, true);
    }
    for (const [column, { direction, role, dream }] of directions.slice(0, 3).entries()) {
      const x = px.margin + px.label + column * px.block;
      if (dream !== undefined) pictures.push({ pixels: await resized(dream, px.dream), x, y });
      const first = direction.first.slice(0, 4);
      for (const [i, picture] of first.entries()) {
        const [right, down] = [i % 2, i >> 1].map((at) => at * (px.thumb + px.gap));
        const beside = dream === undefined ? x : x + px.dream + px.gap;
        pictures.push({ pixels: await thumbnail(picture, px.thumb), x: beside + right, y: y + down });
      }
      const label = labellings[direction.labelling].labels[direction.label];
      const score = direction.beyondChance.toFixed(2).replace("-", "−");
      write(x, y + px.dream + 18, clipped(`${direction.name}: ${label} ${score}`, 36), 14);
      write(x, y + px.dream + 35, role, 13, faint);
    }
    y += px.row;
  }
  const height = y + px.margin - 8;
  const sheet = drawSvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${px.width}" height="${height}" font-family="Atkinson Hyperlegible">${texts.join("")}</svg>`,
  );
  for (const { pixels, x, y: top } of pictures) lay(sheet, pixels, x, top);
  return encodePng(sheet);
}

/** One line that says what was compared. */
export function summaryOf({ model, pictures, labellings, options, halves }: Report): string {
  const labels = labellings.map(({ name, labels: own }) => `${own.length} labels by ${name}`).join(", ");
  return `${model}, ${pictures.length} pictures with ${labels}; chosen on ${halves.choosing.length}, measured on ${halves.measuring.length}; ${options.positions} over positions; seed ${options.seed}`;
}

/** Reads a picture's thumbnail. */
export async function readThumbnail(path: string, sidePx: number): Promise<Pixels> {
  const { data } = await readPicture(path, { width: sidePx, height: sidePx, channels: 3 });
  const plane = sidePx * sidePx;
  const pixels = new Uint8Array(3 * plane);
  for (let i = 0; i < plane; i++) for (let c = 0; c < 3; c++) pixels[3 * i + c] = Math.round(255 * data[c * plane + i]);
  return { width: sidePx, height: sidePx, channels: 3, data: pixels };
}

/** Square, without what stands over. */
async function resized({ width, height, channels, data }: Pixels, sidePx: number): Promise<Pixels> {
  const { data: small, info } = await sharp(data, { raw: { width, height, channels } })
    .resize(sidePx, sidePx, { fit: "cover" })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: sidePx, height: sidePx, channels: info.channels === 1 ? 1 : 3, data: small };
}

function lay(sheet: Pixels, { width, height, channels, data }: Pixels, left: number, top: number): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        sheet.data[((top + y) * sheet.width + left + x) * 3 + c] =
          data[(y * width + x) * channels + (channels === 1 ? 0 : c)];
      }
    }
  }
}

/** Lines of so many characters at most, as far as words allow. */
function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const clipped = (text: string, most: number) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
