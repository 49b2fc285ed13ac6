/** @file noema deepdream: a photograph in which a network sees more and more of what it knows. */
import { NoemaError } from "@noema/engine";
import { deepDreamDefaults, type Photograph } from "@noema/lenses";
import { z } from "zod";
import { dreamOn, megapixels } from "../deepdream/dream-on.js";
import { Dreamer } from "../deepdream/dreamer.js";
import { animate, fly, webpMaxSide } from "../deepdream/flight.js";
import { type DreamRecipe, dreamPng, dreamRecipe, withDreamRecipe } from "../deepdream/recipe.js";
import { drawStrip, type StripEntry } from "../deepdream/strip.js";
import type { Size } from "../models/open-for-pictures.js";
import { encodePng } from "../pictures/png.js";
import { checkOutput, writeBeside } from "../pictures/write-beside.js";
import { defineCommand, type Terminal } from "../terminal/command.js";
import { modelOption, openingOptions } from "../terminal/model-options.js";
import { optionName } from "../terminal/option-specs.js";

const d = deepDreamDefaults;

/** The largest side of a photograph, once it has the size that it is dreamt on at. */
const maxSide = 16383;

/** The longer side of the pictures of a strip where nobody says. */
const stripSide = 1024;

const options = z.object({
  model: modelOption,
  photo: z.string().meta({ description: "the photograph: JPEG, PNG, WebP, GIF, TIFF or AVIF" }),
  out: z.string().optional().meta({
    description: "the picture to write (default: deepdream.png); of a zoom, an animation",
    placeholder: "FILE.png|webp",
  }),
  layer: z.string().optional().meta({
    description: "whose features to bring out (default: one in the middle of the network)",
    placeholder: "LAYER",
  }),
  layers: z.string().optional().meta({
    description: "several layers joined by commas: a sheet of the photograph and a dream of each",
    placeholder: "A,B,C",
  }),
  objective: z.string().optional().meta({
    description: "what to bring out in place of a whole layer, as in noema dream",
    placeholder: "channel:LAYER:UNIT",
  }),
  guide: z.string().optional().meta({
    description: "a picture whose features at the layer are brought out, in place of the photograph's own",
    placeholder: "FILE",
  }),
  iterations: z.int().min(1).max(10_000).default(d.iterations).meta({ description: "steps per octave" }),
  octaves: z.int().min(1).max(50).optional().meta({
    description: "sizes at which it is dreamt on (default: until the shorter side is near 130 pixels)",
  }),
  octaveScale: z.number().gt(1).max(10).default(d.octaveScale).meta({
    description: "how much larger each octave is than the one before",
    needed: "a number above 1, at most 10",
  }),
  strength: z.number().positive().max(255).default(d.strength).meta({
    description: "mean change of a pixel per step, in shades of 255",
    needed: "a number above 0, at most 255",
  }),
  jitter: z.int().min(0).max(4096).default(d.jitter).meta({ description: "pixels by which it is rolled at most" }),
  smooth: z.number().min(0).max(64).default(d.smooth).meta({ description: "blur of the gradient, in pixels" }),
  seed: z.int().min(0).default(0).meta({ description: "start of the random numbers; the same gives the same picture" }),
  size: z
    .string()
    .regex(/^\d{1,5}(x\d{1,5})?$/)
    .optional()
    .meta({
      description: "the longer side in pixels, or width and height (default: the photograph's own)",
      placeholder: "N or WxH",
      needed: `one number, or width and height as in 320x240, each from 1 to ${maxSide}`,
    }),
  tile: z
    .int()
    .min(32)
    .max(4096)
    .optional()
    .meta({
      description: `the longest side of what the network sees at once (default: ${d.tile})`,
    }),
  zoom: z.number().min(0.5).max(2).optional().meta({
    description: "makes frames, each so many times nearer than the one before (default: 1.05)",
    needed: "a number from 0.5 to 2",
  }),
  rotate: z.number().min(-180).max(180).optional().meta({ description: "degrees by which each frame is turned" }),
  frames: z.int().min(1).max(99_999).optional().meta({ description: "how many frames (default: 60)" }),
  frameIterations: z.int().min(1).max(10_000).optional().meta({
    description: "steps per octave of every frame after the first (default: 2)",
  }),
  framesOut: z.string().optional().meta({
    description: "folder of the frames; those that are there are kept (default: beside --out)",
    placeholder: "FOLDER",
  }),
  fps: z.number().min(0.1).max(100).optional().meta({
    description: "frames per second of the animation (default: 12)",
    needed: "a number from 0.1 to 100",
  }),
  ...openingOptions,
});

