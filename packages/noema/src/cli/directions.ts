/** @file noema directions: whether single channels of a layer tell pictures apart better than other directions do. */
import { join, relative, sep } from "node:path";
import { NoemaError } from "@noema/engine";
import { channelCount, checkLabels, halved, LayerLook, seededRandom, verdict } from "@noema/lenses";
import { z } from "zod";
import { type Labels, readLabels } from "../data/reading/read-labels.js";
import { type DreamtKinds, dreamDirections } from "../directions/dream-directions.js";
import { type Direction, fitKinds, type Kind } from "../directions/fit-kinds.js";
import { measureKinds } from "../directions/measure-kinds.js";
import { drawPage } from "../directions/page.js";
import { poolings, readActivations, readResponses, rowsOf } from "../directions/read-activations.js";
import { numbersOf, type Report } from "../directions/report.js";
import { drawFigure, readThumbnail } from "../directions/sheet.js";
import { openForPictures } from "../models/open-for-pictures.js";
import { openModel } from "../models/open-model.js";
import { listPictures } from "../pictures/list-pictures.js";
import { checkOutputFolder, writeBeside } from "../pictures/write-beside.js";
import { defineCommand, type Terminal } from "../terminal/command.js";
import { commandLine, quoted } from "../terminal/command-line.js";
import { modelOption, openingOptions } from "../terminal/model-options.js";

/** How many directions of each kind, where the layer has so many channels. */
const usualCount = 64;

/** Of each kind so many of the most selective directions are shown by their pictures, even without dreams. */
const leastShown = 2;

/** A stream of the seed: how pictures are halved. */
const halvingStream = 202;

const options = z.object({
  model: modelOption,
  layer: z.string().meta({ description: "the layer whose directions are compared" }),
  images: z
    .string()
    .meta({ description: "a folder of pictures; its subfolders are their labels", placeholder: "FOLDER" }),
  labels: z.string().optional().meta({
    description: "a table of labels in place of subfolders: file, then one or several columns of labels",
    placeholder: "FILE.csv",
  }),
  labelPattern: z.string().optional().meta({
    description: "what of the file names is the label: the first group of a regular expression, such as ^(s\\d+)_",
    placeholder: "REGEX",
  }),
  out: z.string().default("directions").meta({ description: "the folder to write", placeholder: "FOLDER" }),
  positions: z
    .enum(poolings)
    .default("mean")
    .meta({
      description: "a direction's response to a picture: its mean or maximum over positions, or that in the centre",
      placeholder: poolings.join("|"),
    }),
  count: z
    .int()
    .min(2)
    .max(4096)
    .optional()
    .meta({
      description: `directions of each kind (default: ${usualCount}, or as many as there are channels)`,
    }),
  signs: z.enum(["one", "both"]).default("one").meta({
    description: "whether the opposite of a direction may be taken in its place, where labels are chosen",
    placeholder: "one|both",
  }),
  top: z.int().min(2).max(1000).default(10).meta({ description: "how many pictures the label entropy is of" }),
  resamples: z.int().min(100).max(100_000).default(2000).meta({ description: "resamples for the intervals" }),
  dreams: z.int().min(0).max(50).default(2).meta({
    description: "how many of the most selective directions of each kind are dreamt of, beside the median one",
  }),
  steps: z.int().min(1).max(10_000).default(128).meta({ description: "steps of ascent of each dream" }),
  maxUnreadable: z.number().min(0).max(1).default(0.05).meta({
    description: "the share of pictures that may be unreadable; they are listed",
    needed: "a number from 0 to 1",
  }),
  seed: z.int().min(0).default(0).meta({ description: "start of the random numbers; the same gives the same files" }),
  batch: z.int().min(1).max(256).default(8).meta({ description: "how many pictures the network is shown at a time" }),
  ...openingOptions,
});

type Options = z.output<typeof options>;

export const command = defineCommand({
  name: "directions",
  summary: "compares channels of a layer with random and other directions: how selective each is on labelled pictures",
  options,
  positionals: ["model"],
  examples: [
    "noema directions googlenet.onnx --layer inception_4c/output --images photographs --out directions",
    'noema directions model.onnx --layer conv5 --images faces --label-pattern "^(s\\d+)_"',
  ],
  run: async (given, terminal) => {
    checkOutputFolder(given.out, "index.html");
    const labels = readLabels({
      folder: given.images,
      paths: await listPictures(given.images),
      table: given.labels,
      pattern: given.labelPattern,
    });
    const found = await compare(given, labels, terminal);
    if (found === undefined) return terminal.warn("Stopped: nothing was written.");
    const { report, paths, dreamt } = found;
    await write(given.out, report, paths);
    for (const note of report.notes) terminal.warn(note);
    for (const sentence of report.verdict) terminal.print(sentence);
    terminal.print(join(given.out, "index.html"));
    if (dreamt.dreamt < dreamt.wanted && terminal.signal.aborted) {
      terminal.warn(`Stopped after ${dreamt.dreamt} of ${dreamt.wanted} dreams; all numbers are there.`);
    }
  },
});

