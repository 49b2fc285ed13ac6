/** @file The zoo: small networks that were trained by our own recipes and come with the repository, under names of their own. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Beside the package's own files where it is installed; in a clone at its root. */
const places = ["../../zoo", "../../../../zoo"].map((place) => fileURLToPath(new URL(place, import.meta.url)));

/** Names of all that is there: each is a folder as noema train writes it. */
export function zooNames(): readonly string[] {
  const place = places.find((one) => existsSync(one));
  if (place === undefined) return [];
  return readdirSync(place)
    .filter((name) => existsSync(join(place, name, "run.json")))
    .sort();
}

/** The folder of a network of the zoo; undefined where there is none of this name. */
export function zooFolder(name: string): string | undefined {
  if (!zooNames().includes(name)) return undefined;
  return places.map((place) => join(place, name)).find((folder) => existsSync(folder));
}
