/** @file noema train: an autoencoder, one that separates a label from everything else, or a classifier, on pictures. */
import { join } from "node:path";
import { NoemaError, unknownName } from "@noema/engine";
import {
  type Architecture,
  architectureOf,
  architectures,
  autoencoderHidden,
  autoencoderLatents,
  classifierHidden,
} from "@noema/lenses";
import { z } from "zod";
import { kindNames } from "../data/open/kinds.js";
import { checkOutput } from "../pictures/write-beside.js";
import { defineCommand } from "../terminal/command.js";
import { commandAgain, quoted } from "../terminal/command-line.js";
import { optionName } from "../terminal/option-specs.js";
import { reconstructionsName } from "../training/autoencoder-run.js";
import { figuresInWords } from "../training/figures-in-words.js";
import { learn } from "../training/learn.js";
import { type LearnOptions, optimizers } from "../training/learn-options.js";
import { runName } from "../training/run-file.js";

const tasks = ["xcov", "classifier", "autoencoder"] as const;

/** Headings of the help. */
const groups = {
  data: "The pictures",
  network: "The network",
  loss: "What counts how much (xcov)",
  variational: "A variational autoencoder",
  training: "The training",
} as const;

const optimizerNames = Object.keys(optimizers) as (keyof typeof optimizers)[];

const weight = (of: string) =>
  z
    .number()
    .min(0)
    .optional()
    .meta({ description: `weight of ${of}`, needed: "a number from 0", group: groups.loss });

