/** @file noema dream: pictures that units of a network respond to. */
import { NoemaError } from "@noema/engine";
import { defaultSteps, images, overrides, transforms } from "@noema/lenses";
import { z } from "zod";
import { defaultOverrides } from "../dreams/manner.js";
import { performRun } from "../dreams/perform.js";
import { planRun } from "../dreams/plan-run.js";
import { maxSide, mostSteps } from "../dreams/recipe.js";
import { compareWith, repeatRun } from "../dreams/repeat.js";
import { defineCommand } from "../terminal/command.js";
import { tour } from "../tour/tour.js";
import { tourAsked, tourFields } from "../tour/tour-options.js";

const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name).join(", ");

const what = { group: "What is drawn" };
const many = { group: "Several pictures" };
const how = { group: "How it is drawn" };
const model = { group: "The model" };
const files = { group: "Files" };

const usualOut = "dream.png";
const usualSaveEvery = 10;

const options = z.object({
  model: z
    .string()
    .optional()
    .meta({ description: "an ONNX file, the model.json of a TensorFlow.js model, or centernet (built in)" }),
  objective: z
    .string()
    .optional()
    .meta({
      ...what,
      description:
        "what to look for, as channel:LAYER:3, class:goldfish; sums as 0.5*channel:A:1 - channel:B:2; several as channel:LAYER:{0..7}",
      placeholder: "channel:LAYER:UNIT",
    }),
  size: z
    .string()
    .regex(/^\d{1,5}(x\d{1,5})?$/)
    .optional()
    .meta({
      ...what,
      description: "size of a picture in pixels (default: the model's own, or 224)",
      placeholder: "N or WxH",
      needed: `one number, or width and height as in 320x240, each from 1 to ${maxSide}`,
    }),
  start: z
    .string()
    .optional()
    .meta({ ...what, description: "a photograph to start from", placeholder: "PHOTOGRAPH" }),
  from: z
    .string()
    .optional()
    .meta({
      ...what,
      description: "repeats a picture or sheet exactly, by the recipe that it carries; MODEL may then be left out",
      placeholder: "PICTURE.png",
    }),
  ...tourFields,
  seed: z
    .int()
    .min(0)
    .optional()
    .meta({ ...many, description: "start of the random numbers; the same gives the same picture (default 0)" }),
  seeds: z
    .string()
    .optional()
    .meta({ ...many, description: "a picture for each of these, as 0..3", placeholder: "LIST" }),
  tries: z
    .int()
    .min(1)
    .max(1024)
    .optional()
    .meta({ ...many, description: "draws each so often and keeps the best (default 1)" }),
  snapshots: z
    .string()
    .optional()
    .meta({ ...many, description: "also keeps each as it is after these steps, as 32,128", placeholder: "LIST" }),
  batch: z
    .int()
    .min(1)
    .max(1024)
    .optional()
    .meta({
      ...many,
      description: "so many are drawn together; with 1, no picture depends on the others (default 1)",
    }),
  steps: z
    .int()
    .min(1)
    .max(mostSteps)
    .optional()
    .meta({ ...how, description: `steps of ascent (default ${defaultSteps})` }),
  rate: z
    .number()
    .positive()
    .optional()
    .meta({
      ...how,
      description: "learning rate of Adam (default: what suits the image, mostly 0.05)",
      needed: "a number above 0",
    }),
  image: z
    .string()
    .optional()
    .meta({
      ...how,
      description: `what the parameters are: ${names(images)} (default fourier)`,
      placeholder: "KIND[:NAME=N,…]",
    }),
  alpha: z
    .boolean()
    .optional()
    .meta({ ...how, description: "transparent where the objective needs nothing" }),
  transforms: z
    .string()
    .optional()
    .meta({
      ...how,
      description: `what is done to the picture before each step, as "jitter:8 rotate:-5..5 blur:1": ${names(transforms)}, around:mirrored; or none (default lucid)`,
      placeholder: "LIST",
    }),
  overrides: z
    .string()
    .optional()
    .meta({
      ...how,
      description: `other gradients of some operators: ${names(overrides)}, or none (default ${defaultOverrides})`,
      placeholder: "LIST",
    }),
  colours: z
    .string()
    .optional()
    .meta({
      ...how,
      description:
        "how colours hang together: a file of noema colours, imagenet or none (default: the sidecar's, else imagenet)",
      placeholder: "FILE",
    }),
  sidecar: z
    .string()
    .optional()
    .meta({
      ...model,
      description: "how the model wants its pictures (default: MODEL.noema.json, else guessed)",
      placeholder: "FILE.json",
    }),
  labels: z
    .string()
    .optional()
    .meta({
      ...model,
      description: "names of its classes, one per line (default: the sidecar's)",
      placeholder: "FILE.txt",
    }),
  input: z
    .string()
    .optional()
    .meta({ ...model, description: "its input that takes the picture", placeholder: "NAME" }),
  threads: z
    .int()
    .min(1)
    .max(1024)
    .optional()
    .meta({ ...model, description: "threads of one operator (default: one per core)" }),
  out: z
    .string()
    .optional()
    .meta({
      ...files,
      description: `the picture to write, or the sheet of several; a folder gets a file for each, and the sheet (default ${usualOut}; with --all: tours/MODEL-LAYER)`,
      placeholder: "FILE.png",
    }),
  frames: z
    .string()
    .optional()
    .meta({
      ...files,
      description: "an animation of how it came about; a folder gets one for each picture",
      placeholder: "FILE.webp",
    }),
  every: z
    .int()
    .min(1)
    .max(mostSteps)
    .optional()
    .meta({ ...files, description: "steps from one frame to the next (default: a 60th of them)" }),
  saveEvery: z
    .number()
    .min(0)
    .default(usualSaveEvery)
    .meta({
      ...files,
      description: "seconds between savings of what was done so far; the same command goes on from there",
      needed: "a number of seconds",
    }),
  restart: z
    .boolean()
    .default(false)
    .meta({ ...files, description: "begins anew, even if an interrupted run could go on" }),
});

