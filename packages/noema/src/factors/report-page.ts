/** @file reportPage: a page that brings everything with it: title, figures, sections, and the bar that leads to them. */
import { readFileSync } from "node:fs";
import { fontFaces } from "../pictures/font-faces.js";
import { escapeXml as text } from "../pictures/lettering.js";
import { headlineHtml, type ReportNumber } from "./figures-html.js";

export interface ReportSection {
  readonly id: string;
  readonly name: string;
  readonly html: string;
}

export interface ReportPage {
  readonly title: string;
  /** Over the title, small. */
  readonly where?: string | undefined;
  /** Under the title, large. */
  readonly lead?: string | undefined;
  /** Of which those that are headlines stand under the title. */
  readonly numbers: readonly ReportNumber[];
  readonly sections: readonly ReportSection[];
  /** What else is to be known. */
  readonly notes: readonly string[];
  /** Whose work it rests on. */
  readonly sources: string;
  /** CSS besides that of all reports. */
  readonly style?: string;
  /** What the script reads. */
  readonly data?: { readonly id: string; readonly value: unknown };
  /** A module besides that of all reports. */
  readonly script?: string;
}

/** A file of the folder `pages`. */
export const pageAsset = (name: string) => readFileSync(new URL(`../../pages/${name}`, import.meta.url), "utf8");

/** HTML without anything that is fetched from elsewhere; all texts are escaped, sections are HTML already. */
export function reportPage(page: ReportPage): string {
  const { title, where, lead, numbers, sections, notes, sources, style = "", data, script = "" } = page;
  const links = sections.map(({ id, name }) => `<a href="#${id}">${text(name)}</a>`).join("");
  const json = data && JSON.stringify(data.value).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${text(title)}</title>
<style>
${fontFaces()}
${pageAsset("factors/factors.css")}${style}</style>
<header>
${where === undefined ? "" : `<p class="faint">${text(where)}</p>`}
<h1>${text(title)}</h1>
${lead === undefined ? "" : `<p class="lead">${text(lead)}</p>`}
${headlineHtml(numbers)}
</header>
<nav class="bar" aria-label="Sections"><div>${links}</div></nav>
<main>
${sections.map(({ id, name, html }) => `<section id="${id}" aria-labelledby="${id}-name"><h2 id="${id}-name">${text(name)}</h2>\n${html}\n</section>`).join("\n")}
</main>
<footer>
${notes.length === 0 ? "" : `<ul>${notes.map((note) => `<li>${text(note)}</li>`).join("")}</ul>`}
<p>${text(sources)}</p>
</footer>
${data === undefined ? "" : `<script type="application/json" id="${data.id}">${json}</script>`}
<script type="module">
${pageAsset("factors/sections.js")}${script}</script>
</html>
`;
}
