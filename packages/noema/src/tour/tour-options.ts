/** @file The options of `noema dream MODEL --layer LAYER --all`, beside those that it shares with other dreams. */
import { NoemaError } from "@noema/engine";
import { z } from "zod";
import { optionName } from "../terminal/option-specs.js";
import { poolings } from "./top-pictures.js";
import { type TourOptions, tourSide, tourSteps, tourTop } from "./tour.js";

const tour = { group: "All channels of a layer" };

export const tourFields = {
  layer: z
    .string()
    .optional()
    .meta({ ...tour, description: "the layer whose channels are drawn, with --all", placeholder: "LAYER" }),
  all: z
    .boolean()
    .optional()
    .meta({
      ...tour,
      description: `draws every channel of --layer and shows them on one page, --out FOLDER/index.html; ${tourSteps} steps at ${tourSide} pixels, where --steps and --size say nothing else`,
    }),
  channels: z
    .string()
    .optional()
    .meta({ ...tour, description: "only these, as 0..63,100", placeholder: "LIST" }),
  both: z
    .boolean()
    .optional()
    .meta({ ...tour, description: "also what excites each channel least" }),
  images: z
    .string()
    .optional()
    .meta({
      ...tour,
      description: "a folder of photographs: those that excite a channel most stand beside its dream",
      placeholder: "FOLDER",
    }),
  top: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .meta({ ...tour, description: `how many of them (default ${tourTop})` }),
  over: z
    .enum(poolings)
    .optional()
    .meta({
      ...tour,
      description: `what of a photograph counts: the position where the channel is strongest (max, the default) or the mean over all`,
    }),
};

/** What says how one picture is drawn, which all of a tour are. */
const shared = [
  ...["model", "size", "seed", "batch", "steps", "rate", "image", "transforms", "overrides", "colours"],
  ...["sidecar", "labels", "input", "threads", "out"],
] as const;

type Given = z.output<z.ZodObject<typeof tourFields>> &
  Omit<TourOptions, "model" | "layer"> & { model?: string | undefined };

/**
 * @param given all options of the command
 * @param fallbacks values of options that nobody gave
 * @returns undefined where no tour is asked for
 * @throws NoemaError OPTION_MISSING, OPTION_BESIDE_ALL
 */
export function tourAsked(given: Given, fallbacks: Readonly<Record<string, unknown>>): TourOptions | undefined {
  const present = Object.entries(given).filter(
    ([name, value]) => value !== undefined && value !== false && value !== fallbacks[name],
  );
  const own = present.find(([name]) => name in tourFields && name !== "all");
  if (given.all !== true) {
    if (own === undefined) return undefined;
    throw missing("--all", `--${own[0]} belongs to the tour of a layer; one channel is --objective channel:LAYER:UNIT`);
  }
  const known: readonly string[] = [...shared, ...Object.keys(tourFields)];
  const beside = present.find(([name]) => !known.includes(name));
  if (beside !== undefined) {
    throw new NoemaError("OPTION_BESIDE_ALL", {
      where: `--${optionName(beside[0])}`,
      found: "it stands beside --all",
      needed: "the tour of a layer draws each of its channels once",
    });
  }
  const { model, layer } = given;
  if (model === undefined) throw missing("MODEL", "which network to look into");
  if (layer === undefined) throw missing("--layer LAYER", "whose channels to draw");
  return { ...Object.fromEntries(present), model, layer };
}

function missing(option: string, description: string): NoemaError {
  return new NoemaError("OPTION_MISSING", {
    where: "noema dream",
    found: `${option} is missing (${description})`,
    remedy: "See noema dream --help.",
  });
}
