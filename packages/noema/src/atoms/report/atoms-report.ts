/** @file atomsReport: all that there is to be seen of atoms on one page that brings everything with it. */
import { type Density, highCoefficient, sumOfAtoms } from "@noema/lenses";
import type { ReportNumber } from "../../factors/figures-html.js";
import { numbersHtml } from "../../factors/figures-html.js";
import { pictureSource, pixelsSource, viewHtml } from "../../factors/panel-html.js";
import { readings, type ViewName } from "../../factors/reading.js";
import { pageAsset, type ReportSection, reportPage } from "../../factors/report-page.js";
import { escapeXml as text } from "../../pictures/lettering.js";
import type { Terminal } from "../../terminal/command.js";
import { mostUsed, strongestRows } from "../atoms-view.js";
import { barChart, chartSize, lineChart, onPage } from "../charts.js";
import { densityCharts, densityOf } from "../density-charts.js";
import { dreamAtoms } from "../dream-atoms.js";
import { exhibitRows } from "../exhibit-rows.js";
import { learningCharts } from "../learning-charts.js";
import { readMeasures } from "../measure/measure-atoms.js";
import { neighboursOf } from "../neighbours-view.js";
import type { OpenAtoms } from "../open-atoms.js";
import { picturesOfRows } from "../pictures-of-rows.js";
import { retrievalOf } from "../retrieval-of.js";
import { thumbnail } from "../thumbnail.js";
import { steered, truncated } from "../views.js";
import { atomCards, dreamKey } from "./atom-cards.js";
import { cardsHtml, type FoundValue, foundHtml, wallHtml } from "./cards-html.js";
import { neighboursHtml } from "./neighbours-html.js";

export interface AtomsReportOptions {
  /** Atoms with their examples. */
  readonly top: number;
  /** Whether dreams are made of them, and how. */
  readonly dreams?: { readonly steps: number; readonly side?: number | undefined; readonly seed: number } | undefined;
  readonly threads?: number | undefined;
}

/** Pictures that are taken apart, atoms whose neighbours are shown, those that are added, and pictures they are added to. */
const shown = { pictures: 3, neighbours: 6, steered: 4, steeredPictures: 4 } as const;

/** On the wall of all atoms, and in the table of what is found. */
const most = { wall: 512, values: 60, listed: 60 } as const;

/** How far beyond chance an atom finds what it is said to find at all, 0..1. */
const leastFound = 0.15;

/** Average precision from which an atom is said to find a value. */
const findsWell = 0.8;

/**
 * Undefined after Ctrl-C.
 *
 * @returns HTML
 * @throws NoemaError what the decoder, the network and the pictures refuse
 */
