/** @file noema activations: what a layer makes of every picture of a dataset, as vectors on disk. */
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { z } from "zod";
import { dataAsked, mostPlaces, positionsPattern, vectorsAsked } from "../activations/asked.js";
import { latentsLayer, type Network, openNetwork } from "../activations/open-network.js";
import { record } from "../activations/record.js";
import { sheetName } from "../activations/write-activations.js";
import { kindNames } from "../data/open/kinds.js";
import { checkOutputFolder } from "../pictures/write-beside.js";
import { activationsName } from "../store/activations-file.js";
import { defineCommand } from "../terminal/command.js";
import { commandAgain, quoted } from "../terminal/command-line.js";
import { openingOptions } from "../terminal/model-options.js";
import { folderOfLayer } from "../terminal/plain-name.js";

const sidesPattern = /^[1-9]\d{0,3}(x[1-9]\d{0,3})?$/;
const sidesNeeded = "one number, or width and height as in 64x48";

const options = z.object({
  model: z.string().meta({
    description:
      "an ONNX file, the model.json of a TensorFlow.js model, a folder that noema train wrote, or a name: centernet, or one of the zoo",
  }),
  data: z
    .string()
    .optional()
    .meta({
      description: `a folder of pictures, with or without labels, a table of labels (.csv), mnist, avatars, strangers, or KIND:PATH (kinds: ${kindNames.join(", ")}; default: what the network was trained on, where noema train did)`,
      placeholder: "DATA",
    }),
  layer: z
    .string()
    .optional()
    .meta({
      description: `the layer, as noema inspect lists them (default: ${latentsLayer}, where the network has such an output)`,
    }),
  positions: z
    .string()
    .regex(positionsPattern)
    .default("mean")
    .meta({
      description:
        "one vector per picture: the mean or maximum over positions, or that in the centre; or one per position: all, or so many of each picture, drawn by the seed",
      placeholder: "mean|max|centre|all|N",
      needed: `mean, max, centre, all, or a whole number from 1 to ${mostPlaces}`,
    }),
  out: z.string().optional().meta({
    description:
      "the folder to write (default: activations/ and a folder named by model and layer); after an interruption the same command goes on in it",
    placeholder: "FOLDER",
  }),
  most: z.int().min(1).optional().meta({ description: "at most so many pictures, drawn by the seed" }),
  size: z.string().regex(sidesPattern).optional().meta({
    description: "side in pixels, or width and height, that the network is shown (default: its own, else 224)",
    placeholder: "N or WxH",
    needed: sidesNeeded,
  }),
  dataSize: z.string().regex(sidesPattern).optional().meta({
    description: "where a dataset does not come at the network's size: the size it is opened at, to be resized",
    placeholder: "N or WxH",
    needed: sidesNeeded,
  }),
  dataSeed: z.int().min(0).optional().meta({
    description:
      "start of the random numbers by which faces are drawn, and pictures of too many (default: as in training, else --seed)",
  }),
  maxUnreadable: z.number().min(0).max(1).default(0.05).meta({
    description: "the share of pictures that may be unreadable; they are listed",
    needed: "a number from 0 to 1",
  }),
  seed: z.int().min(0).default(0).meta({ description: "start of the random numbers; the same gives the same files" }),
  batch: z.int().min(1).max(4096).optional().meta({
    description: "how many pictures the network is shown at a time (default: 8 to 64, by their size)",
  }),
  restart: z
    .boolean()
    .default(false)
    .meta({ description: "begin anew: what an earlier command has left in FOLDER is taken away" }),
  saveEvery: z.number().min(0).default(10).meta({
    description: "seconds between savings, which is what a kill or a crash can lose",
    placeholder: "SECONDS",
  }),
  ...openingOptions,
});

type Options = z.output<typeof options>;

export const command = defineCommand({
  name: "activations",
  summary: "writes what a layer makes of every picture of a dataset to disk, as vectors with their labels",
  options,
  positionals: ["model"],
  examples: [
    "noema activations avatars --out activations/avatars",
    "noema activations googlenet.onnx --layer inception_4c/output --data photographs --out activations/4c",
    "noema activations model.onnx --layer conv5 --data photographs --positions 4 --out activations/conv5",
  ],
  run: async (given, terminal) => {
    const network = await openNetwork({ ...given, size: sides(given.size) });
    const layer = given.layer ?? (await usualLayer(network));
    const out = given.out ?? folderOfLayer("activations", { model: given.model, layer });
    checkOutputFolder(out, activationsName);
    const recorded = await record(
      {
        ...dataAsked("noema activations", given, network),
        dataSize: sides(given.dataSize),
        ...vectorsAsked(given.positions),
        ...{ network, layer, out, model: given.model, batch: given.batch, threads: given.threads, seed: given.seed },
        ...{ restart: given.restart, saveEvery: given.saveEvery, maxUnreadable: given.maxUnreadable },
        command: commandOf(given),
      },
      terminal,
    );
    if (recorded === undefined)
      return terminal.warn("Stopped. What was done is kept: the same command goes on with it.");
    const { store, found } = recorded;
    store.close();
    if (found) terminal.warn(`${out}: these activations are finished.`);
    const { pictures, figures, layer: own } = store.meta;
    const skipped = pictures?.skipped ?? [];
    if (!found && skipped.length > 0) {
      const named = skipped.slice(0, 10).map(({ name, reason }) => `  ${name}: ${reason}`);
      terminal.warn(
        `${skipped.length} of ${pictures!.count} pictures cannot be read and are left out:\n${named.join("\n")}${skipped.length > named.length ? "\n  …" : ""}`,
      );
    }
    const perPicture = own!.perPicture === 1 ? "" : `, ${own!.perPicture} of each`;
    terminal.print(
      `${store.count} vectors of ${store.length} numbers: layer ${own!.name} of ${pictures!.used} pictures${perPicture}.`,
    );
    const { mean, deviation, zeros, constantChannels } = figures!;
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    terminal.print(
      `Mean ${mean.toPrecision(3)}, deviation ${deviation.toPrecision(3)}; ${percent(zeros)} are 0${constantChannels === 0 ? "" : `; ${constantChannels} channels are always the same`}.`,
    );
    terminal.print(join(out, sheetName));
  },
});

function sides(text: string | undefined) {
  if (text === undefined) return undefined;
  const [width, height = width] = text.split("x").map(Number);
  return { width, height };
}

/** @throws NoemaError OPTION_MISSING where no layer is what everybody would mean */
async function usualLayer({ opened }: Network): Promise<string> {
  const { outputs } = await opened.read({ partial: true });
  if (outputs.some(({ name }) => name === latentsLayer)) return latentsLayer;
  throw new NoemaError("OPTION_MISSING", {
    where: "noema activations",
    found: "--layer LAYER is missing",
    needed: `the network has no output "${latentsLayer}", which would be taken`,
    remedy: `noema inspect ${quoted(opened.path)} lists its layers.`,
  });
}

/** The command as it could be given again, without what goes without saying. */
function commandOf({ model, restart: _, ...given }: Options): string {
  return commandAgain(["noema activations", quoted(model)], options, given);
}
