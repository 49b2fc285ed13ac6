/** @file Recipe: what decides the weights of a training, as plain data; a training of another recipe is not gone on with. */
import { NoemaError } from "@noema/engine";
import { optionName } from "../terminal/option-specs.js";
import type { SettledOptions } from "./learn-options.js";
import type { Subject } from "./subject.js";

export type Recipe = Readonly<Record<string, unknown>>;

/** What the data are called and how weights are written decides nothing; what was read of the data does. */
export function recipeOf(options: SettledOptions, { dataset, hash, split }: Subject): Recipe {
  const { data: _, maxUnreadable: __, weights: ___, channels: ____, ...others } = options;
  const { channels, height, width } = dataset.size;
  return { ...others, size: `${width}x${height}`, colour: channels === 3, hash, split };
}

/** What is said where no option differs. */
const ofData: Readonly<Record<string, string>> = {
  hash: "its pictures or their labels were others",
  split: "other pictures of it were set apart or paired",
};

/** Options that other data may have changed though nobody gave them. */
const followsFromData = ["batch", "epochs", "klWarmUp"];

/** @throws NoemaError RUN_OTHER where what a folder holds is of another recipe */
export function checkRecipe(folder: string, saved: Recipe, wanted: Recipe): void {
  const keys = Object.keys({ ...saved, ...wanted }).filter(
    (key) => JSON.stringify(saved[key]) !== JSON.stringify(wanted[key]),
  );
  if (keys.length === 0) return;
  const options = keys.filter((key) => !(key in ofData) && !(keys.includes("hash") && followsFromData.includes(key)));
  const said = (recipe: Recipe) => options.map((key) => inWords(key, recipe[key])).join(" ");
  throw new NoemaError("RUN_OTHER", {
    where: `--out "${folder}"`,
    ...(options.length === 0
      ? { found: `it holds a training on other data: ${ofData[keys.find((key) => key in ofData)!]}` }
      : { found: `it holds a training with ${said(saved)}`, needed: `this one has ${said(wanted)}` }),
    remedy: "Give the same command to go on with that one, another --out, or --restart to begin anew.",
  });
}

function inWords(key: string, value: unknown): string {
  const option = optionName(key);
  if (value === undefined || value === null || value === false) return `no --${option}`;
  return value === true ? `--${option}` : `--${option} ${value}`;
}
