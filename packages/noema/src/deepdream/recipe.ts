/** @file What a dream on a photograph was made from, as texts in its PNG. */
import { basename } from "node:path";
import type { Photograph } from "@noema/lenses";
import { hashFiles } from "../models/file-hash.js";
import { noemaVersion } from "../noema-version.js";
import { encodePng, pixelsOf } from "../pictures/png.js";
import { pngText, withPngTexts } from "../pictures/png-text.js";

/** The PNG keyword. */
const keyword = "noema-deepdream";

/** Names and hashes of the files, and every option by which the bytes are determined. */
export type DreamRecipe = Readonly<Record<string, unknown>>;

/** The same options on the same files give the same recipe. */
export async function dreamRecipe(
  files: Readonly<Record<string, readonly string[]>>,
  options: DreamRecipe,
): Promise<DreamRecipe> {
  const hashed: Record<string, { name: string; sha256: string }> = {};
  for (const [role, paths] of Object.entries(files)) {
    hashed[role] = { name: basename(paths[0]), sha256: await hashFiles(paths) };
  }
  return { form: 1, version: noemaVersion(), ...hashed, ...options };
}

/** A picture as PNG that says how it was made. */
export async function dreamPng(picture: Photograph, recipe: DreamRecipe): Promise<Uint8Array> {
  const { width, height, channels, data } = picture;
  return withDreamRecipe(await encodePng(pixelsOf(data, { batch: 1, channels, height, width }, 0)), recipe);
}

/** The PNG with its recipe, and for other programs, what it shows and what drew it. */
export function withDreamRecipe(png: Uint8Array, recipe: DreamRecipe): Uint8Array {
  const { version, model, photo } = recipe as { version: string; model?: { name: string }; photo?: { name: string } };
  return withPngTexts(png, {
    Software: `Noema ${version}`,
    Description: `A dream of ${model?.name} on ${photo?.name}`,
    [keyword]: JSON.stringify(recipe),
  });
}

/** The recipe's text; undefined where a PNG has none. */
export const recipeTextOf = (png: Uint8Array, where: string) => pngText(png, keyword, where);
