/** @file drawArchitecture: an autoencoder as bars, high as their layers are wide, narrowing to label and latents. */
import { escapeXml as text } from "../pictures/lettering.js";
import type { PictureShape } from "./cell.js";

interface LayerShape {
  /** How many numbers it gives. */
  readonly size: number;
  /** What is written under it. Default: its size. */
  readonly name?: string;
}

export interface ArchitectureShape {
  readonly picture: PictureShape;
  readonly encoder: readonly LayerShape[];
  /** What the label is of, such as "digit", and how many there are. */
  readonly label: LayerShape;
  readonly latents: number;
  readonly decoder: readonly LayerShape[];
}

const px = { width: 1040, height: 250, top: 26, high: 168, low: 14, bar: 12, gap: 34 } as const;

/** @returns SVG in the colours of the page */
export function drawArchitecture({ picture, encoder, label, latents, decoder }: ArchitectureShape): string {
  const { channels, height, width } = picture;
  const pixels = channels * height * width;
  const size = `${width}×${height}${channels === 3 ? ", colour" : channels === 1 ? "" : `, ${channels} channels`}`;
  const sides = [
    [{ size: pixels, name: size }, ...encoder],
    [...decoder, { size: pixels, name: size }],
  ];
  const largest = Math.max(...sides.flat().map((layer) => layer.size));
  // By the cube root: layers of 2 and of 12288 numbers are seen beside each other.
  const tall = (count: number) => Math.max(px.low, px.high * Math.cbrt(count / largest));
  const columns = sides[0].length + 1 + sides[1].length;
  const x = (column: number) => 46 + ((px.width - 92) * column) / (columns - 1);
  const middle = px.top + px.high / 2;
  const bar = (column: number, count: number, centre = middle) => ({
    ...{ left: x(column) - px.bar / 2, right: x(column) + px.bar / 2 },
    ...{ top: centre - tall(count) / 2, bottom: centre + tall(count) / 2 },
  });
  type Bar = ReturnType<typeof bar>;
  const drawn = (one: Bar, style: string) =>
    `<rect class="${style}" x="${round(one.left)}" y="${round(one.top)}" width="${px.bar}" height="${round(one.bottom - one.top)}"/>`;
  const flow = (from: Bar, to: Bar) =>
    `<path class="flow" d="M${round(from.right)} ${round(from.top)}L${round(to.left)} ${round(to.top)}V${round(to.bottom)}L${round(from.right)} ${round(from.bottom)}Z"/>`;
  const under = (one: Bar, words: string, style = "") =>
    `<text class="${style}" x="${round((one.left + one.right) / 2)}" y="${round(one.bottom + 17)}" text-anchor="middle">${text(words)}</text>`;
  const [before, after] = [sides[0].length, sides[0].length + 1];
  const apart = (tall(label.size) + tall(latents) + px.gap) / 2;
  const labelBar = bar(before, label.size, middle - apart + tall(label.size) / 2);
  const latentBar = bar(before, latents, middle + apart - tall(latents) / 2);
  const left = sides[0].map((layer, i) => ({ layer, one: bar(i, layer.size) }));
  const right = sides[1].map((layer, i) => ({ layer, one: bar(after + i, layer.size) }));
  const parts = [
    ...[left, right].flatMap((side) => side.slice(1).map(({ one }, i) => flow(side[i].one, one))),
    ...[labelBar, latentBar].flatMap((code) => [flow(left[left.length - 1].one, code), flow(code, right[0].one)]),
    ...[...left, ...right].flatMap(({ layer, one }) => [
      drawn(one, "layer"),
      under(one, layer.name ?? `${layer.size}`),
    ]),
    drawn(labelBar, "label"),
    under(labelBar, label.name ?? `${label.size} labels`, "strong"),
    drawn(latentBar, "latent"),
    under(latentBar, latents === 1 ? "1 latent" : `${latents} latents`, "strong"),
  ];
  const words = `Encoder: ${[size, ...encoder.map((one) => one.name ?? one.size)].join(", ")}; label ${label.size}, latents ${latents}; decoder: ${[...decoder.map((one) => one.name ?? one.size), size].join(", ")}`;
  return `<svg class="architecture" viewBox="0 0 ${px.width} ${px.height}" role="img" aria-label="${text(words)}">${parts.join("")}</svg>`;
}

const round = (value: number) => Math.round(value * 10) / 10;