export async function atomsReport(
  atoms: OpenAtoms,
  options: AtomsReportOptions,
  terminal: Terminal,
): Promise<string | undefined> {
  const { decoder, why } = await atoms.decoder();
  const values = await foundValues(atoms);
  const best = bestOf(values);
  const cardAtoms = [
    ...new Set([...best.slice(0, Math.ceil(options.top / 2)), ...(await mostUsed(atoms, options.top))]),
  ].slice(0, options.top);
  const dreams =
    options.dreams && (await dreamt(atoms, cardAtoms, { ...options.dreams, threads: options.threads }, terminal));
  if (options.dreams !== undefined && dreams === undefined) return undefined;
  const progress = terminal.progress(cardAtoms.length + 4, "parts of the page");
  const sections: ReportSection[] = [];
  const add = (id: string, name: string, html: string) => sections.push({ id, name, html });
  const addView = (id: ViewName, html: string) =>
    add(id, readings[id].title, `<p>${text(readings[id].words)}</p>\n${html}`);
  try {
    const density = densityOf(atoms);
    const numbers = numbersOf(atoms, density, values);
    add("learned", "What was learned", learnedHtml(atoms));
    add("numbers", "Numbers", numbersHtml(numbers));
    const finds = new Map(
      values
        .filter(findsSome)
        .map((value) => [value.atom, value] as const)
        .reverse(),
    );
    const cards = await atomCards(atoms, {
      ...{ atoms: cardAtoms, dreams, signal: terminal.signal },
      onCard: (done) => progress.update(done, "atoms"),
    });
    if (cards === undefined) return undefined;
    const inCards = new Set(cardAtoms);
    const wall = await wallOf(atoms);
    const sources = new Map(wall.map(({ atom, source }) => [atom, source]));
    if (values.length > 0) {
      const table = foundHtml(values.slice(0, most.values), { pictures: sources, cards: inCards });
      add("found", "What atoms find", `<p>${text(foundWords)}</p>\n${table}`);
    }
    add(
      "atoms",
      "Atoms",
      `<p>${text(cardWords(decoder !== undefined, dreams !== undefined))}</p>\n${cardsHtml(cards, finds)}`,
    );
    add(
      "all",
      "All of them",
      `<p>${text(wallWords(atoms, wall.length, decoder !== undefined))}</p>\n${wallHtml(wall, inCards)}`,
    );
    progress.update(cards.length + 1, "density");
    add("density", "How often they are used", densityHtml(density));
    if (terminal.signal.aborted) return undefined;
    if (decoder !== undefined) {
      progress.update(cards.length + 2, "pictures");
      addView(
        "truncate",
        await viewHtml(await truncated(atoms, await exhibitRows(atoms, { count: shown.pictures })), {}, 1),
      );
      const pictures = await exhibitRows(atoms, { count: shown.steeredPictures, skip: shown.pictures });
      const add = [...new Set([...best, ...cardAtoms])]
        .slice(0, shown.steered)
        .map((atom) => [{ atom, amount: finds.get(atom)?.sign ?? 1 }]);
      addView("steer", await viewHtml(await steered(atoms, pictures, { add }), {}, 2));
    }
    if (terminal.signal.aborted) return undefined;
    progress.update(cards.length + 3, "neighbours");
    const near = neighboursOf(atoms, cardAtoms.slice(0, shown.neighbours), 4);
    addView("neighbours", await neighboursHtml(atoms, near));
    const { meta } = atoms.activations;
    return reportPage({
      title: `${atoms.dictionary.count.toLocaleString("en-US")} atoms`,
      where: `${atoms.name}${meta.pictures === undefined ? "" : `, ${meta.pictures.used.toLocaleString("en-US")} pictures of ${meta.pictures.data}`}`,
      lead: leadOf(atoms, values),
      ...{ numbers, sections, sources: works },
      notes: [
        ...(decoder === undefined ? [`Nothing draws these vectors as pictures: ${why}.`] : []),
        ...(atoms.uses.sampled
          ? ["Examples, densities and what is found are of a part of the vectors, evenly from all."]
          : []),
      ],
      style: pageAsset("atoms/atoms.css"),
    });
  } finally {
    progress.stop();
  }
}

const works =
  "Aharon, Elad and Bruckstein 2006, “K-SVD”; Rubinstein, Zibulevsky and Elad 2008, “Efficient implementation of the K-SVD algorithm using batch orthogonal matching pursuit”; Mairal, Bach, Ponce and Sapiro 2010, “Online learning for matrix factorization and sparse coding”; White 2016, “Sampling generative networks”.";

const foundWords =
  "For each thing that is known of the pictures the one atom that finds it best: pictures are put in the order of how much they have of the atom, and average precision says how many of the first ones have the value. Atoms are chosen by some pictures and measured on others.";

function cardWords(drawn: boolean, dreamt: boolean): string {
  const what = drawn
    ? "what the atom draws, added to the mean and taken away from it, and what it changes, around grey"
    : dreamt
      ? "a dream: the picture that drives the layer along the atom"
      : "the atom";
  return `Beside each other ${what}, and examples from all that have it: from those that have most of it to those that have least. What an atom means should hold for all of them.`;
}

function wallWords(atoms: OpenAtoms, count: number, drawn: boolean): string {
  const all = atoms.dictionary.count;
  const which = count < all ? `the ${count} of ${all} that most vectors have` : `all ${count}`;
  return `${drawn ? "What they draw on the mean" : "The picture that has most of each"}: ${which}, the most frequent first.`;
}

