/** @file The page of a tour: every channel of a layer, what it dreams of and what excites it, to look through and search. */
import { readFileSync } from "node:fs";
import { fontFaces } from "../pictures/font-faces.js";
import { escapeXml as text } from "../pictures/lettering.js";

/** A dream as the page shows it. */
export interface PageDream {
  /** WebP; null where it is not drawn yet. */
  readonly webp: Uint8Array | null;
  /** The same as PNG, within the folder; null where there is none. */
  readonly file: string | null;
  /** What the channel answers to it. */
  readonly value: number | null;
  readonly failure: string | null;
  /** Draws it again. */
  readonly command: string;
}

/** What excites a channel most, or least. */
export interface PageSide {
  readonly top: readonly {
    /** Place in `photographs`. */
    readonly photograph: number;
    readonly value: number;
    /** The part that excites it: left, top, width and height in shares of the photograph. */
    readonly crop: readonly [number, number, number, number] | null;
  }[];
  /** Minimum, lower quartile, median, upper quartile and maximum over all photographs. */
  readonly quantiles: readonly number[];
  readonly histogram: readonly number[];
}

export interface PageChannel {
  readonly channel: number;
  /** What it is called, of layers whose units are classes. */
  readonly title: string | null;
  /** Of the channel and, where asked for, of its negative. */
  readonly dreams: readonly PageDream[];
  /** The same for photographs; null where there are none. */
  readonly sides: readonly PageSide[] | null;
  /** Share of photographs to which it answers nothing above 0. */
  readonly silent: number | null;
  readonly selectivity: number | null;
  /** It answers nothing above 0 to any photograph, or to all the same. */
  readonly dead: boolean;
}

interface PagePhotograph {
  readonly name: string;
  readonly label: string | null;
  /** WebP; null where it is gone. */
  readonly webp: Uint8Array | null;
  /** The same within the folder. */
  readonly file: string;
}

export interface Page {
  readonly model: string;
  readonly layer: string;
  /** How many channels the layer has. */
  readonly of: number;
  /** How the dreams are drawn, in a few words. */
  readonly manner: string;
  /** Width over height of a dream, and of what the network is shown. */
  readonly aspect: number;
  readonly photographAspect: number;
  readonly channels: readonly PageChannel[];
  readonly photographs: readonly PagePhotograph[];
  /** Null where no photographs were looked at. */
  readonly seen: {
    readonly folder: string;
    readonly count: number;
    readonly over: "max" | "mean";
    /** How many of the strongest each channel shows. */
    readonly top: number;
    /** Why photographs are missing. */
    readonly skipped: readonly string[];
  } | null;
}

/**
 * Up to so many bytes of pictures stand in the page itself, as base64, which makes a third more: one file of 40 MB can be
 * passed on, and opens in a second. 512 channels with nine photographs each take about 15 MB, since a photograph that many
 * channels share is in the page once. Larger pages have their pictures beside them, where the folder has them anyway.
 */
const mostInlineBytes = 30e6;

const asset = (name: string) => readFileSync(new URL(`../../pages/tour/${name}`, import.meta.url), "utf8");

/**
 * Draws the page: HTML without anything that is fetched from elsewhere.
 *
 * All texts, such as names of layers and files, which may hold anything, are either escaped or data of which the script
 * makes text, never HTML.
 */
export function drawPage(page: Page, inlineBytes = mostInlineBytes): string {
  const pictures: { readonly webp: Uint8Array; readonly file: string }[] = [];
  const place = (webp: Uint8Array | null, file: string | null) =>
    webp === null || file === null ? null : pictures.push({ webp, file }) - 1;
  const channels = page.channels.map(({ dreams, sides, silent, selectivity, ...channel }) => ({
    ...channel,
    dreams: dreams.map(({ webp, ...dream }) => ({
      ...dream,
      value: short(dream.value),
      picture: place(webp, dream.file),
    })),
    sides:
      sides?.map(({ top, quantiles, histogram }) => ({
        top: top.map(({ photograph, value, crop }) => ({
          photograph,
          value: short(value),
          crop: crop?.map(short) ?? null,
        })),
        quantiles: quantiles.map(short),
        histogram,
      })) ?? null,
    silent: short(silent),
    selectivity: short(selectivity),
  }));
  const photographs = page.photographs.map(({ name, label, webp, file }) => ({
    name,
    label,
    picture: place(webp, file),
  }));
  const inline = pictures.reduce((sum, { webp }) => sum + webp.length, 0) <= inlineBytes;
  const cropped = isCropped(page);
  const data = { layer: page.layer, inline, channels, photographs, ...words({ ...page, cropped }) };
  const sources = pictures.map(({ webp, file }) => (inline ? Buffer.from(webp).toString("base64") : file));
  const both = page.channels[0]?.dreams.length === 2;
  const columns = page.seen === null ? 0 : Math.ceil(Math.sqrt(page.seen.top));
  const plates = (both ? 2 : 1) + (page.seen === null ? 0 : 1);
  const style = `--aspect:${page.aspect};--photograph:${page.photographAspect};--columns:${columns};--card:${[168, 300, 420][plates - 1]}px`;
  return `<!doctype html>
<html lang="en" style="${style}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file: blob:; font-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${text(page.layer)}, channel by channel: ${text(page.model)}</title>
<style>
${fontFaces()}
${asset("tour.css")}</style>
<header>
<p class="faint">${text(page.model)}, channel by channel</p>
<h1>${text(page.layer)}</h1>
${introduction(page)}
</header>
<search class="bar"><div>
<input type="search" class="search" aria-label="Search channels" placeholder="${page.seen === null ? "Channels, as 11 or 20-29" : "A label, 11, 20-29, silent, dead"}" spellcheck="false" autocomplete="off">
<label><span class="wide">Order </span><select aria-label="Order" class="ink">${orders(page)}</select></label>
${cropped ? cropChoice : ""}
<output></output>
</div></search>
<main class="tray"></main>
<noscript><p>This page needs JavaScript, which it brings itself.</p></noscript>
<footer>${footer(page)}</footer>
<dialog aria-labelledby="channel"></dialog>
<script type="application/json" id="tour">${json(data)}</script>
<script type="application/json" id="pictures">${json(sources)}</script>
<script type="module">
${asset("tour.js")}</script>
</html>
`;
}

