/** @file noema start: a first look, on nothing but what the install brought: a labelled sheet of chosen channels. */
import { dirname, join } from "node:path";
import { channel, evenValues, sweep } from "@noema/lenses";
import { z } from "zod";
import { render } from "../dreams/render.js";
import { animateSweep } from "../factors/animate-sweep.js";
import { exhibitOf } from "../factors/exhibit.js";
import { openForPictures } from "../models/open-for-pictures.js";
import { openModel } from "../models/open-model.js";
import { zooNames } from "../models/zoo.js";
import { encodePng, type Pixels } from "../pictures/png.js";
import { drawSheet } from "../pictures/sheet.js";
import { checkOutput, writeBeside } from "../pictures/write-beside.js";
import { defineCommand, type Terminal } from "../terminal/command.js";
import { openRun } from "../training/open-run.js";

interface Row {
  readonly heading: string;
  readonly layer: string;
  /** Channels, what we see in their pictures, and the seed that shows it. */
  readonly channels: readonly (readonly [unit: number, seen: string, seed: number])[];
}

/** Found by looking at the pictures of every channel of these layers: some that show what the layer is about. */
const rows: readonly Row[] = [
  {
    heading: "In the middle of the network: textures and parts",
    layer: "tower_0/MobilenetV3/expanded_conv_11/add",
    channels: [
      [1, "Cushions", 4],
      [46, "Fir trees", 4],
      [66, "Arches", 4],
      [53, "Folded skin", 4],
      [29, "Round faces", 4],
      [10, "Bright folds", 4],
    ],
  },
  {
    heading: "In the detector's head: things",
    layer: "tower_0/CenternetHead/c4_reverse/3x3/BatchNorm/FusedBatchNorm",
    channels: [
      [65, "A crowd", 1],
      [18, "People standing", 4],
      [117, "Figures on snow", 4],
      [89, "Boats", 4],
      [14, "Glasses", 4],
      [118, "Tins", 4],
    ],
  },
];

const sidePx = 160;

/** A network of the zoo, and how many of its examples are shown. */
const firstSweep = { run: "avatars", people: 3 };

const options = z.object({
  out: z.string().default("out/first-picture.png").meta({ description: "the sheet to write", placeholder: "FILE.png" }),
  steps: z.int().min(1).max(10_000).default(128).meta({ description: "steps of ascent per picture" }),
  seed: z.int().min(0).default(0).meta({ description: "added to where the random numbers of each picture start" }),
});

type Options = z.output<typeof options>;

export const command = defineCommand({
  name: "start",
  summary: "draws a sheet of what channels of the built-in network respond to",
  options,
  positionals: [],
  run: async (given, terminal) => {
    checkOutput(given.out, ".png");
    terminal.warn("Drawing what channels of an object detector respond to, one picture after the other …");
    const sections = await dreamSections(given, terminal);
    if (sections === undefined) return terminal.warn("Stopped: nothing was written.");
    const sheet = drawSheet(sections, {
      title: "What channels of an object detector respond to",
      subtitle:
        "CenterNet on MobileNetV3, trained on COCO. Each picture excites one channel; the words are what we see in it.",
    });
    await writeBeside(given.out, await encodePng(sheet));
    terminal.print(given.out);
    const faces = await drawFirstSweep(given.out, terminal);
    const [{ layer, channels }] = rows;
    const recipe = `--size ${sidePx} --steps ${given.steps} --seed ${given.seed + channels[0][2]}`;
    terminal.warn(
      `One of them by itself: npx noema dream centernet --objective channel:${layer}:${channels[0][0]} ${recipe}`,
    );
    if (faces) terminal.warn("More of the faces: npx noema factors transfer avatars");
  },
});

/** What an autoencoder of the zoo makes of a label that is turned past anything in its data: moving, beside the sheet. */
async function drawFirstSweep(sheet: string, terminal: Terminal): Promise<boolean> {
  if (terminal.signal.aborted || !zooNames().includes(firstSweep.run)) return false;
  terminal.warn("Turning the expressions of drawn faces up and down …");
  const run = await openRun(firstSweep.run, terminal);
  try {
    const { pictures, names } = await exhibitOf(run, firstSweep.people);
    const moving = await sweep(run.autoencoder, pictures, { names, values: evenValues(-5, 5, 41) });
    const out = join(dirname(sheet), "first-sweep.webp");
    await writeBeside(out, await animateSweep(moving));
    terminal.print(out);
    return true;
  } finally {
    await run.autoencoder.dispose();
  }
}

/** The pictures, row by row; undefined after Ctrl-C. */
async function dreamSections({ steps, seed }: Options, terminal: Terminal) {
  const opened = await openModel("centernet");
  const jobs = rows.flatMap(({ layer, channels }) =>
    channels.map(([unit, , own]) => ({ objective: channel({ layer, unit }).text, seed: seed + own })),
  );
  const progress = terminal.progress(jobs.length * steps, "steps");
  const pictures: Pixels[] = [];
  try {
    const dreams = render({
      open: (batch) => openForPictures(opened, { batch, size: { width: sidePx, height: sidePx } }),
      jobs,
      steps,
      signal: terminal.signal,
      onStep: ({ taken }) => progress.update(taken),
    });
    for await (const { job, finished, views, failure } of dreams) {
      if (failure !== undefined) throw failure;
      if (!finished) return undefined;
      pictures[job] = views.at(-1)!.pixels;
    }
  } finally {
    progress.stop();
  }
  if (pictures.length < jobs.length) return undefined;
  const entries = rows
    .flatMap(({ channels }) => channels)
    .map(([unit, seen], i) => {
      return { picture: pictures[i], title: seen, note: `channel ${unit}` };
    });
  return rows.map(({ heading, layer, channels }) => ({
    heading,
    note: layer,
    entries: entries.splice(0, channels.length),
  }));
}