/** What atoms find, the best first: as it was measured with steering, else as it is. */
async function foundValues(atoms: OpenAtoms): Promise<FoundValue[]> {
  const before = readMeasures(atoms.folder, atoms.dictionaryFile.hash);
  const values: readonly FoundValue[] = before?.values ?? (await retrievalOf(atoms))?.values ?? [];
  return [...values].sort((a, b) => beyondChance(b) - beyondChance(a));
}

/** 0: as chance does; 1: all that have the value come first. */
const beyondChance = ({ precision, chance }: FoundValue) => (precision - chance) / (1 - chance);

/** Atoms that find something, none twice. */
const bestOf = (values: readonly FoundValue[]) => [...new Set(values.filter(findsSome).map(({ atom }) => atom))];

const findsSome = (value: FoundValue) => beyondChance(value) >= leastFound;

async function dreamt(
  atoms: OpenAtoms,
  wanted: readonly number[],
  options: Parameters<typeof dreamAtoms>[2],
  terminal: Terminal,
) {
  const signs = atoms.dictionary.nonNegative ? [1 as const] : [1 as const, -1 as const];
  const sides = wanted.flatMap((atom) => signs.map((sign) => ({ atom, sign })));
  const dreams = await dreamAtoms(atoms, sides, options, terminal);
  if (dreams === undefined) return undefined;
  return new Map(
    sides.flatMap(({ atom, sign }, i) => {
      const dream = dreams[i];
      return dream === undefined ? [] : [[dreamKey(atom, sign), dream] as const];
    }),
  );
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const count = (n: number) => n.toLocaleString("en-US");

function leadOf({ file, dictionaryFile, dictionary }: OpenAtoms, values: readonly FoundValue[]): string {
  const { figures, sparsity } = dictionaryFile;
  const of = file.split.test > 0 ? "vectors that they were not learned from" : "the vectors";
  const well = values.filter(({ precision }) => precision >= findsWell);
  const found =
    well.length === 0
      ? ""
      : ` ${well.length} of the ${values.length} values that are known of the pictures are found by one atom alone, such as ${well[0].factor} ${well[0].value} by atom ${well[0].atom}.`;
  return `A vector of ${count(dictionary.length)} numbers as a sum of at most ${sparsity} atoms: that explains ${percent(figures.explained)} of the variance of ${of}.${found}`;
}

function numbersOf(
  { file, dictionaryFile }: OpenAtoms,
  density: Density,
  values: readonly FoundValue[],
): ReportNumber[] {
  const { figures, sparsity, count: all } = dictionaryFile;
  const well = values.filter(({ precision }) => precision >= findsWell).length;
  return [
    {
      name: "explained variance",
      value: percent(figures.explained),
      beside: `by at most ${sparsity} atoms each`,
      share: figures.explained,
      sentence:
        file.split.test > 0
          ? `Of ${count(file.split.test)} vectors that were set apart: how much of their variance is in what the atoms rebuild.`
          : "How much of the variance of the vectors is in what the atoms rebuild.",
      headline: true,
    },
    {
      name: "of vectors that taught",
      value: percent(figures.explainedOfTraining),
      share: figures.explainedOfTraining,
      sentence: `The same of the ${count(file.split.training)} vectors that the atoms were learned from.`,
    },
    {
      name: "atoms used",
      value: count(all - density.dead.length),
      beside: `of ${count(all)}`,
      sentence: "How many atoms any vector has.",
      headline: true,
    },
    {
      name: "atoms of a vector",
      value: density.perVector.toPrecision(3),
      sentence: "On average.",
      headline: true,
    },
    {
      name: "rare atoms",
      value: count(density.rare.length),
      sentence: `Those that less than ${Number((100 * density.rareBelow).toPrecision(2))} % of vectors have.`,
    },
    ...(values.length === 0
      ? []
      : [
          {
            name: "values found",
            value: count(well),
            beside: `of ${count(values.length)} that are known`,
            sentence: `Found by one atom alone with an average precision of at least ${findsWell}.`,
            headline: well > 0,
          },
        ]),
  ];
}

const svg = (inside: string) =>
  `<figure><svg class="chart" viewBox="-4 0 ${chartSize.width + 8} ${chartSize.height}" role="img">${inside}</svg></figure>`;

function learnedHtml({ file, dictionaryFile, dictionary, activations }: OpenAtoms): string {
  const { split, history, command } = file;
  const { options, seed, sparsity } = dictionaryFile;
  const { layer, model } = activations.meta;
  const facts: readonly (readonly [string, string])[] = [
    ...(layer === undefined ? [] : [["layer", `${layer.name} of ${model?.name ?? "a network"}`] as const]),
    ["atoms", `${count(dictionary.count)} of ${count(dictionary.length)} numbers`],
    ["of a vector", `at most ${sparsity}, ${dictionary.nonNegative ? "only added" : "added or taken away"}`],
    ["learned by", `${String(options.method)}, ${count(history.at(-1)?.step ?? 0)} steps`],
    ...(options.whiten === undefined ? [] : [["whitened", `but for ${options.whiten} of the mean variance`] as const]),
    ...(options.general === undefined ? [] : [["learned first", `${options.general} general atoms`] as const]),
    ["vectors", `${count(split.training)} to learn from, ${count(split.test)} set apart (${split.manner})`],
    ["seed", String(seed)],
  ];
  const charts = learningCharts(file).map((chart) => svg(lineChart(chart, onPage)));
  return `<dl class="facts">${facts.map(([name, value]) => `<div><dt>${text(name)}</dt><dd>${text(value)}</dd></div>`).join("")}</dl>
<div class="charts">${charts.join("")}</div>
<code>${text(command)}</code>`;
}

function densityHtml(density: Density): string {
  const { histogram, ranks } = densityCharts(density);
  const list = (name: string, own: readonly number[]) => {
    const more = own.length > most.listed ? ` and ${own.length - most.listed} others` : "";
    return `<p><b>${text(name)}</b> ${own.length === 0 ? "none" : text(`${own.slice(0, most.listed).join(", ")}${more}`)}</p>`;
  };
  return `<div class="charts">${svg(barChart(histogram, onPage))}${svg(lineChart(ranks, onPage))}</div>
${list("In no vector:", density.dead)}
${list("Rare:", density.rare)}`;
}

/** Atoms that any vector has, and a picture of each. */
async function wallOf(atoms: OpenAtoms) {
  const uses = await atoms.codes.frequencies();
  const wanted = await mostUsed(atoms, most.wall);
  const { decoder } = await atoms.decoder();
  const share = (atom: number) => uses[atom] / atoms.codes.meta.vectors;
  if (decoder !== undefined) {
    const { dictionary } = atoms;
    const { picture } = decoder;
    const size = picture.channels * picture.height * picture.width;
    const found: { atom: number; share: number; source: string }[] = [];
    // In portions: pictures of all of them need not be in memory.
    for (let at = 0; at < wanted.length; at += 64) {
      const some = wanted.slice(at, at + 64);
      const vectors = new Float32Array(some.length * dictionary.length);
      some.forEach((atom, i) => {
        const sum = sumOfAtoms(dictionary, [{ atom, amount: highCoefficient(atoms.uses.byAtom, atom) }]);
        vectors.set(sum, i * dictionary.length);
      });
      const drawn = await decoder.decode(vectors);
      for (const [i, atom] of some.entries()) {
        const source = await pictureSource(drawn.subarray(i * size, (i + 1) * size), picture, {});
        found.push({ atom, share: share(atom), source });
      }
    }
    return found;
  }
  const rows: number[] = [];
  const own: number[] = [];
  for (const atom of wanted) {
    const [row] = [
      ...(await strongestRows(atoms, { atom, sign: 1, count: 1 })),
      ...(await strongestRows(atoms, { atom, sign: -1, count: 1 })),
    ];
    rows.push(row);
    own.push(atom);
  }
  const { pictures, form } = await picturesOfRows(atoms, rows);
  const size = form.channels * form.height * form.width;
  return Promise.all(
    own.map(async (atom, i) => ({
      ...{ atom, share: share(atom) },
      source: await pixelsSource(thumbnail(pictures.subarray(i * size, (i + 1) * size), form, 64)),
    })),
  );
}
