/** @file drawReport: all that is known of a trained autoencoder on one page that brings everything with it. */
import type { Scatter, Sweep, View } from "@noema/lenses";
import { escapeXml as text } from "../pictures/lettering.js";
import { type ArchitectureShape, drawArchitecture } from "./architecture-figure.js";
import { type CurvePoint, drawCurves } from "./curves.js";
import { metricsHtml, numbersHtml, type ReportMetric, type ReportNumber } from "./figures-html.js";
import { type PanelHtmlOptions, panelHtml, pictureSource, viewHtml } from "./panel-html.js";
import { readings, type ViewName } from "./reading.js";
import { pageAsset, type ReportSection, reportPage } from "./report-page.js";
import { type ScatterPictures, scatterData, scatterSprite } from "./scatter-data.js";
import { varianceWords } from "./scatter-plot.js";

export interface ReportParts {
  readonly title: string;
  /** Over the title, small: the run, the data. */
  readonly where?: string;
  /** Under the title, large: what came of it, in a sentence or two. */
  readonly lead?: string;
  readonly trained?: {
    readonly architecture?: ArchitectureShape;
    /** Names and values: pictures, epochs, seconds, weights of the loss. */
    readonly facts?: readonly (readonly [string, string])[];
    readonly curves?: readonly CurvePoint[];
    /** The epoch that was kept. */
    readonly bestEpoch?: number;
    /** The command, as it could be given again. */
    readonly command?: string;
  };
  readonly numbers?: readonly ReportNumber[];
  readonly sweep?: Sweep;
  readonly swap?: View;
  readonly transfer?: View;
  readonly analogy?: View;
  readonly traverse?: View;
  readonly average?: View;
  readonly scatter?: Scatter;
  /** Of the scatter's points. 10,000 of 28×28 make the page some 2 MB larger. */
  readonly scatterPictures?: ScatterPictures;
  readonly metrics?: readonly ReportMetric[];
  /** What else is to be known: what was left out, what the numbers do not say. */
  readonly notes?: readonly string[];
}

/**
 * Draws the page: HTML without anything that is fetched from elsewhere. All texts, which may hold anything, are escaped, or
 * data of which the script makes text.
 *
 * @param options `outside`: as of `cellPixels`
 */
export async function drawReport(parts: ReportParts, options: PanelHtmlOptions = {}): Promise<string> {
  const sections = await sectionsOf(parts, options);
  const { title, where, lead, numbers = [], scatter, scatterPictures, notes = [] } = parts;
  const sprite = scatter && scatterPictures && (await scatterSprite(scatterPictures, scatter.x.length));
  const data = scatter === undefined ? null : { ...scatterData(scatter), sprite: sprite ?? null };
  return reportPage({
    ...{ title, where, lead, numbers, sections, notes, sources },
    data: { id: "scatter-data", value: data },
    script: pageAsset("factors/factors.js"),
  });
}

const sources =
  "Cheung, Livezey, Bansal and Olshausen 2014, “Discovering hidden factors of variation in deep networks”; Jambigi, “Disentangling hidden factors of variations in deep networks”.";

async function sectionsOf(parts: ReportParts, options: PanelHtmlOptions): Promise<ReportSection[]> {
  const { trained, numbers = [], sweep, scatter, metrics = [] } = parts;
  const sections: ReportSection[] = [];
  const add = (id: string, name: string, html: string) => sections.push({ id, name, html });
  if (trained !== undefined) add("trained", "What was trained", trainedHtml(trained));
  if (numbers.length > 0) add("numbers", "Numbers", numbersHtml(numbers));
  if (sweep !== undefined) add("sweep", readings.sweep.title, await sweepHtml(sweep, options));
  const views: readonly (readonly [ViewName, View | undefined])[] = [
    ["swap", parts.swap],
    ["transfer", parts.transfer],
    ["analogy", parts.analogy],
    ["traverse", parts.traverse],
  ];
  for (const [name, view] of views) if (view !== undefined) await addView(name, view);
  if (scatter !== undefined) add("scatter", readings.scatter.title, scatterHtml(scatter));
  if (parts.average !== undefined) await addView("average", parts.average);
  if (metrics.length > 0) add("metrics", "Metrics", metricsHtml(metrics));
  return sections;

  async function addView(name: ViewName, view: View) {
    const { title, words } = readings[name];
    add(name, title, `<p>${text(words)}</p>\n${await viewHtml(view, options)}`);
  }
}

