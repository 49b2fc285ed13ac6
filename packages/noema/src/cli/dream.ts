/** @file noema dream: a picture that a unit of a network responds to. */
import { setImmediate } from "node:timers/promises";
import { NoemaError } from "@noema/engine";
import { Dream, defaultSteps, type Objective, parseObjective } from "@noema/lenses";
import { z } from "zod";
import { openForPictures, type Size } from "../models/open-for-pictures.js";
import { openModel } from "../models/open-model.js";
import { encodePng, pixelsOf } from "../pictures/png.js";
import { checkOutput, writeBeside } from "../pictures/write-beside.js";
import { defineCommand, type Terminal } from "../terminal/command.js";

/** The largest side of a picture: the step's matrices grow with its square. */
const maxSide = 4096;

const options = z.object({
  model: z
    .string()
    .meta({ description: "an ONNX file, the model.json of a TensorFlow.js model, or centernet (built in)" }),
  objective: z.string().meta({
    description: "what to look for: channel:LAYER:UNIT; sums as 0.5*channel:A:1 - channel:B:2",
    placeholder: "channel:LAYER:UNIT",
  }),
  out: z.string().default("dream.png").meta({ description: "the picture to write", placeholder: "FILE.png" }),
  steps: z.int().min(1).max(1_000_000).default(defaultSteps).meta({ description: "steps of ascent" }),
  size: z
    .string()
    .regex(/^\d{1,5}(x\d{1,5})?$/)
    .optional()
    .meta({
      description: "size of the picture in pixels (default: the model's own, or 224)",
      placeholder: "N or WxH",
      needed: `one number, or width and height as in 320x240, each from 1 to ${maxSide}`,
    }),
  seed: z.int().min(0).default(0).meta({ description: "start of the random numbers; the same gives the same picture" }),
  rate: z.number().positive().default(0.05).meta({ description: "learning rate of Adam", needed: "a number above 0" }),
  sidecar: z.string().optional().meta({
    description: "how the model wants its pictures (default: MODEL.noema.json, else guessed)",
    placeholder: "FILE.json",
  }),
  input: z.string().optional().meta({ description: "the model's input that takes the picture", placeholder: "NAME" }),
  threads: z.int().min(1).max(1024).optional().meta({ description: "threads of one operator (default: one per core)" }),
});

export const command = defineCommand({
  name: "dream",
  summary: "draws a picture that a unit of a network responds to",
  options,
  positionals: ["model"],
  examples: ["noema dream centernet --objective channel:tower_0/extern1/hard_swish/mul_1:9 --size 256 --out dream.png"],
  run: async (given, terminal) => {
    const objective = parseObjective(given.objective);
    checkOutput(given.out, ".png");
    const size = given.size === undefined ? undefined : readSize(given.size);
    const opened = await openModel(given.model, { sidecar: given.sidecar });
    const { guessed, ...pictures } = await openForPictures(opened, { size, input: given.input });
    if (guessed !== undefined) terminal.warn(guessed);
    const dream = await Dream.open({
      ...pictures,
      objective,
      seed: given.seed,
      rate: given.rate,
      ...(opened.sidecar?.sidecar.colours && { colours: opened.sidecar.sidecar.colours }),
      compile: given.threads === undefined ? {} : { threads: given.threads },
    });
    try {
      await ascend(dream, given, objective, terminal);
    } finally {
      await dream.dispose();
    }
  },
});

function readSize(text: string): Size {
  const [width, height = width] = text.split("x").map(Number);
  if (width >= 1 && height >= 1 && width <= maxSide && height <= maxSide) return { width, height };
  throw new NoemaError("OPTION_VALUE", {
    where: "--size",
    found: `"${text}"`,
    needed: `each side must be from 1 to ${maxSide} pixels`,
  });
}

/** Takes the steps and writes the picture; on Ctrl-C and on divergence writes what there is so far. */
async function ascend(
  dream: Dream,
  { steps, out }: { steps: number; out: string },
  objective: Objective,
  terminal: Terminal,
): Promise<void> {
  const progress = terminal.progress(steps, "steps");
  let failure: unknown;
  try {
    while (dream.step < steps && !terminal.signal.aborted) {
      const { step, objective: values } = await dream.advance();
      progress.update(step, `${objective.text} ${values[0].toPrecision(4)}`);
      // A step occupies the thread: without this, Ctrl-C would never be seen.
      await setImmediate();
    }
  } catch (error) {
    failure = error;
  }
  progress.stop();
  if (dream.step > 0) await writeBeside(out, await encodePng(pixelsOf(await dream.pictures(), dream.size, 0)));
  if (failure !== undefined) throw failure;
  if (dream.step === steps) terminal.print(out);
  else if (dream.step === 0) terminal.warn("Stopped before the first step: nothing was written.");
  else terminal.warn(`Stopped after ${dream.step} of ${steps} steps; ${out} holds the picture so far.`);
}
