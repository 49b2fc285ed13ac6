/** @file noema factors: looks through a trained autoencoder: what its label and its latents each hold. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { NoemaError, unknownName } from "@noema/engine";
import { evenValues, type Sweep } from "@noema/lenses";
import { z } from "zod";
import { ablate } from "../factors/ablate.js";
import { animateSweep } from "../factors/animate-sweep.js";
import { drawView } from "../factors/draw-view.js";
import { type Exhibit, exhibitFiles, exhibitOf } from "../factors/exhibit.js";
import { measuresInWords } from "../factors/measures-in-words.js";
import { drawReport } from "../factors/report.js";
import { reportParts } from "../factors/report-parts.js";
import { scatterOf } from "../factors/scatter-of.js";
import { drawScatter } from "../factors/scatter-plot.js";
import { viewMakers } from "../factors/views/index.js";
import type { ViewMaker } from "../factors/views/view-maker.js";
import { zooFolder, zooNames } from "../models/zoo.js";
import { encodePng } from "../pictures/png.js";
import { checkOutput, writeBeside } from "../pictures/write-beside.js";
import { defineCommand, type Terminal } from "../terminal/command.js";
import { measureRun } from "../training/measure.js";
import { type OpenRun, openRun } from "../training/open-run.js";

const others = ["scatter", "measure", "report", "ablate"] as const;
const views = [...viewMakers.map(({ name }) => name), ...others];

const options = z.object({
  view: z.string().meta({ description: views.join(", "), placeholder: "VIEW" }),
  run: z.string().meta({
    description: "the folder that noema train xcov has written, or a network of the zoo: mnist, avatars",
    placeholder: "RUN",
  }),
  out: z.string().optional().meta({
    description: "the picture or page to write (default: RUN/VIEW.png, RUN/report.html)",
    placeholder: "FILE",
  }),
  images: z.string().optional().meta({
    description: "your own pictures, joined by commas (default: some of those set apart)",
    placeholder: "FILE,FILE,…",
  }),
  count: z.int().min(1).max(64).optional().meta({ description: "how many of the pictures set apart are shown" }),
  skip: z.int().min(0).default(0).meta({ description: "how many of them are passed over first" }),
  labels: z.string().optional().meta({ description: "only these labels, joined by commas", placeholder: "A,B,…" }),
  values: z
    .string()
    .regex(/^-?[\d.]+:-?[\d.]+:\d{1,4}$/)
    .optional()
    .meta({
      description: "of a sweep: from, to and how many (default: -5:5:11); of a traverse, how many, as in 0:1:9",
      placeholder: "FROM:TO:N",
      needed: "two numbers and how many, as in -5:5:11",
    }),
  onto: z.enum(["nothing", "own"]).optional().meta({
    description: "what a sweep writes its label onto: nothing (the others are 0) or the picture's own label",
    placeholder: "nothing|own",
  }),
  as: z.string().optional().meta({
    description: "swap: table or pairs; traverse: table or rows",
    placeholder: "FORM",
  }),
  strength: z
    .number()
    .min(-100)
    .max(100)
    .optional()
    .meta({ description: "what a transfer sets the label to (default: 1)", needed: "a number from -100 to 100" }),
  factor: z
    .string()
    .optional()
    .meta({ description: "what a scatter is coloured by (default: the label)", placeholder: "FACTOR" }),
  cell: z
    .int()
    .min(16)
    .max(1024)
    .optional()
    .meta({ description: "pixels to a side that pictures are brought near to" }),
  gamma: z
    .string()
    .regex(/^\d+(\.\d+)?(,\d+(\.\d+)?)*$/)
    .default("0,1,10,100")
    .meta({
      description: "of ablate: weights of the cross-covariance, each of which is trained with",
      placeholder: "N,N,…",
      needed: "numbers joined by commas",
    }),
  saveEvery: z
    .number()
    .min(0)
    .default(60)
    .meta({ description: "seconds from one saving to the next, where something is trained" }),
  threads: z.int().min(1).max(1024).optional().meta({ description: "threads of one operator (default: one per core)" }),
});

type Options = z.output<typeof options>;

export const command = defineCommand({
  name: "factors",
  summary: "looks through a trained autoencoder: sweeps, swaps, transfers, scatters, measures, a report of all",
  options,
  positionals: ["view", "run"],
  examples: [
    "noema factors sweep runs/mnist",
    "noema factors transfer runs/avatars --images me.png,you.png",
    "noema factors report runs/mnist",
    "noema factors ablate runs/mnist --gamma 0,1,10,100",
  ],
  run: async (given, terminal) => {
    if (!views.includes(given.view as never)) throw unknownName("VIEW_UNKNOWN", "view", given.view, views);
    const maker = viewMakers.find(({ name }) => name === given.view);
    const isFolder = existsSync(given.run);
    const name = given.view === "report" ? "report.html" : `${given.view}.png`;
    // What comes with the program is not written to.
    const out = given.out ?? (isFolder ? join(given.run, name) : `${given.run}-${name}`);
    if (given.view !== "measure") checkOutput(out, given.view === "report" ? ".html" : ".png");
    checkFolder(given.run);
    const run = await openRun(given.run, terminal, given.threads);
    try {
      if (maker !== undefined) await show(maker, run, out, given, terminal);
      else if (given.view === "scatter") await plot(run, out, given, terminal);
      else if (given.view === "ablate")
        await ablate(run, { ...given, out, gammas: given.gamma.split(",").map(Number) }, terminal);
      else await measure(run, given.view === "report" ? out : undefined, given, terminal);
    } finally {
      await run.autoencoder.dispose();
    }
  },
});

async function show(maker: ViewMaker, run: OpenRun, out: string, given: Options, terminal: Terminal): Promise<void> {
  const exhibit = await exhibited(maker, run, given);
  const call = {
    run,
    exhibit,
    labels: given.labels?.split(","),
    values: valuesOf(given),
    onto: given.onto,
    as: given.as,
    strength: given.strength,
  };
  const view = await maker.make(call);
  const cell = given.cell === undefined ? {} : { cellPx: given.cell };
  await writeBeside(out, await encodePng(drawView(maker.name, view, cell)));
  terminal.print(out);
  if (maker.name !== "sweep") return;
  const { values } = view as Sweep;
  const fine = evenValues(Math.min(...values), Math.max(...values), 41);
  const moving = (await maker.make({ ...call, values: fine })) as Sweep;
  const animation = out.replace(/\.png$/i, ".webp");
  await writeBeside(animation, await animateSweep(moving, cell));
  terminal.print(animation);
}

async function exhibited(maker: ViewMaker, run: OpenRun, given: Options): Promise<Exhibit> {
  if (given.images !== undefined) return exhibitFiles(run, given.images.split(","));
  const count = given.count ?? maker.pictures;
  return count === 0 ? { pictures: new Float32Array(0), names: [] } : exhibitOf(run, count, given.skip);
}

function valuesOf({ values }: Options): number[] | undefined {
  if (values === undefined) return undefined;
  const [from, to, count] = values.split(":").map(Number);
  if (count >= 1 && to > from) return evenValues(from, to, count);
  throw new NoemaError("OPTION_VALUE", {
    where: "--values",
    found: `"${values}"`,
    needed: "the second number must be larger than the first, and at least one value between them",
  });
}

async function plot(run: OpenRun, out: string, given: Options, terminal: Terminal): Promise<void> {
  const known = (await run.subject()).dataset.factors.map(({ name }) => name);
  if (given.factor !== undefined && !known.includes(given.factor)) {
    throw unknownName("FACTOR_UNKNOWN", "factor", given.factor, known);
  }
  const { scatter } = await scatterOf(run, given.factor);
  await writeBeside(out, await encodePng(drawScatter(scatter)));
  terminal.print(out);
}

async function measure(run: OpenRun, page: string | undefined, given: Options, terminal: Terminal): Promise<void> {
  const measures = await measureRun(run, given, terminal);
  const stopped = () => terminal.warn("Stopped. What the judges learned is kept: the same command goes on.");
  if (measures === undefined) return stopped();
  for (const line of measuresInWords(run, measures)) terminal.print(line);
  if (page === undefined) return;
  const parts = await reportParts(run, measures, terminal);
  if (parts === undefined) return stopped();
  await writeBeside(page, Buffer.from(await drawReport(parts)));
  terminal.print(page);
}

function checkFolder(run: string): void {
  if (existsSync(run) ? statSync(run).isDirectory() : zooFolder(run) !== undefined) return;
  throw new NoemaError("RUN_MISSING", {
    where: `run "${run.slice(0, 200)}"`,
    found: existsSync(run) ? "it is a file" : "there is no such folder",
    needed: "the folder that noema train xcov has written, or a network of the zoo",
    remedy: `In the zoo: ${zooNames().join(", ") || "none"}.`,
  });
}