const options = z.object({
  task: z.string().meta({ description: `what to train: ${tasks.join(", ")}`, placeholder: "TASK" }),
  data: z.string().meta({
    description: `a folder of pictures sorted into subfolders by label (autoencoder: as they lie), a table of labels (.csv), mnist, avatars, strangers, or KIND:PATH (kinds: ${kindNames.join(", ")})`,
    placeholder: "DATA",
  }),
  out: z.string().meta({
    description: "the folder to write; after an interruption the same command goes on in it",
    placeholder: "FOLDER",
  }),
  epochs: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .meta({ description: "how often all pictures are seen (default: 10; where they are few, enough for 1000 steps)" }),
  restart: z
    .boolean()
    .default(false)
    .meta({ description: "begin anew: what a training has left in FOLDER is taken away" }),
  label: z.string().optional().meta({
    description: "which factor of them is the label that is learned, such as person (default: the data's own)",
    placeholder: "FACTOR",
    group: groups.data,
  }),
  size: z
    .string()
    .regex(/^[1-9]\d{0,3}(x[1-9]\d{0,3})?$/)
    .optional()
    .meta({
      description: "their side in pixels, or width and height (default: the network's, else the data's own)",
      placeholder: "N or WxH",
      needed: "one number, or width and height as in 64x48",
      group: groups.data,
    }),
  colour: z.boolean().optional().meta({
    description: "in colour; --no-colour: in grey (default: as the network wants them, else as they are)",
    group: groups.data,
  }),
  most: z.int().min(2).optional().meta({ description: "at most so many, drawn by the seed", group: groups.data }),
  testShare: z.number().min(0).max(0.9).optional().meta({
    description: "share that is set apart for testing, where the data do not say which (default: 0.1)",
    needed: "a number from 0 to 0.9",
    group: groups.data,
  }),
  heldOut: z.string().optional().meta({
    description: "set apart whole persons, or values of another factor; none: pictures (default: the data's own)",
    placeholder: "FACTOR",
    group: groups.data,
  }),
  maxUnreadable: z.number().min(0).max(1).default(0.05).meta({
    description: "share that may be unreadable; they are left out and listed, more are an error",
    needed: "a number from 0 to 1",
    group: groups.data,
  }),
  network: z
    .string()
    .optional()
    .meta({
      description: `of xcov: ${architectures.map(({ name, summary }) => `${name} (${summary})`).join("; ")} (default: mnist for mnist, else conv)`,
      placeholder: "NAME",
      group: groups.network,
    }),
  hidden: z
    .string()
    .regex(/^[1-9]\d{0,4}(,[1-9]\d{0,4})*$/)
    .optional()
    .meta({
      description: `sizes of its hidden layers, in conv, classifier and autoencoder convolutions first (default: the network's own; classifier: ${classifierHidden.join(",")}; autoencoder: ${autoencoderHidden.join(",")}, the last of them dense; with --spatial as suits the pictures)`,
      placeholder: "N,N,…",
      needed: "whole numbers above 0, joined by commas",
      group: groups.network,
    }),
  latents: z
    .int()
    .min(1)
    .max(65_536)
    .optional()
    .meta({
      description: `how many numbers hold what varies: of xcov, besides the label (default: the network's own); of autoencoder, all (default: ${autoencoderLatents}; with --spatial the next multiple of its places)`,
      group: groups.network,
    }),
  spatial: z.boolean().optional().meta({
    description:
      "latents of places in the picture, not of the whole: hidden sizes are all convolutions (autoencoder; default: of the whole)",
    group: groups.network,
  }),
  weights: z.enum(["float32", "int8"]).default("float32").meta({
    description: "how weights stand in the models that are written: int8 takes a quarter of the space",
    placeholder: "float32|int8",
    group: groups.network,
  }),
  alpha: weight("the squared error between pictures and what is drawn of them (default: 1)"),
  beta: weight("the label's cross-entropy (default: 10 for 28×28 pixels, more for larger pictures)"),
  gamma: weight("the cross-covariance, which keeps the label out of the latents (default: as --beta)"),
  pairing: z.enum(["own", "exchanged"]).optional().meta({
    description: "whether each picture of a pair is rebuilt from its own latents or the other's (default: exchanged)",
    placeholder: "own|exchanged",
    group: groups.loss,
  }),
  zeta: weight("the distance between the latents of a pair (default: 1)"),
  focus: weight(
    "what sets a pair's pictures apart: there the squared error counts 1 + FOCUS × difference (default: 0)",
  ),
  pairs: z.boolean().optional().meta({
    description: "learn from two pictures at a time, of one person with two labels (default: only network paired)",
    group: groups.loss,
  }),
  variational: z.boolean().optional().meta({
    description: "codes with a variance, so that pictures can be drawn from noise (autoencoder; default: plain)",
    group: groups.variational,
  }),
  betaKl: z.number().min(0).optional().meta({
    description: "what a nat of its latents counts beside a nat of its pictures (default: 1)",
    placeholder: "BETA",
    needed: "a number from 0",
    group: groups.variational,
  }),
  klWarmUp: z.int().min(0).max(10_000_000).optional().meta({
    description: "over so many steps --beta-kl rises from 0 (default: a tenth of all)",
    placeholder: "STEPS",
    group: groups.variational,
  }),
  batch: z.int().min(1).max(65_536).optional().meta({
    description: "pictures, or pairs, of a step (default: 128; where they are few, fewer, for 16 steps an epoch)",
    group: groups.training,
  }),
  rate: z.number().positive().optional().meta({
    description: "learning rate (default: 0.001; dense networks wider than 500: less, 0.5 / width)",
    needed: "a number above 0",
    group: groups.training,
  }),
  schedule: z.string().default("cosine").meta({
    description:
      "how the rate changes: constant, cosine, exponential:0.01, step:0.1@30,60, warmup:500,cosine, one-cycle",
    group: groups.training,
  }),
  optimizer: z
    .enum(optimizerNames)
    .default("adam")
    .meta({ description: "who takes the steps", placeholder: optimizerNames.join("|"), group: groups.training }),
  weightDecay: z
    .number()
    .min(0)
    .optional()
    .meta({ description: "weight decay (default: none; 0.01 of adam-w)", group: groups.training }),
  clipNorm: z.number().positive().optional().meta({
    description: "shortens a step's gradient to this length where it is longer",
    needed: "a number above 0",
    group: groups.training,
  }),
  clipValue: z.number().positive().optional().meta({
    description: "cuts each number of a step's gradient to this size where it is larger",
    needed: "a number above 0",
    group: groups.training,
  }),
  patience: z.int().min(1).optional().meta({
    description: "stop after so many epochs that were no better on the pictures set apart, and keep the best weights",
    placeholder: "EPOCHS",
    group: groups.training,
  }),
  labelSmoothing: z.number().min(0).max(0.9).optional().meta({
    description: "of a classifier: share of its target that is spread over all labels (default: 0)",
    needed: "a number from 0 to 0.9",
    group: groups.training,
  }),
  dataSeed: z.int().min(0).optional().meta({
    description: "start of the random numbers by which faces are drawn, and pictures of too many (default: --seed)",
    group: groups.data,
  }),
  seed: z.int().min(0).default(0).meta({
    description: "start of the random numbers; the same gives the same weights",
    group: groups.training,
  }),
  saveEvery: z.number().min(0).default(60).meta({
    description: "seconds between savings, which is what a kill or a crash can lose",
    placeholder: "SECONDS",
    group: groups.training,
  }),
  threads: z
    .int()
    .min(1)
    .max(1024)
    .optional()
    .meta({ description: "threads of one operator (default: one per core)", group: groups.training }),
});