function trainedHtml({
  architecture,
  facts = [],
  curves = [],
  bestEpoch,
  command,
}: NonNullable<ReportParts["trained"]>) {
  const parts = [
    architecture === undefined
      ? ""
      : `<figure class="wide">${drawArchitecture(architecture)}<figcaption>A bar is as high as the cube root of how many numbers its layer gives. The decoder sees nothing but the label and the latents.</figcaption></figure>`,
    facts.length === 0
      ? ""
      : `<dl class="facts">${facts.map(([name, value]) => `<div><dt>${text(name)}</dt><dd>${text(value)}</dd></div>`).join("")}</dl>`,
    curves.length === 0 ? "" : `<div class="curves">${drawCurves(curves, bestEpoch)}</div>`,
    bestEpoch === undefined || curves.length === 0
      ? ""
      : `<p class="small">The upright line is epoch ${bestEpoch}, whose weights were kept.</p>`,
    command === undefined ? "" : `<code>${text(command)}</code>`,
  ];
  return parts.filter((part) => part !== "").join("\n");
}

/** The player, whose pictures the script takes from the tables, and a table for each picture. */
async function sweepHtml(sweep: Sweep, options: PanelHtmlOptions): Promise<string> {
  const { picture, panels, values, onto } = sweep;
  const length = picture.channels * picture.height * picture.width;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  // Where the picture is as in training: a label of 1, or nothing added.
  const usual = onto === "own" ? 0 : 1;
  const start = values.reduce((best, v, k) => (Math.abs(v - usual) < Math.abs(values[best] - usual) ? k : best), 0);
  const labels = panels[0].rows;
  const originals = await Promise.all(panels.map(({ from }) => pictureSource(from![0].picture!, picture, options)));
  const rows = await Promise.all(
    panels.map(async ({ heading, pictures }, p) => {
      const cells = await Promise.all(
        labels.map(async ({ text: label }, row) => {
          const at = row * values.length + start;
          const source = await pictureSource(pictures.subarray(at * length, (at + 1) * length), picture, options);
          return `<td><img src="${source}" alt="${text(`${label}, ${heading?.text ?? ""}`)}"></td>`;
        }),
      );
      const name = heading?.text ?? `${p + 1}`;
      return `<tr><th scope="row"><img src="${originals[p]}" alt="${text(name)}" title="${text(`${name}, ${heading?.note ?? ""}`)}"></th>${cells.join("")}</tr>`;
    }),
  );
  const share = (value: number) => `${((100 * (value - low)) / (high - low || 1)).toFixed(2)}%`;
  const seen = onto === "nothing" && low <= 0 && high >= 1;
  const scale = seen
    ? `<span class="seen" style="left:${share(0)};width:calc(${share(1)} - ${share(0)})"></span><span class="mark" style="left:calc((${share(0)} + ${share(1)}) / 2)">as in training</span>`
    : "";
  const player = `<div class="player" data-start="${start}" data-values="${text(JSON.stringify(values))}">
<div class="controls" hidden><button type="button" class="play">Play</button><div class="slider"><div class="scale" aria-hidden="true">${scale}</div><input type="range" min="0" max="${values.length - 1}" value="${start}" step="1" aria-label="Value of the label"><div class="reach" aria-hidden="true"><span>${text(spokenValue(low))}</span><span>${text(spokenValue(high))}</span></div></div><output></output></div>
<div class="scroll"><table class="grid stage" style="--columns:${labels.length};--aspect:${picture.width / picture.height}"><thead><tr><th scope="col">picture</th>${labels.map((label) => `<th scope="col"><span>${text(label.text)}</span></th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div></div>`;
  const tables: string[] = [];
  for (const panel of panels) tables.push(await panelHtml(panel, picture, options));
  const choices = panels.map(
    ({ heading }, p) =>
      `<label title="${text(`${heading?.text ?? ""}, ${heading?.note ?? ""}`)}"><input type="radio" name="swept" value="${p}"${p === 0 ? " checked" : ""}><img src="${originals[p]}" alt="${text(heading?.text ?? `${p + 1}`)}"></label>`,
  );
  return `<p>${text(readings.sweep.words)}</p>
${player}
<h3>One picture, every value</h3>
<fieldset class="choice"${panels.length < 2 ? " hidden" : ""} style="--aspect:${picture.width / picture.height}"><legend class="unseen">Picture</legend>${choices.join("")}</fieldset>
<div class="panels chosen">${tables.join("\n")}</div>`;
}

function scatterHtml(scatter: Scatter): string {
  const { factors } = scatter;
  const options = factors.map(({ name }, i) => `<option value="${i}">${text(name)}</option>`).join("");
  const choice = factors.length < 2 ? "" : `<label>Coloured by <select class="ink">${options}</select></label>`;
  return `<p>${text(`${readings.scatter.words} ${factors.length === 0 ? "" : "The large markers are the means. "}${varianceWords(scatter)}`)}</p>
<div class="scatter"><div class="plot"><canvas role="img" aria-label="${text(`${scatter.x.length} pictures as points of their latents`)}"></canvas><div class="tip" hidden></div></div><div class="key">${choice}<div class="legend" role="group" aria-label="Values"></div><p class="small">Choose values to see them alone.</p></div></div>
<noscript><p>The scatter needs JavaScript, which this page brings itself.</p></noscript>`;
}

const spokenValue = (value: number) => `${Number(value.toPrecision(3))}`.replace("-", "−");
