/** @file noema start: a first look, on nothing but what the install brought: a labelled sheet of chosen channels. */
import { setImmediate } from "node:timers/promises";
import { channel, Dream } from "@noema/lenses";
import { z } from "zod";
import { openForPictures } from "../models/open-for-pictures.js";
import { openModel } from "../models/open-model.js";
import { encodePng, type Pixels, pixelsOf } from "../pictures/png.js";
import { drawSheet } from "../pictures/sheet.js";
import { checkOutput, writeBeside } from "../pictures/write-beside.js";
import { defineCommand, type Terminal } from "../terminal/command.js";

interface Row {
  readonly heading: string;
  readonly layer: string;
  /** Channels, and what we see in their pictures. */
  readonly channels: readonly (readonly [unit: number, seen: string])[];
}

/** Found by looking at the pictures of every channel of these layers: some that show what the layer is about. */
const rows: readonly Row[] = [
  {
    heading: "In the middle of the network: textures and parts",
    layer: "tower_0/MobilenetV3/expanded_conv_11/add",
    channels: [
      [1, "Cushions"],
      [46, "Fir trees"],
      [66, "Arches"],
      [53, "Folded skin"],
      [29, "Round faces"],
      [10, "Bright folds"],
    ],
  },
  {
    heading: "In the detector's head: things",
    layer: "tower_0/CenternetHead/c4_reverse/3x3/BatchNorm/FusedBatchNorm",
    channels: [
      [65, "A crowd"],
      [18, "People standing"],
      [117, "Figures on snow"],
      [89, "Boats"],
      [14, "Glasses"],
      [118, "Tins"],
    ],
  },
];

const sidePx = 160;

const options = z.object({
  out: z.string().default("out/first-picture.png").meta({ description: "the sheet to write", placeholder: "FILE.png" }),
  steps: z.int().min(1).max(10_000).default(128).meta({ description: "steps of ascent per picture" }),
  seed: z.int().min(0).default(1).meta({ description: "start of the random numbers" }),
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
    const [{ layer, channels }] = rows;
    const recipe = `--size ${sidePx} --steps ${given.steps} --seed ${given.seed}`;
    terminal.warn(
      `One of them by itself: npx noema dream centernet --objective channel:${layer}:${channels[0][0]} ${recipe}`,
    );
  },
});

/** The pictures, row by row; undefined after Ctrl-C. */
async function dreamSections(given: Options, terminal: Terminal) {
  const size = { width: sidePx, height: sidePx };
  const pictures = await openForPictures(await openModel("centernet"), { size });
  const count = rows.reduce((sum, { channels }) => sum + channels.length, 0);
  const progress = terminal.progress(count * given.steps, "steps");
  // Disposed together: channels of one layer then share one compiled program.
  const opened: Dream[] = [];
  const dreamOne = async (layer: string, unit: number): Promise<Pixels | undefined> => {
    const objective = channel({ layer, unit });
    const dream = await Dream.open({ ...pictures, objective, seed: given.seed });
    const before = opened.push(dream) - 1;
    while (dream.step < given.steps) {
      if (terminal.signal.aborted) return undefined;
      await dream.advance();
      progress.update(before * given.steps + dream.step);
      await setImmediate();
    }
    return pixelsOf(await dream.pictures(), dream.size, 0);
  };
  try {
    const sections = [];
    for (const { heading, layer, channels } of rows) {
      const entries = [];
      for (const [unit, seen] of channels) {
        const picture = await dreamOne(layer, unit);
        if (picture === undefined) return undefined;
        entries.push({ picture, title: seen, note: `channel ${unit}` });
      }
      sections.push({ heading, note: layer, entries });
    }
    return sections;
  } finally {
    progress.stop();
    for (const dream of opened) await dream.dispose();
  }
}
