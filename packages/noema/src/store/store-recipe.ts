/** @file StoreRecipe: what decides what a folder of vectors or codes holds; a folder of another recipe is not gone on with. */
import { NoemaError } from "@noema/engine";
import { optionName } from "../terminal/option-specs.js";

/** Plain data, by the names of options. */
export type StoreRecipe = Readonly<Record<string, unknown>>;

/** What is said where no option differs. */
const ofFiles: Readonly<Record<string, string>> = {
  modelHash: "its network was another, or is changed since",
  dataHash: "its pictures or their labels were others",
  activationsHash: "the activations were others",
};

/**
 * @param saved what the folder holds
 * @param what it is called
 * @throws NoemaError STORE_OTHER where that is of another recipe
 */
export function checkStoreRecipe(folder: string, saved: StoreRecipe, wanted: StoreRecipe, what = "vectors"): void {
  // As it is read again: JSON has no undefined.
  const asRead = (recipe: StoreRecipe) => JSON.parse(JSON.stringify(recipe)) as StoreRecipe;
  const [before, now] = [asRead(saved), asRead(wanted)];
  const keys = Object.keys({ ...before, ...now }).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]),
  );
  if (keys.length === 0) return;
  const options = keys.filter((key) => !(key in ofFiles));
  const said = (recipe: StoreRecipe) => options.map((key) => inWords(key, recipe[key])).join(" ");
  throw new NoemaError("STORE_OTHER", {
    where: `--out "${folder}"`,
    ...(options.length === 0
      ? { found: `it holds other ${what}: ${ofFiles[keys[0]]}` }
      : { found: `it holds ${what} made with ${said(before)}`, needed: `these have ${said(now)}` }),
    remedy: "Give the same command to go on with those, another --out, or --restart to begin anew.",
  });
}

function inWords(key: string, value: unknown): string {
  const option = optionName(key);
  if (value === undefined || value === null) return `no --${option}`;
  return `--${option} ${typeof value === "object" ? JSON.stringify(value) : value}`;
}
