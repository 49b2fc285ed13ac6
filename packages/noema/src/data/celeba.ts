/** @file celeba: faces of celebrities with forty attributes, as the CelebA data are handed out. */
import { basename, dirname, join } from "node:path";
import { NoemaError } from "@noema/engine";
import type { Terminal } from "../terminal/command.js";
import { type Attributes, readAttributes, readNumbers } from "./celeba/read-lists.js";
import { defineDataset } from "./dataset.js";
import { namesIn, neededSource, placeKind } from "./reading/list-source.js";
import { readListing } from "./reading/read-listing.js";

const kind = "celeba";
const needed = "a folder with list_attr_celeba.txt and, in it or in img_align_celeba, the pictures";

/** The lists lie beside the pictures' folder, or as on the page of the data. */
const listFolders = [".", "Anno", "Eval"];
const pictureFolders = [
  ".",
  "img_align_celeba",
  "img_align_celeba/img_align_celeba",
  "Img/img_align_celeba",
  "Img/img_align_celeba/img_align_celeba",
];

/** The largest square without much background: 148 of 178×218 pixels, as in PyTorch-VAE (Subramanian 2020) and many since. */
const middle = 148 / 178;

const usualLabel = "Smiling";

/** In list_eval_partition.txt 0 is for training, 1 for validation, 2 for testing. */
const testPartition = 2;

/**
 * CelebFaces Attributes (Liu, Luo, Wang and Tang 2015), which their authors give to researchers: the aligned pictures of
 * 178×218, of which the middle is read. Each attribute is a factor with the values no and yes; the label is Smiling. Where
 * identity_CelebA.txt is there, pictures of one person make pairs; where list_eval_partition.txt is, what it sets apart for
 * testing is the test part, else persons are held out.
 */
export const dataset = defineDataset({
  name: kind,
  summary: "CelebA, faces with forty attributes: list_attr_celeba.txt beside the aligned pictures; 64×64, colour",
  source: "the folder of the list",
  recognizes: (path) => list(folderOf(path), "list_attr_celeba") !== undefined,
  open: async (source, options, terminal) => {
    const folder = folderOf(neededSource(kind, source, needed));
    const path = list(folder, "list_attr_celeba");
    if (path === undefined) {
      throw new NoemaError("DATASET_SOURCE", { where: folder, found: "there is no list_attr_celeba.txt", needed });
    }
    const attributes = readAttributes(path);
    const { pictures, present } = picturesOf(folder, attributes, path, terminal);
    const files = present.map((i) => ({ path: join(pictures, attributes.files[i]), name: attributes.files[i] }));
    const names = files.map(({ name }) => name);
    const identity = numbersOf(list(folder, "identity_CelebA"), names, terminal);
    const partition = numbersOf(list(folder, "list_eval_partition"), names, terminal, testPartition);
    const width = attributes.names.length;
    const factors = attributes.names.map((name, a) => ({
      name,
      texts: present.map((i) => (attributes.values[i * width + a] === 1 ? "yes" : "no")),
      order: ["no", "yes"],
    }));
    return readListing(
      {
        kind,
        label: attributes.names.includes(usualLabel) ? usualLabel : attributes.names[0],
        ...(identity && { pairedBy: ["identity"], heldOutBy: "identity" }),
        files,
        factors: identity ? [...factors, { name: "identity", texts: identity.map(String) }] : factors,
        test: partition && Uint8Array.from(partition, (part) => Number(part === testPartition)),
        form: { channels: 3, height: 64, width: 64 },
        middle,
      },
      options,
      terminal,
    );
  },
});

/** The list itself may be named. */
function folderOf(path: string): string {
  return placeKind(path) === "file" && /^list_attr_celeba[.]/.test(basename(path)) ? dirname(path) : path;
}

function list(folder: string, name: string): string | undefined {
  return listFolders
    .flatMap((inside) => [`${name}.txt`, `${name}.csv`].map((file) => join(folder, inside, file)))
    .find((path) => placeKind(path) === "file");
}

/** Where the pictures are, and which of the list are there. Only what lies there is opened, whatever the list names. */
function picturesOf(folder: string, { files }: Attributes, path: string, terminal: Terminal) {
  for (const inside of pictureFolders) {
    const pictures = join(folder, inside);
    const names = new Set(namesIn(pictures));
    const present = [...files.keys()].filter((i) => names.has(files[i]));
    if (present.length === 0) continue;
    const absent = files.length - present.length;
    if (absent > 0) {
      terminal.warn(`${absent} of the ${files.length} pictures that ${path} names are not in ${pictures}.`);
    }
    return { pictures, present };
  }
  throw new NoemaError("DATASET_EMPTY", {
    where: folder,
    found: `none of the ${files.length} pictures is there that ${path} names${files.length === 0 ? "" : `, such as ${files[0]}`}`,
    needed,
  });
}

/** The number of each picture; undefined where there is no list, or it leaves pictures out. */
function numbersOf(path: string | undefined, names: readonly string[], terminal: Terminal, most?: number) {
  if (path === undefined) return undefined;
  const numbers = readNumbers(path, most);
  const missing = names.filter((name) => !numbers.has(name)).length;
  if (missing === 0) return names.map((name) => numbers.get(name)!);
  terminal.warn(`${path} does not tell of ${missing} of ${names.length} pictures and is left aside.`);
  return undefined;
}