type Options = z.output<typeof options>;

export const command = defineCommand({
  name: "train",
  summary: "trains an autoencoder, one that separates a label from everything else (xcov), or a classifier",
  options,
  positionals: ["task"],
  examples: [
    "noema train xcov --data mnist --out runs/digits",
    "noema train xcov --data photographs --out runs/photographs",
    "noema train xcov --data avatars --pairs --out runs/avatars",
    "noema train autoencoder --data avatars --variational --latents 256 --out runs/faces",
    "noema train classifier --data photographs --size 64 --out runs/classifier",
  ],
  run: async (given, terminal) => {
    checkOutput(join(given.out, runName), ".json");
    const plan = planned(given);
    const { out, saveEvery, restart, threads } = given;
    const place = { folder: out, saveEvery, restart, threads, command: commandOf(given) };
    const run = await learn(plan, place, terminal);
    if (run === undefined) return terminal.warn("Stopped. What was learned is kept: the same command goes on with it.");
    for (const line of figuresInWords(run)) terminal.print(line);
    if (run.task === "xcov") terminal.warn(`Next: noema factors report ${quoted(out)}`);
    if (run.task === "autoencoder") terminal.warn(`To look at: ${join(out, reconstructionsName)}`);
  },
});

function planned(given: Options): LearnOptions {
  const task = tasks.find((name) => name === given.task);
  if (task === undefined) throw unknownName("TASK_UNKNOWN", "task", given.task, tasks);
  const { network, latents, pairs, pairing, alpha, beta, gamma, zeta, focus, labelSmoothing } = given;
  const { label, spatial, variational, betaKl, klWarmUp } = given;
  const ofXcov = { network, pairs, pairing, alpha, beta, gamma, zeta, focus };
  const ofAutoencoder = { spatial, variational, betaKl, klWarmUp };
  const unused = {
    xcov: { labelSmoothing, ...ofAutoencoder },
    classifier: { latents, ...ofXcov, ...ofAutoencoder },
    autoencoder: { label, labelSmoothing, ...ofXcov },
  };
  refuseUnused(unused[task], task);
  if (task === "autoencoder" && variational !== true)
    refuseUnused({ betaKl, klWarmUp }, `${task} without --variational`);
  const architecture =
    task === "xcov" ? architectureOf(network ?? (/^mnist(:|$)/.test(given.data) ? "mnist" : "conv")) : undefined;
  const { task: _, colour, size, hidden, out: __, saveEvery: ___, restart: ____, threads: _____, ...others } = given;
  const usual = architecture ?? usualSizes(task, spatial === true);
  const paired = pairs ?? architecture?.pairs ?? false;
  if (!paired) refuseUnused({ zeta, focus, pairing }, `${task} without --pairs`);
  return {
    ...others,
    task,
    network: architecture?.name ?? task,
    hidden: hidden?.split(",").map(Number) ?? usual.hidden,
    latents: latents ?? usual.latents,
    spatial: spatial === true ? true : undefined,
    ...(variational === true && { betaKl: betaKl ?? 1 }),
    pairs: paired,
    alpha: alpha ?? 1,
    beta,
    gamma,
    zeta: zeta ?? 1,
    focus,
    pairing: paired ? (pairing ?? "exchanged") : undefined,
    size: size === undefined ? sidesOf(architecture) : sides(size),
    channels: colour === undefined ? (architecture?.picture.channels === 1 ? 1 : undefined) : colour ? 3 : 1,
  };
}

/** Those of a spatial autoencoder follow from its pictures. */
function usualSizes(task: LearnOptions["task"], spatial: boolean): Pick<LearnOptions, "hidden" | "latents"> {
  if (task !== "autoencoder") return { hidden: classifierHidden };
  return spatial ? {} : { hidden: autoencoderHidden, latents: autoencoderLatents };
}

function sidesOf(architecture: Architecture | undefined) {
  const { width, height } = architecture?.picture ?? {};
  return width === undefined || height === undefined ? undefined : { width, height };
}

function sides(text: string) {
  const [width, height = width] = text.split("x").map(Number);
  return { width, height };
}

function refuseUnused(given: Readonly<Record<string, unknown>>, task: string): void {
  const [unused] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (unused === undefined) return;
  throw new NoemaError("OPTION_UNUSED", {
    where: `--${optionName(unused)}`,
    found: `training ${task} has no use for it`,
  });
}

/** The command as it could be given again, without what goes without saying. */
function commandOf({ task, restart: _, ...given }: Options): string {
  return commandAgain(["noema train", task], options, given);
}
