/** @file mannerOf: what a recipe says in words, as the things that pictures are dreamt with. */
import { unknownName } from "@noema/engine";
import { type Override, overrides, parseTransforms, redirectedRelu } from "@noema/lenses";
import { readImage } from "./read-image.js";
import type { Recipe } from "./recipe.js";
import type { Manner } from "./render.js";

/** The words for what Dream does by itself. */
export const defaultTransforms = "lucid";
export const defaultOverrides = redirectedRelu.name;

/** @throws NoemaError IMAGE_UNKNOWN, OVERRIDE_UNKNOWN, OPTION_VALUE and what parseTransforms refuses */
export function mannerOf(
  recipe: Pick<Recipe, "image" | "alpha" | "colours" | "spectrum" | "transforms" | "overrides" | "rate" | "threads">,
): Manner {
  const { image, alpha, colours, spectrum, transforms, overrides, rate, threads } = recipe;
  return {
    image: readImage(image, { alpha, ...(spectrum && { spectrum }) }),
    transforms: parseTransforms(transforms).transforms,
    overrides: readOverrides(overrides),
    ...(colours && { colours }),
    ...(rate !== null && { rate }),
    ...(threads !== null && { compile: { threads } }),
  };
}

/** Names joined by commas, or none. */
function readOverrides(text: string): readonly Override[] {
  if (text === "none") return [];
  return text.split(",").map((part) => {
    const name = part.trim();
    const found = overrides.find((one) => one.name === name);
    if (found !== undefined) return found;
    const known = [...overrides.map((one) => one.name), "none"];
    throw unknownName("OVERRIDE_UNKNOWN", "override", name, known);
  });
}
