/** @file The page of a comparison of directions: one file, the answer first, then everything that it rests on. */
import { confidence, type Difference, type Estimate, phrase } from "@noema/lenses";
import sharp from "sharp";
import { escapeXml as text } from "../pictures/lettering.js";
import type { Pixels } from "../pictures/png.js";
import type { ShownDirection } from "./dream-directions.js";
import type { MeasuredDirection, MeasuredKind } from "./measure-kinds.js";
import { limits, type Report } from "./report.js";
import { summaryOf, type Thumbnail } from "./sheet.js";
import { colourOf, heading, stripPlot } from "./strip-plot.js";

const sidePx = { dream: 224, thumb: 104 };

/** @returns HTML, pictures and script within it */
export async function drawPage(report: Report, thumbnail: Thumbnail): Promise<string> {
  const { kinds, comparison, shown, verdict, layer, model, notes, unreadable } = report;
  const plot = stripPlot(kinds, comparison, 1040);
  const [answer, ...further] = verdict;
  const galleries: string[] = [];
  for (const [k, directions] of shown.entries()) {
    if (directions.length > 0) galleries.push(await gallery(report, kinds[k], directions, thumbnail));
  }
  const left = [...notes, ...unreadable.map(({ reason }) => `Not read: ${reason}`)];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Directions of ${text(layer)}, ${text(model)}</title>
<style>${style}</style>
<main>
<header>
<p class="where">${text(summaryOf(report))}</p>
<h1>Directions of <span class="name">${text(layer)}</span></h1>
<p class="answer">${text(answer ?? "")}</p>
<ul class="verdict">${further.map((sentence) => `<li>${text(sentence)}</li>`).join("")}</ul>
</header>
<figure>
<svg viewBox="0 0 ${plot.width} ${plot.height}" role="img" aria-label="Selectivity of every direction, by kind">${plot.svg}</svg>
<figcaption>Every dot is a direction. 0 is what chance gives its label, 1 tells the label apart without a mistake.</figcaption>
</figure>
<section>
<h2>Kinds</h2>
${kindTable(report)}
<h2>Differences</h2>
${differenceTable(comparison.differences)}
</section>
<section>
<h2>What they show</h2>
<p>The most selective directions of each kind, by the half on which labels were chosen, and the median one; the number is that
of the other half. First the direction's dream, then the pictures of the measuring half that excite it most.</p>
${galleries.join("\n")}
</section>
<section>
<h2>What the numbers do not say</h2>
<ul>${limits.map((limit) => `<li>${text(limit)}</li>`).join("")}</ul>
${left.length === 0 ? "" : `<h2>To know</h2><ul>${left.map((note) => `<li>${text(note)}</li>`).join("")}</ul>`}
<h2>All directions</h2>
<p>Click a heading to sort.</p>
${directionTable(report)}
<h2>How it was measured</h2>
${method(report)}
</section>
</main>
<script>${script}</script>
</html>
`;
}

function kindTable({ kinds, comparison }: Report): string {
  const rows = kinds.map((kind, k) => {
    const { precision, purity } = comparison.kinds[k].means;
    const median = sorted(kind.directions.map((one) => one.beyondChance))[kind.directions.length >> 1];
    return `<tr><th scope="row"><i style="background:${colourOf(kind.name)}"></i>${text(heading(kind.name))}<small>${text(kind.note)}</small></th>
<td>${kind.directions.length}</td><td>${interval(precision)}</td><td>${number(median)}</td><td>${kind.selective} of ${kind.directions.length}</td><td>${kind.differentLabels}</td><td>${interval(purity)}</td></tr>`;
  });
  return `<table><thead><tr><th scope="col">kind</th><th scope="col">directions</th><th scope="col">average precision beyond chance, mean</th><th scope="col">median</th><th scope="col">selective at all</th><th scope="col">for different labels</th><th scope="col">bits purer than chance, mean</th></tr></thead><tbody>${rows.join("")}</tbody></table>
<p class="small">In brackets, ${100 * confidence} % intervals. Selective at all: of 100 directions counted so, no more than ${Math.round(100 - 100 * confidence)} are expected to owe it to chance (false discovery rate); and how many labels these share among them.</p>`;
}

function differenceTable(differences: readonly Difference[]): string {
  const mark = ({ low, high }: Estimate) => (low > 0 ? "more" : high < 0 ? "less" : "not shown");
  const rows = differences.map(
    ({ of, from, alone, together }) =>
      `<tr><th scope="row">${text(phrase(of))} − ${text(phrase(from))}</th><td>${interval(alone.precision)}</td><td>${interval(together.precision)}</td><td>${mark(together.precision)}</td><td>${interval(together.purity)}</td><td>${mark(together.purity)}</td></tr>`,
  );
  return `<table><thead><tr><th scope="col">difference</th><th scope="col">average precision, alone</th><th scope="col">all together</th><th scope="col">selective</th><th scope="col">bits purer, all together</th><th scope="col">pure</th></tr></thead><tbody>${rows.join("")}</tbody></table>
<p class="small">Alone: the 95 % interval of this difference by itself. All together: intervals that hold all ${differences.length} differences with 95 % confidence (Bonferroni); the words go by these.</p>`;
}

async function gallery(report: Report, kind: MeasuredKind, shown: readonly ShownDirection[], thumbnail: Thumbnail) {
  const cards = await Promise.all(
    shown.map(async ({ direction, role, dream }) => {
      const first = await Promise.all(
        direction.first.map(async (picture) => {
          const source = await dataUri(await thumbnail(picture, sidePx.thumb), sidePx.thumb);
          return `<img src="${source}" alt="${text(report.pictures[picture])}" title="${text(`${report.pictures[picture]}: ${labelOf(report, direction, picture)}`)}">`;
        }),
      );
      const drawn =
        dream === undefined
          ? ""
          : `<img class="dream" src="${await dataUri(dream, sidePx.dream)}" alt="Dream of ${text(direction.name)}">`;
      return `<div class="card${drawn === "" ? " plain" : ""}">${drawn}<div class="first">${first.join("")}</div><p><b>${text(direction.name)}</b> ${text(ownLabel(report, direction))} <span>${number(direction.beyondChance)}</span><small>${role}</small></p></div>`;
    }),
  );
  return `<h3><i style="background:${colourOf(kind.name)}"></i>${text(heading(kind.name))}</h3><div class="cards">${cards.join("")}</div>`;
}

function directionTable(report: Report): string {
  const rows = report.kinds.flatMap(({ name, directions }) =>
    directions.map(
      (one) =>
        `<tr><td>${text(heading(name))}</td><td>${text(one.name)}</td><td>${text(ownLabel(report, one))}</td><td>${number(one.beyondChance)}</td><td>${number(one.precision)}</td><td>${number(one.chance)}</td><td>${one.pValue.toFixed(4)}</td><td>${number(one.entropy)}</td><td>${number(one.chanceEntropy)}</td></tr>`,
    ),
  );
  const columns = [
    "kind",
    "direction",
    "label",
    "beyond chance",
    "average precision",
    "chance",
    "p",
    "entropy, bits",
    "chance, bits",
  ];
  return `<div class="long"><table class="sortable"><thead><tr>${columns.map((name) => `<th scope="col"><button>${name}</button></th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function method({ options, channels, positions, layer }: Report): string {
  return `<p>Every picture is shown to the network, and <span class="name">${text(layer)}</span> looks at it from ${positions} position${positions === 1 ? "" : "s"} with ${channels} channels. A direction's response is the product with the activations, ${options.positions} over positions. One half of the pictures, drawn evenly from every label, serves to fit PCA, ICA and NMF and to choose for every direction the label it is best at; average precision, entropy and everything on this page are of the other half. Average precision is given beyond chance: (AP − chance)/(1 − chance), chance being its mean over all orders of the pictures. Entropy is that of the labels of the first ${options.top} pictures; ties stand in random order. Intervals are of ${options.resamples} resamples of pictures, the same for all kinds, and of directions.</p>
<p><code>${text(String(options.command))}</code></p>
<p class="small">After Szegedy et al. 2013 (random directions), Bau, Zhou et al. 2017 (units and rotations), Olah et al. 2017 (the question); Hyvärinen 1999 (FastICA); Lee and Seung 1999, Cichocki and Phan 2009 (NMF); Benjamini and Hochberg 1995 (false discoveries); Owen 2007 and Rubin 1981 (resampling).</p>`;
}

function ownLabel({ labellings }: Report, { labelling, label }: MeasuredDirection): string {
  const { name, labels } = labellings[labelling];
  return labellings.length === 1 ? labels[label] : `${name}: ${labels[label]}`;
}

function labelOf({ labellings }: Report, { labelling }: MeasuredDirection, picture: number): string {
  const { labels, of } = labellings[labelling];
  return of[picture] < 0 ? "label not known" : labels[of[picture]];
}

async function dataUri({ width, height, channels, data }: Pixels, side: number): Promise<string> {
  const bytes = await sharp(data, { raw: { width, height, channels } })
    .resize(side, side, { fit: "cover" })
    .webp({ quality: 82 })
    .toBuffer();
  return `data:image/webp;base64,${bytes.toString("base64")}`;
}

const interval = ({ value, low, high }: Estimate) => `<b>${number(value)}</b> (${number(low)} to ${number(high)})`;

function number(value: number): string {
  const shown = value.toFixed(3);
  return Number(shown) === 0 ? "0.000" : shown.replace("-", "−");
}

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);

const style = `
:root { color-scheme: light; --ink: #1c1c1c; --faint: #6b6b6b; --rule: #d9d6cf; --paper: #fbfaf6 }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 "Atkinson Hyperlegible", Verdana, sans-serif }
main { max-width: 1104px; margin: 0 auto; padding: 40px 32px 80px }
h1 { font-size: 36px; line-height: 1.15; margin: 4px 0 20px; font-weight: 700 }
h2 { font-size: 22px; margin: 48px 0 12px; padding-top: 14px; border-top: 2px solid var(--ink) }
h3 { font-size: 17px; margin: 28px 0 10px }
p, li { max-width: 76ch }
.where { max-width: none }
.where, .small, small, figcaption { color: var(--faint); font-size: 14px }
.where { margin: 0 }
.name { overflow-wrap: anywhere }
.answer { font-size: 22px; line-height: 1.4; margin: 0 0 14px; max-width: 60ch }
.verdict { margin: 0; padding-left: 20px }
figure { margin: 36px 0 0; overflow-x: auto }
figure svg { width: 100%; min-width: 760px; display: block; font-family: inherit }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; width: 100% }
th, td { padding: 7px 10px 7px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule) }
thead th { color: var(--faint); font-weight: 400; vertical-align: bottom }
tbody th { font-weight: 700 }
th small { display: block; font-weight: 400; margin-left: 19px }
section:first-of-type tbody th { max-width: 330px }
i { display: inline-block; width: 11px; height: 11px; border-radius: 50%; margin-right: 8px }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(332px, 1fr)); gap: 22px 20px }
.card { display: grid; grid-template-columns: 132px 1fr; gap: 4px; align-content: start }
.card img { display: block; width: 100%; aspect-ratio: 1 }
.card .first { display: grid; grid-template-columns: repeat(4, 1fr); gap: 4px; align-content: start; grid-column: 2 }
.card.plain { grid-template-columns: 1fr }
.card.plain .first { grid-column: 1 }
.card p { grid-column: 1 / -1; margin: 4px 0 0; font-size: 14px }
.card p span { float: right; font-variant-numeric: tabular-nums }
.card small { display: block }
.long { max-height: 640px; overflow: auto; border: 1px solid var(--rule); background: #fff; padding: 0 12px }
.long thead th { position: sticky; top: 0; background: #fff }
button { all: unset; cursor: pointer }
button:hover, button:focus-visible { color: var(--ink); text-decoration: underline }
code { font-size: 13px; overflow-wrap: anywhere }
`;

/** Sorts the long table by the column that is clicked; once more turns it round. */
const script = `
for (const table of document.querySelectorAll(".sortable")) {
  let last = -1, falling = true;
  table.tHead.rows[0].querySelectorAll("button").forEach((button, column) => button.addEventListener("click", () => {
    falling = column === last ? !falling : true;
    last = column;
    const key = (row) => row.cells[column].textContent.replace("−", "-");
    const rows = [...table.tBodies[0].rows].sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      const order = isNaN(x) ? x.localeCompare(y) : x - y;
      return falling && !isNaN(x) ? -order : falling ? order : isNaN(x) ? -order : order;
    });
    table.tBodies[0].append(...rows);
  }));
}
`;