type Options = z.output<typeof options>;

export const command = defineCommand({
  name: "deepdream",
  summary: "brings out in a photograph what a network sees in it",
  options,
  positionals: ["model", "photo"],
  examples: [
    "noema deepdream centernet photo.jpg --out dream.png",
    "noema deepdream googlenet.onnx photo.jpg --layers conv2/3x3_reduce,inception_3b/output,inception_4c/1x1",
    "noema deepdream googlenet.onnx photo.jpg --zoom 1.05 --frames 60 --out flight.webp",
  ],
  run: async (given, terminal) => {
    const flies = isFlight(given);
    refuseTogether(given, flies);
    const out = given.out ?? (flies ? undefined : "deepdream.png");
    if (out !== undefined) checkOutput(out, flies ? ".webp" : ".png");
    const size = given.size === undefined ? undefined : readSize(given.size);
    const dreamer = await Dreamer.open(given);
    for (const note of dreamer.notes) terminal.warn(note);
    const isStrip = given.layers !== undefined;
    const photograph = await dreamer.photograph(given.photo, size);
    for (const note of photograph.notes) terminal.warn(note);
    const task = { given, dreamer, photograph, terminal };
    if (flies) return flight(task, out);
    if (isStrip) return strip(task, out!);
    return single(task, out!);
  },
});

interface Task {
  readonly given: Options;
  readonly dreamer: Dreamer;
  readonly photograph: Photograph;
  readonly terminal: Terminal;
}

const isFlight = ({ zoom, frames, framesOut, out }: Options) =>
  zoom !== undefined || frames !== undefined || framesOut !== undefined || /\.webp$/i.test(out ?? "");

function refuseTogether(given: Options, flies: boolean): void {
  const pairs: [keyof Options, keyof Options][] = [
    ["layer", "objective"],
    ["layer", "layers"],
    ["objective", "layers"],
    ["objective", "guide"],
  ];
  const flightOnly: (keyof Options)[] = ["rotate", "frameIterations", "fps"];
  const name = (field: string) => `--${optionName(field)}`;
  const both = pairs.find(([a, b]) => given[a] !== undefined && given[b] !== undefined);
  if (both !== undefined) throw conflict(both.map(name).join(" and "), "both are given", "one of them");
  if (flies && given.layers !== undefined)
    throw conflict("--layers", "it is given with frames", "frames are of one layer");
  const idle = flies ? undefined : flightOnly.find((field) => given[field] !== undefined);
  if (idle !== undefined) throw conflict(name(idle), "it is given without frames", "--zoom or --frames with it");
  if (flies && given.fps !== undefined && given.out === undefined) {
    throw conflict("--fps", "it is given without an animation", "--out FILE.webp with it");
  }
}

const conflict = (where: string, found: string, needed: string) =>
  new NoemaError("OPTION_VALUE", { where, found, needed });

function readSize(text: string): number | Size {
  const sides = text.split("x").map(Number);
  if (sides.some((side) => side < 1 || side > maxSide)) {
    throw new NoemaError("OPTION_VALUE", {
      where: "--size",
      found: `"${text}"`,
      needed: `each side must be from 1 to ${maxSide} pixels`,
    });
  }
  return sides.length === 1 ? sides[0] : { width: sides[0], height: sides[1] };
}

function mannerOf({ seed, octaves, octaveScale, iterations, strength, jitter, smooth }: Options) {
  return { seed, octaves, octaveScale, iterations, strength, jitter, smooth };
}

async function recipeOf({ given, dreamer, photograph }: Task, extra: DreamRecipe): Promise<DreamRecipe> {
  const files = {
    model: await dreamer.modelFiles(),
    photo: [given.photo],
    ...(given.guide && { guide: [given.guide] }),
  };
  const { width, height } = photograph;
  const { tile, threads, input } = given;
  return dreamRecipe(files, { width, height, ...mannerOf(given), tile, threads, input, ...extra });
}