function introduction({ channels, of, manner, seen }: Page): string {
  const drawn = channels.filter(({ dreams }) => dreams.every(({ webp, failure }) => webp !== null || failure !== null));
  const which = channels.length === of ? `All ${of} channels.` : `${channels.length} of ${of} channels.`;
  const each = "Each large picture was drawn so that it excites one channel";
  const beside =
    seen === null
      ? `${each}.`
      : `${each}; beside it the ${seen.top} of ${seen.count.toLocaleString("en-US")} photographs that excite that channel most.`;
  const unfinished =
    drawn.length === channels.length
      ? ""
      : `\n<p class="unfinished">${drawn.length} of ${channels.length} are drawn so far. Reload this page to see more; where it was interrupted, the same command goes on.</p>`;
  return `<p>${which} ${beside}</p>\n<p class="faint">${text(manner)}</p>${unfinished}`;
}

/** What the script shows as it stands. */
function words({ seen, ...page }: Page & { readonly cropped: boolean }): Record<string, string> {
  if (seen === null) return {};
  const part = page.cropped ? ", with the part that does" : "";
  return {
    strongest: `The photographs that excite it most${part}`,
    weakest: `The photographs that excite it least${part}`,
    histogram: `How strongly it responds to ${seen.count.toLocaleString("en-US")} photographs${
      seen.over === "mean"
        ? " (the mean over all positions)"
        : page.cropped
          ? " (at the position where it is strongest)"
          : ""
    }; heights are square roots of counts.`,
  };
}

function orders({ seen }: Page): string {
  const all = [
    ["number", "by number"],
    ...(seen === null
      ? []
      : [
          ["selectivity", "most selective first"],
          ["strongest", "strongest photograph first"],
          ["silent", "most silent first"],
        ]),
    ["dream", "strongest dream first"],
  ];
  return all.map(([value, name]) => `<option value="${value}">${name}</option>`).join("");
}

/** Whether photographs are shown in part. */
function isCropped({ channels }: Page): boolean {
  return channels.some(({ sides }) => sides?.some(({ top }) => top.some(({ crop }) => crop !== null)));
}

const cropChoice = `<label><input type="checkbox" checked> <span class="ink">only the part<span class="wide"> that excites</span></span></label>`;

function footer({ seen }: Page): string {
  const keys = "<p>Keys: / searches, arrows go from channel to channel, Enter opens one, Esc closes it.</p>";
  if (seen === null) return keys;
  const selectivity =
    "<p>Silent: nothing above 0 on half of the photographs or more; dead: on all of them. Selectivity is lifetime sparseness (Vinje and Gallant 2000): 0 where a channel responds to all photographs alike, 1 where to one alone.</p>";
  const skipped =
    seen.skipped.length === 0
      ? ""
      : `<details><summary>${seen.skipped.length} photographs could not be shown to the network</summary><ul>${seen.skipped.map((reason) => `<li>${text(reason)}</li>`).join("")}</ul></details>`;
  return `${keys}${selectivity}<p>Photographs: ${text(seen.folder)}</p>${skipped}`;
}

/** Four digits: a page of thousands of photographs is half numbers otherwise. */
function short<T extends number | null>(value: T): T {
  return (value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(4))) as T;
}

/** JSON that may stand in a script: nothing in it ends the script or begins a comment. */
const json = (value: unknown) => JSON.stringify(value).replaceAll("<", "\\u003c");
