/** @file repeatRun: the run that a picture's recipe tells of, on the same model. */
import { readFileSync, statSync } from "node:fs";
import { NoemaError } from "@noema/engine";
import sharp from "sharp";
import { hashFiles } from "../models/file-hash.js";
import { openModel } from "../models/open-model.js";
import { reasonOf } from "../models/read-large-file.js";
import type { Run } from "./plan-run.js";
import { readRecipe } from "./recipe.js";

/** No PNG of ours is longer. */
const maxBytes = 2 ** 30;

export interface Repeated extends Run {
  /** The picture that carries the recipe. */
  readonly png: Uint8Array;
}

/**
 * @param path of the PNG
 * @param model where the model is now, if it was moved
 * @throws NoemaError PNG_UNREADABLE, MODEL_MOVED, MODEL_CHANGED, and what readRecipe and openModel throw
 */
export async function repeatRun(path: string, model: string | undefined): Promise<Repeated> {
  const png = readPng(path);
  const recipe = readRecipe(png, path);
  const opened = await openModel(model ?? recipe.model.path).catch((cause) => {
    if (model !== undefined || !(cause instanceof NoemaError) || cause.code !== "MODEL_MISSING") throw cause;
    throw new NoemaError("MODEL_MOVED", {
      where: path,
      found: `its model was at ${recipe.model.path}, where there is none now`,
      remedy: `Say where it is: noema dream MODEL --from ${path}`,
      cause,
    });
  });
  await opened.read({ partial: true });
  const sha256 = await hashFiles(await opened.files());
  if (sha256 !== recipe.model.sha256) {
    throw new NoemaError("MODEL_CHANGED", {
      where: opened.path,
      found: "it is not the model that the picture was made with",
      needed: `the SHA-256 of that one, ${recipe.model.name}, is ${recipe.model.sha256}, of this one ${sha256}`,
      remedy: "Name the right one: noema dream MODEL --from PICTURE.",
    });
  }
  return { recipe, opened, png, notes: [] };
}

function readPng(path: string): Uint8Array {
  try {
    const found = statSync(path);
    if (found.isFile() && found.size <= maxBytes) return readFileSync(path);
  } catch (cause) {
    throw new NoemaError("PNG_UNREADABLE", { where: path, found: reasonOf(cause), cause });
  }
  throw new NoemaError("PNG_UNREADABLE", { where: path, found: `it is no file, or larger than ${maxBytes} bytes` });
}

/** In words, whether a repeated picture is the same. */
export async function compareWith(before: Uint8Array, now: Uint8Array): Promise<string> {
  const pixels = async (png: Uint8Array) => sharp(png).raw().toBuffer();
  const [a, b] = [await pixels(before), await pixels(now)];
  if (Buffer.from(before).equals(now)) return "The same picture, byte for byte.";
  if (a.equals(b)) return "The same picture, pixel for pixel.";
  if (a.length !== b.length) return "Not the same picture: it has another size.";
  const apart = a.map((v, i) => Math.abs(v - b[i]));
  const other = apart.reduce((count, v) => count + (v > 0 ? 1 : 0), 0) / a.length;
  const most = apart.reduce((x, y) => Math.max(x, y), 0);
  return `Nearly the same picture: ${(100 * other).toPrecision(2)} % of its numbers differ, by at most ${most} of 255. Other machines and versions round differently.`;
}