/** Undefined after Ctrl-C, but for the dreams: what there is of them is kept. */
async function compare(
  given: Options,
  labels: Labels,
  terminal: Terminal,
): Promise<{ report: Report; paths: readonly string[]; dreamt: DreamtKinds } | undefined> {
  const { layer, seed } = given;
  const opened = await openModel(given.model, { sidecar: given.sidecar });
  const { guessed, ...pictures } = await openForPictures(opened, { batch: given.batch, input: given.input });
  if (guessed !== undefined) terminal.warn(guessed);
  checkChannels(channelCount(pictures.preprocessing));
  const compile = given.threads === undefined ? {} : { threads: given.threads };
  const look = await LayerLook.open({ ...pictures, layer, compile });
  try {
    const count = given.count ?? Math.min(usualCount, look.channels);
    checkCount(count, look.channels, labels.paths.length, layer);
    // Before the long work; unreadable pictures may still take a label away.
    checkLabels(labels.labellings, halved(labels.labellings, labels.paths.length, seededRandom(seed, halvingStream)));
    const reading = { ...given, paths: labels.paths, look, pooling: given.positions, terminal };
    const activations = await readActivations(reading);
    if (activations === undefined) return undefined;
    const { kept, unreadable } = activations;
    const paths = kept.map((i) => labels.paths[i]);
    const labellings = labels.labellings.map((one) => ({ ...one, of: Int32Array.from(kept, (i) => one.of[i]) }));
    checkCount(count, look.channels, paths.length, layer);
    const halves = halved(labellings, paths.length, seededRandom(seed, halvingStream));
    checkLabels(labellings, halves);
    const fitted = await fitKinds(rowsOf(activations, look.channels, halves.choosing), { count, seed, terminal });
    if (fitted === undefined) return undefined;
    const directions = fitted.kinds.flatMap((kind) => kind.directions.map(({ vector }) => vector));
    const opposites = directions.map((vector) => vector.map((v) => -v));
    const responses: Float32Array[] = [];
    for (const wanted of given.signs === "both" ? [directions, opposites] : [directions]) {
      const along = await readResponses({ ...reading, paths }, activations, wanted);
      if (along === undefined) return undefined;
      responses.push(along);
    }
    const measured = await measureKinds({ ...given, kinds: fitted.kinds, responses, labellings, halves, terminal });
    if (measured === undefined) return undefined;
    const { guessed: _, ...single } = await openForPictures(opened, { input: given.input });
    const dreamt = await dreamDirections({
      ...single,
      ...(opened.sidecar?.sidecar.colours && { colours: opened.sidecar.sidecar.colours }),
      ...{ layer, compile, kinds: measured.kinds, best: Math.max(given.dreams, leastShown), seed, terminal },
      steps: given.dreams === 0 ? 0 : given.steps,
    });
    const report: Report = {
      ...measured,
      model: opened.name,
      layer,
      channels: look.channels,
      positions: look.positions,
      pictures: paths.map((path) => relative(given.images, path).replaceAll(sep, "/")),
      labellings,
      halves,
      verdict: verdict(measured.comparison),
      notes: [
        ...labels.notes,
        ...(unreadable.length === 0
          ? []
          : [
              `${unreadable.length} of ${labels.paths.length} pictures cannot be read and are left out: ${unreadable.map(({ path }) => path).join(", ")}.`,
            ]),
        ...fitted.notes,
        ...dreamt.notes,
      ],
      unreadable,
      options: { ...optionsOf(given), count, command: commandOf(given) },
      shown: dreamt.shown,
    };
    return { report, paths, dreamt };
  } finally {
    await look.dispose();
  }
}

/** What of the options decides the numbers. */
function optionsOf({ positions, signs, top, resamples, dreams, steps, maxUnreadable, seed, batch }: Options) {
  return { positions, signs, top, resamples, dreams, steps, maxUnreadable, seed, batch };
}

/** The command as it could be given again. */
function commandOf({ model, ...others }: Options): string {
  return commandLine(["noema directions", quoted(model)], others);
}

async function write(folder: string, report: Report, paths: readonly string[]): Promise<void> {
  const thumbnail = (picture: number, sidePx: number) => readThumbnail(paths[picture], sidePx);
  // Drawn before anything is written: what fails, fails without leaving a part.
  const [figure, page] = [await drawFigure(report, thumbnail), await drawPage(report, thumbnail)];
  const bytes = (text: string) => new TextEncoder().encode(text);
  // Together: each waits for the disk.
  const directions = report.kinds.flatMap((kind: Kind): readonly Direction[] => kind.directions);
  await Promise.all(
    directions.map(({ name, vector }) =>
      writeBeside(join(folder, "vectors", `${name}.json`), bytes(`${JSON.stringify([...vector])}\n`)),
    ),
  );
  await writeBeside(join(folder, "directions.json"), bytes(`${JSON.stringify(numbersOf(report), null, 1)}\n`));
  await writeBeside(join(folder, "directions.png"), figure);
  await writeBeside(join(folder, "index.html"), bytes(page));
}

function checkChannels(channels: number): void {
  if (channels === 1 || channels === 3 || channels === 4) return;
  throw new NoemaError("INPUT_NOT_PICTURE", {
    where: "the model's input",
    found: `${channels} channels`,
    needed: "pictures from files have 1, 3 or 4",
  });
}

function checkCount(count: number, channels: number, pictures: number, layer: string): void {
  const refused = (found: string, most: number) =>
    new NoemaError("DIRECTIONS_MANY", {
      where: `${count} directions of each kind`,
      found,
      needed: `at most ${most} of them`,
      remedy: "Say how many with --count.",
    });
  if (count > channels) throw refused(`layer "${layer}" has ${channels} channels`, channels);
  if (count > pictures) throw refused(`there are ${pictures} pictures with labels`, pictures);
}