type Given = z.output<typeof options>;

/** What goes with --from: the recipe says all the rest. */
const withFrom: readonly (keyof Given)[] = ["model", "from", "out", "saveEvery", "restart"];

/** As many frames as make a few seconds. */
const usualFrames = 60;

export const command = defineCommand({
  name: "dream",
  summary: "draws pictures that units of a network respond to",
  options,
  positionals: ["model"],
  examples: [
    "noema dream centernet --objective channel:tower_0/extern1/hard_swish/mul_1:9 --size 256 --out dream.png",
    'noema dream model.onnx --objective "channel:LAYER:{0..7}" --seeds 0..1 --size 128 --out sheet.png',
    "noema dream model.onnx --layer LAYER --all --images photographs --out tour",
    "noema dream --from dream.png --out again.png",
  ],
  run: async (given, terminal) => {
    const asked = tourAsked(given, { saveEvery: usualSaveEvery });
    if (asked !== undefined) return await tour(asked, terminal);
    const { out = usualOut, frames, saveEvery, restart } = given;
    if (given.from !== undefined) {
      refuseBeside(given);
      const run = await repeatRun(given.from, given.model);
      const { png } = await performRun(run, { out, saveEvery, restart }, terminal);
      if (png !== undefined) terminal.warn(await compareWith(run.png, png));
      return;
    }
    const { model, objective } = given;
    if (model === undefined) throw missing("MODEL", "which network to look into");
    if (objective === undefined) throw missing("--objective channel:LAYER:UNIT", "what to look for");
    const steps = given.steps ?? defaultSteps;
    if (given.every !== undefined && frames === undefined)
      throw missing("--frames FILE.webp", "--every asks for frames");
    const every = frames === undefined ? undefined : (given.every ?? Math.max(1, Math.round(steps / usualFrames)));
    const run = await planRun({ ...given, model, objective, every });
    try {
      await performRun(run, { out, frames, saveEvery, restart }, terminal);
    } catch (error) {
      throw error instanceof NoemaError && error.code === "BATCH_SIZE" ? alone(error) : error;
    }
  },
});

function refuseBeside(given: Given): void {
  const beside = Object.entries(given).find(
    ([name, value]) => value !== undefined && !withFrom.includes(name as keyof Given),
  );
  if (beside === undefined) return;
  throw new NoemaError("OPTION_BESIDE_FROM", {
    where: `--${beside[0]}`,
    found: "it stands beside --from",
    needed: "the picture's recipe says everything but MODEL and --out",
  });
}

/** In the words of the command line. */
function alone({ code, parts }: NoemaError): NoemaError {
  return new NoemaError(code, { ...parts, remedy: "Draw several together, as with --seeds 0..3 --batch 4." });
}

function missing(option: string, description: string): NoemaError {
  return new NoemaError("OPTION_MISSING", {
    where: "noema dream",
    found: `${option} is missing (${description})`,
    remedy: "See noema dream --help.",
  });
}
