/** @file Numbers and metrics of a report as HTML: each with a bar, what it would be by chance, and a sentence. */
import { escapeXml as text } from "../pictures/lettering.js";
import { figure } from "./curves.js";

export interface ReportNumber {
  readonly name: string;
  /** As it is to be read: "97.9 %", "17.8". */
  readonly value: string;
  /** What chance, or the network without the penalty, would give, as it is to be read. */
  readonly beside?: string;
  /** One plain sentence. */
  readonly sentence: string;
  /** 0..1: drawn as a bar, with a mark at what chance gives. */
  readonly share?: number;
  readonly chanceShare?: number;
  /** Whether it stands in large figures under the title. */
  readonly headline?: boolean;
}

/** A metric as it was measured; `MetricKind` and `MetricScore` together are one. */
export interface ReportMetric {
  readonly title: string;
  readonly says: string;
  readonly source: string;
  /** 0..1 */
  readonly score: number;
  /** What a perfect representation gets. Default 1. */
  readonly highest?: number;
  readonly figures?: Readonly<Record<string, number>>;
  readonly notes?: readonly string[];
  /** Names of what stands down the matrix. */
  readonly factors?: readonly string[];
  readonly matrix?: { readonly name: string; readonly unit: string; readonly values: ArrayLike<number> };
}

/** Matrices of more latents show those alone that have most to do with any factor. */
const mostLatents = 32;

export function headlineHtml(numbers: readonly ReportNumber[]): string {
  const shown = numbers.filter(({ headline }) => headline);
  if (shown.length === 0) return "";
  const items = shown.map(
    ({ name, value, beside }) =>
      `<div><dd>${text(value)}</dd><dt>${text(name)}${beside === undefined ? "" : `<small>${text(beside)}</small>`}</dt></div>`,
  );
  return `<dl class="headline">${items.join("")}</dl>`;
}

export function numbersHtml(numbers: readonly ReportNumber[]): string {
  const rows = numbers.map(
    (one) =>
      `<tr><th scope="row">${text(one.name)}</th><td class="value">${text(one.value)}${one.beside === undefined ? "" : `<small>${text(one.beside)}</small>`}</td><td class="gauge">${barHtml(one.share, { chance: one.chanceShare })}</td><td class="sentence">${text(one.sentence)}</td></tr>`,
  );
  const bars = numbers.some(({ share }) => share !== undefined);
  const key = numbers.some(({ chanceShare }) => chanceShare !== undefined)
    ? '<p class="small">Bars go from 0 to 1; the mark in a bar is what chance gives.</p>'
    : "";
  return `<table class="figures${bars ? "" : " bare"}"><tbody>${rows.join("")}</tbody></table>${key}`;
}

export function metricsHtml(metrics: readonly ReportMetric[]): string {
  return metrics
    .map((metric) => {
      const { title, says, source, score, highest = 1, figures = {}, notes = [] } = metric;
      const more = Object.entries(figures).map(
        ([name, value]) => `<div><dt>${text(name)}</dt><dd>${text(figure(value))}</dd></div>`,
      );
      const most = highest < 1 ? `<small>of at most ${text(figure(highest))} here</small>` : "";
      return `<article class="metric"><h3>${text(title)}</h3><p class="score"><b>${text(score.toFixed(3))}</b>${most}${barHtml(score, { highest })}</p><div><p>${text(says)}</p>${more.length === 0 ? "" : `<dl class="facts">${more.join("")}</dl>`}${notes.map((note) => `<p class="small">${text(note)}</p>`).join("")}<p class="small">${text(source)}</p></div>${matrixHtml(metric)}</article>`;
    })
    .join("\n");
}

/** A bar from 0 to 1, with a mark at what chance gives. */
export function barHtml(
  share: number | undefined,
  { chance, highest }: { chance?: number | undefined; highest?: number },
): string {
  if (share === undefined || !Number.isFinite(share)) return "";
  const percent = (value: number) => `${(100 * Math.min(1, Math.max(0, value))).toFixed(1)}%`;
  const mark = chance === undefined ? "" : `<i class="chance" style="left:${percent(chance)}"></i>`;
  const end = highest === undefined || highest >= 1 ? "" : `<i class="highest" style="left:${percent(highest)}"></i>`;
  return `<span class="track" aria-hidden="true"><i class="filled" style="width:${percent(share)}"></i>${mark}${end}</span>`;
}

/** Factors down, latents along, the more the darker. */
function matrixHtml({ matrix, factors = [], title }: ReportMetric): string {
  if (matrix === undefined || factors.length === 0) return "";
  const latents = matrix.values.length / factors.length;
  const at = (factor: number, latent: number) => matrix.values[factor * latents + latent];
  const strength = (latent: number) => Math.max(...factors.map((_, factor) => Math.abs(at(factor, latent))));
  const all = Array.from({ length: latents }, (_, i) => i);
  const kept = new Set([...all].sort((a, b) => strength(b) - strength(a)).slice(0, mostLatents));
  const shown = all.filter((latent) => kept.has(latent));
  const most = Math.max(Number.MIN_VALUE, ...shown.map(strength));
  const head = shown.map((latent) => `<th scope="col">z${latent + 1}</th>`).join("");
  const body = factors.map((name, factor) => {
    const cells = shown.map((latent) => {
      const value = at(factor, latent);
      const share = Math.abs(value) / most;
      return `<td style="--share:${share.toFixed(3)}"${share > 0.55 ? ' class="strong"' : ""}>${text(value.toFixed(2).replace("-", "−"))}</td>`;
    });
    return `<tr><th scope="row">${text(name)}</th>${cells.join("")}</tr>`;
  });
  const left = latents > shown.length ? ` of the ${shown.length} latents that have most to do with any` : "";
  const summary = `${matrix.name}${matrix.unit === "" ? "" : `, ${matrix.unit}`}: factors and latents${left}`;
  return `<details><summary>${text(summary)}</summary><div class="scroll"><table class="heat"><caption class="unseen">${text(`${title}: ${summary}`)}</caption><thead><tr><th></th>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div></details>`;
}