/** One picture; on Ctrl-C and on divergence what there is so far. */
async function single(task: Task, out: string): Promise<void> {
  const { given, dreamer, photograph, terminal } = task;
  const objective = await dreamer.objective();
  const recipe = await recipeOf(task, { objective: objective.text });
  const dream = await dreamer.begin(photograph, objective, mannerOf(given));
  terminal.warn(
    `${objective.text}, ${photograph.width}×${photograph.height} pixels, ${count(dream.octaves, "octave")}`,
  );
  const progress = terminal.progress(megapixels(dream.progress.total), "megapixels");
  const { data, finished, untouched, where, failure } = await dreamOn(dream, given.iterations, {
    signal: terminal.signal,
    onTile: (done, at) => progress.update(megapixels(done), at),
  });
  progress.stop();
  if (!untouched) {
    const at = finished ? recipe : { ...recipe, stopped: where };
    await writeBeside(out, await dreamPng({ ...photograph, data }, at));
  }
  if (failure !== undefined) throw failure;
  if (finished) terminal.print(out);
  else if (untouched) terminal.warn("Stopped before the first step: nothing was written.");
  else terminal.warn(`Stopped in ${where}; ${out} holds the picture so far.`);
}

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? "" : "s"}`;

/** The photograph and a dream of each layer, as a sheet. */
async function strip(task: Task, out: string): Promise<void> {
  const { given, dreamer, terminal } = task;
  const layers = (given.layers ?? "").split(",").map((layer) => layer.trim());
  if (layers.includes("")) throw conflict("--layers", `"${given.layers}"`, "names of layers, joined by commas");
  const photograph = given.size === undefined ? await smaller(task) : task.photograph;
  const dreams = [];
  // All are begun first: a layer that is not there is found before the work.
  for (const layer of layers) {
    const objective = await dreamer.objective(layer);
    const dream = await dreamer.begin(photograph, objective, mannerOf(given));
    const { total } = dream.progress;
    await dream.dispose();
    dreams.push({ layer, objective, total });
  }
  const progress = terminal.progress(megapixels(dreams.reduce((sum, { total }) => sum + total, 0)), "megapixels");
  const entries: StripEntry[] = [
    { picture: photograph, title: "The photograph", note: `${photograph.width}×${photograph.height}` },
  ];
  let before = 0;
  let failure: unknown;
  for (const { layer, objective, total } of dreams) {
    const dream = await dreamer.begin(photograph, objective, mannerOf(given));
    const dreamt = await dreamOn(dream, given.iterations, {
      signal: terminal.signal,
      onTile: (done, at) => progress.update(megapixels(before + done), `${layer}, ${at}`),
    });
    failure = dreamt.failure;
    if (!dreamt.finished) break;
    const { data } = dreamt;
    entries.push({ picture: { ...photograph, data }, title: layer, note: objective.text });
    before += total;
  }
  progress.stop();
  if (entries.length > 1) {
    const sheet = drawStrip(entries, {
      title: "Deep dreams at successive layers",
      subtitle: `${dreamer.modelName}: the photograph, then what each layer makes of it`,
    });
    const recipe = await recipeOf(task, { layers, size: [photograph.width, photograph.height] });
    await writeBeside(out, withDreamRecipe(await encodePng(sheet), recipe));
  }
  if (failure !== undefined) throw failure;
  if (entries.length > layers.length) terminal.print(out);
  else if (entries.length === 1) terminal.warn("Stopped before the first picture: nothing was written.");
  else terminal.warn(`Stopped after ${entries.length - 1} of ${count(layers.length, "layer")}; ${out} holds those.`);
}

/** A sheet of photographs at their full size is for no screen. */
async function smaller({ given, dreamer, photograph }: Task): Promise<Photograph> {
  return Math.max(photograph.width, photograph.height) > stripSide
    ? dreamer.photograph(given.photo, stripSide)
    : photograph;
}

/** Frames in a folder, and of them an animation. */
async function flight(task: Task, out: string | undefined): Promise<void> {
  const { given, dreamer, photograph, terminal } = task;
  const { zoom = 1.05, rotate = 0, frames = 60, frameIterations = 2, fps = 12 } = given;
  if (out !== undefined && Math.max(photograph.width, photograph.height) > webpMaxSide) {
    throw conflict("--size", `${photograph.width}×${photograph.height}`, `an animation has sides up to ${webpMaxSide}`);
  }
  const folder = given.framesOut ?? `${out?.replace(/\.webp$/i, "") ?? "deepdream"}-frames`;
  checkOutput(`${folder}/frame-00001.png`, ".png");
  const objective = await dreamer.objective();
  const recipe = await recipeOf(task, { objective: objective.text, zoom, rotate, frameIterations });
  const options = { folder, frames, zoom, rotate, frameIterations, recipe, manner: mannerOf(given) };
  const made = await fly(dreamer, { photograph, objective }, options, terminal);
  if (made < frames) {
    return terminal.warn(`Stopped after ${made} of ${frames} frames in ${folder}; the same command goes on.`);
  }
  if (out !== undefined) await writeBeside(out, await animate(folder, frames, fps));
  terminal.print(out ?? folder);
}
