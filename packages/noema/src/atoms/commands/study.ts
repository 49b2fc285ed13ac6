/** @file noema atoms study: for which layers vectors are sums of few atoms more than their statistics alone would make them. */
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { learners } from "@noema/lenses";
import { z } from "zod";
import { dataAsked, positionsPattern, vectorsAsked } from "../../activations/asked.js";
import { openNetwork } from "../../activations/open-network.js";
import { encodePng } from "../../pictures/png.js";
import { checkOutputFolder, writeBeside } from "../../pictures/write-beside.js";
import { defineCommand } from "../../terminal/command.js";
import { commandAgain, quoted } from "../../terminal/command-line.js";
import { openingOptions } from "../../terminal/model-options.js";
import { drawStudy } from "../study/draw-study.js";
import { runStudy } from "../study/run-study.js";
import { type StudyFile, studiedLayers, studyName } from "../study/study-file.js";

const sheetName = "study.png";

const options = z.object({
  model: z.string().meta({
    description:
      "an ONNX file, the model.json of a TensorFlow.js model, a folder that noema train wrote, or a name: centernet, or one of the zoo",
  }),
  layers: z
    .string()
    .meta({ description: "the layers, joined by commas, as noema inspect lists them", placeholder: "L,L,…" }),
  data: z.string().optional().meta({
    description:
      "pictures, as noema activations takes them (default: what the network was trained on, where noema train did)",
    placeholder: "DATA",
  }),
  out: z.string().default("study").meta({
    description: "the folder to write; after an interruption the same command goes on in it",
    placeholder: "FOLDER",
  }),
  positions: z.string().regex(positionsPattern).default("8").meta({
    description:
      "of each picture: vectors of so many positions, drawn by the seed, or of all; or one: mean, max, centre",
    placeholder: "N|all|mean|max|centre",
    needed: "mean, max, centre, all, or a whole number",
  }),
  most: z.int().min(4).optional().meta({ description: "at most so many pictures, drawn by the seed" }),
  atoms: z.int().min(2).max(65_536).default(512).meta({ description: "atoms of each dictionary" }),
  sparsity: z.int().min(1).max(256).default(16).meta({ description: "the most atoms that a vector is made of" }),
  method: z
    .enum(Object.keys(learners) as [string, ...string[]])
    .default("k-svd")
    .meta({ description: "how dictionaries are learned", placeholder: Object.keys(learners).join("|") }),
  iterations: z.int().min(1).max(100_000).default(20).meta({ description: "how often all vectors are gone through" }),
  nonNegative: z.boolean().default(false).meta({ description: "atoms are only added" }),
  heldOutShare: z.number().gt(0).lt(1).default(0.3).meta({
    description: "the share of pictures whose vectors teach nothing: of them the figures are",
    needed: "a number between 0 and 1",
  }),
  untrained: z.boolean().default(true).meta({
    description: "whether an untrained network of the same shape is looked at too; --no-untrained: not",
  }),
  resamples: z.int().min(100).max(100_000).default(1000).meta({ description: "resamples for the intervals" }),
  keep: z.boolean().default(false).meta({ description: "keep the recorded vectors of each layer" }),
  maxUnreadable: z.number().min(0).max(1).default(0.05).meta({
    description: "the share of pictures that may be unreadable; they are listed",
    needed: "a number from 0 to 1",
  }),
  batch: z.int().min(1).max(4096).optional().meta({ description: "how many pictures the network is shown at a time" }),
  seed: z.int().min(0).default(0).meta({ description: "start of the random numbers; the same gives the same figures" }),
  ...openingOptions,
});

type Options = z.output<typeof options>;

export const studyCommand = defineCommand({
  name: "study",
  summary: "says for which layers sparse structure exceeds Gaussian, shuffled and untrained controls",
  options,
  positionals: ["model"],
  examples: ["noema atoms study googlenet.onnx --layers inception_3b/output,inception_4c/output --data photographs"],
  run: async (given, terminal) => {
    checkOutputFolder(given.out, studyName);
    const layers = given.layers
      .split(",")
      .map((layer) => layer.trim())
      .filter((layer) => layer !== "");
    if (layers.length === 0 || new Set(layers).size < layers.length) {
      throw new NoemaError("OPTION_VALUE", {
        where: "--layers",
        found: `"${given.layers}"`,
        needed: "names of layers, joined by commas, each once",
      });
    }
    const network = await openNetwork(given);
    // Names are looked up before the long work.
    const { model } = await network.open(1);
    for (const layer of layers) model.value(layer);
    const file = await runStudy(
      {
        ...{ network, layers, model: given.model, command: lineOf(given), threads: given.threads, batch: given.batch },
        ...dataAsked("noema atoms study", given, network),
        ...vectorsAsked(given.positions),
        ...{ seed: given.seed, maxUnreadable: given.maxUnreadable, restart: false, saveEvery: 10 },
        ...{ out: given.out, atoms: given.atoms, sparsity: given.sparsity, method: given.method },
        ...{ iterations: given.iterations, nonNegative: given.nonNegative, heldOutShare: given.heldOutShare },
        ...{ withUntrained: given.untrained, resamples: given.resamples, keep: given.keep },
      },
      terminal,
    );
    if (file === undefined)
      return terminal.warn("Stopped. Layers that were finished are kept: the same command goes on.");
    const studied = studiedLayers(file);
    const sheet = drawStudy(studied, aboutOf(file, network.name, given));
    await writeBeside(join(given.out, sheetName), await encodePng(sheet));
    for (const { verdict } of studied) for (const sentence of verdict.sentences) terminal.print(sentence);
    terminal.print(join(given.out, sheetName));
  },
});

function aboutOf({ layers }: StudyFile, name: string, { atoms, sparsity }: Options) {
  const [first] = layers;
  const count = (n: number) => n.toLocaleString("en-US");
  return {
    title: `Are vectors of ${name} sums of few atoms?`,
    subtitle: `${count(first.heldOut)} held-out vectors of ${count(first.pictures)} pictures, coded with at most ${sparsity} of ${atoms} atoms that ${count(first.learning)} others taught; a dictionary of its own for each kind. Structure that is sparse shows where the full line is above the dotted one of its colour: Gaussian vectors have the same covariance and no atoms.`,
  };
}

/** The command as it could be given again, without what goes without saying. */
function lineOf({ model, ...given }: Options): string {
  return commandAgain(["noema atoms study", quoted(model)], options, given);
}
