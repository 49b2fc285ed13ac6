/** @file ablate: a run trained again with other weights of the cross-covariance, and what each gives, as a table. */
import { dirname, join } from "node:path";
import { drawSvg, escapeXml } from "../pictures/lettering.js";
import { encodePng } from "../pictures/png.js";
import { writeBeside } from "../pictures/write-beside.js";
import type { Terminal } from "../terminal/command.js";
import { learn } from "../training/learn.js";
import { type OpenRun, openRun } from "../training/open-run.js";
import { probe } from "../training/read-latents.js";

export interface AblationOptions {
  readonly gammas: readonly number[];
  /** A PNG; a table of the same numbers stands beside it as JSON. */
  readonly out: string;
  readonly saveEvery: number;
  readonly threads?: number | undefined;
}

interface AblationRow {
  readonly gamma: number;
  readonly accuracy: number;
  readonly squaredError: number;
  readonly crossCovariance: number;
  readonly linear: number;
  readonly hidden: number;
  readonly chance: number;
}

/** Everything but γ is as in the run. Each is a run of its own in RUN/ablation; what is trained already is not trained again. */
export async function ablate(run: OpenRun, options: AblationOptions, terminal: Terminal): Promise<void> {
  const rows: AblationRow[] = [];
  for (const gamma of options.gammas) {
    terminal.warn(`γ = ${gamma}:`);
    const own = gamma === run.options.gamma ? run : await trained(run, gamma, options, terminal);
    if (own === undefined) {
      terminal.warn("Stopped. What was learned is kept: the same command goes on with it.");
      return;
    }
    rows.push(await rowOf(own, gamma));
    if (own !== run) await own.autoencoder.dispose();
  }
  for (const line of inWords(rows)) terminal.print(line);
  await writeBeside(options.out.replace(/\.png$/i, ".json"), Buffer.from(`${JSON.stringify(rows, null, 1)}\n`));
  await writeBeside(options.out, await encodePng(drawTable(rows, run)));
  terminal.print(options.out);
}

async function trained(run: OpenRun, gamma: number, options: AblationOptions, terminal: Terminal) {
  const folder = join(run.folder, "ablation", `gamma-${gamma}`);
  const command = `noema factors ablate ${dirname(folder)} --gamma ${gamma}`;
  const file = await learn({ ...run.options, gamma }, { ...options, folder, restart: false, command }, terminal);
  return file === undefined ? undefined : openRun(folder, terminal, options.threads);
}

async function rowOf(run: OpenRun, gamma: number): Promise<AblationRow> {
  const { figures } = run.file;
  return {
    gamma,
    accuracy: figures.accuracy,
    squaredError: figures["squared-error"],
    crossCovariance: figures["cross-covariance"],
    ...(await probe(run)).leakage,
  };
}

const columns: readonly (readonly [string, (row: AblationRow) => string])[] = [
  ["γ", ({ gamma }) => String(gamma)],
  ["label right", ({ accuracy }) => `${(100 * accuracy).toFixed(2)} %`],
  ["squared error", ({ squaredError }) => squaredError.toPrecision(4)],
  ["cross-covariance", ({ crossCovariance }) => crossCovariance.toPrecision(3)],
  ["linear probe", ({ linear }) => `${(100 * linear).toFixed(1)} %`],
  ["probe with a hidden layer", ({ hidden }) => `${(100 * hidden).toFixed(1)} %`],
];

function inWords(rows: readonly AblationRow[]): string[] {
  const table = [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, say]) => say(row)))];
  const widths = columns.map((_, k) => Math.max(...table.map((line) => line[k].length)));
  return table.map((line) => line.map((cell, k) => cell.padStart(widths[k])).join("   "));
}

const px = { margin: 36, row: 34, title: 40, column: 170, bar: 110 } as const;
const ink = "#1c1c1c";
const faint = "#6b6b6b";
const rule = "#d9d6cf";
const fill = "#c2370e";

/** Shares are drawn as bars, with a mark at chance. */
function drawTable(rows: readonly AblationRow[], { file }: OpenRun) {
  const width = 2 * px.margin + columns.length * px.column;
  const top = px.margin + px.title + 26;
  const height = top + (rows.length + 1) * px.row + px.margin;
  const write = (x: number, y: number, words: string, style = "") =>
    `<text x="${x}" y="${y}" ${style}>${escapeXml(words)}</text>`;
  const parts = [
    write(px.margin, px.margin + 24, "What the penalty does", `font-size="28" font-weight="700" fill="${ink}"`),
    write(
      px.margin,
      px.margin + 50,
      `The same network on ${String(file.options.data)}, trained with other weights of the cross-covariance. The probes read the ${file.label} from the latents alone; the mark is chance, ${(100 * rows[0].chance).toFixed(1)} %.`,
      `font-size="15" fill="${faint}"`,
    ),
    ...columns.map(([name], k) =>
      write(px.margin + k * px.column, top + 22, name, `font-size="14" font-weight="700" fill="${ink}"`),
    ),
  ];
  for (const [i, row] of rows.entries()) {
    const y = top + (i + 1) * px.row;
    parts.push(`<line x1="${px.margin}" x2="${width - px.margin}" y1="${y}" y2="${y}" stroke="${rule}"/>`);
    for (const [k, [, say]] of columns.entries()) {
      const x = px.margin + k * px.column;
      parts.push(write(x, y + 22, say(row), `font-size="15" fill="${ink}"`));
      const share = k === 4 ? row.linear : k === 5 ? row.hidden : undefined;
      if (share === undefined) continue;
      const [left, chance] = [x + 62, x + 62 + px.bar * row.chance];
      parts.push(
        `<rect x="${left}" y="${y + 12}" width="${px.bar * share}" height="10" fill="${fill}"/>`,
        `<line x1="${chance}" x2="${chance}" y1="${y + 8}" y2="${y + 26}" stroke="${ink}" stroke-width="2"/>`,
      );
    }
  }
  return drawSvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="Atkinson Hyperlegible"><rect width="100%" height="100%" fill="#ffffff"/>${parts.join("")}</svg>`,
  );
}
