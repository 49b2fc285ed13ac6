/** @file readIdxFolder: the four files of MNIST, and of the many sets that are stored as it is, found by their names. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { readLargeFile } from "../../models/read-large-file.js";
import { namesIn } from "../reading/list-source.js";
import { readIdx } from "./read-idx.js";

/** Pictures with their labels. */
interface LabelledIdx {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** N×H×W, 0..255. */
  readonly pixels: Uint8Array;
  /** N. */
  readonly labels: Uint8Array;
}

export interface IdxFolder {
  readonly train: LabelledIdx;
  /** Undefined where there are no such files. */
  readonly test?: LabelledIdx;
}

type Part = "train" | "test";
type Content = "images" | "labels";

/** What the parts are called: t10k, ten thousand, is MNIST's own name for the part for testing. */
const partNames: Readonly<Record<Part, string>> = { train: "train", test: "t10k|test" };
const ranks: Readonly<Record<Content, number>> = { images: 3, labels: 1 };

/** train-images-idx3-ubyte, train-images.idx3-ubyte, either with .gz. */
const named = (part: Part, content: Content) =>
  new RegExp(`^(${partNames[part]})-${content}[-.]idx${ranks[content]}-ubyte([.]gz)?$`, "i");

/** Whether the pictures for training are there. */
export function hasIdxFiles(folder: string): boolean {
  return namesIn(folder).some((name) => named("train", "images").test(name));
}

/**
 * @throws NoemaError DATASET_SOURCE, IDX_MISSING, IDX_AMBIGUOUS, IDX_COUNT, IDX_SIZE, FILE_UNREADABLE, and what `readIdx`
 *   throws
 */
export function readIdxFolder(folder: string): IdxFolder {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) {
    throw new NoemaError("DATASET_SOURCE", {
      where: folder,
      found: found === undefined ? "there is no such folder" : "it is not a folder",
      needed: "a folder of IDX files",
    });
  }
  const train = readPart(folder, "train");
  if (train === undefined) throw missing(folder, "train-images-idx3-ubyte and train-labels-idx1-ubyte");
  const test = readPart(folder, "test");
  if (test === undefined) return { train };
  if (test.height !== train.height || test.width !== train.width) {
    throw new NoemaError("IDX_SIZE", {
      where: folder,
      found: `pictures for testing are ${test.width}×${test.height}, those for training ${train.width}×${train.height}`,
      needed: "all must have one size",
    });
  }
  return { train, test };
}

/** Undefined where there is none of the part's files. */
function readPart(folder: string, part: Part): LabelledIdx | undefined {
  const images = find(folder, part, "images");
  const labels = find(folder, part, "labels");
  if (images === undefined && labels === undefined) return undefined;
  if (images === undefined) throw missing(folder, `the pictures that belong to ${labels}`);
  if (labels === undefined) throw missing(folder, `the labels that belong to ${images}`);
  const read = (name: string, content: Content) => {
    const path = join(folder, name);
    return readIdx(readLargeFile(path), path, ranks[content]);
  };
  const pictures = read(images, "images");
  const [count, height, width] = pictures.shape;
  if (count * height * width === 0) {
    throw new NoemaError("IDX_SIZE", {
      where: join(folder, images),
      found: `${count} pictures of ${width}×${height}`,
      needed: "at least one, of at least one pixel",
    });
  }
  const { data } = read(labels, "labels");
  if (data.length !== count) {
    throw new NoemaError("IDX_COUNT", {
      where: folder,
      found: `${images} has ${count} pictures and ${labels} ${data.length} labels`,
      needed: "there must be one label for each picture",
    });
  }
  return { count, height, width, pixels: pictures.data, labels: data };
}

function find(folder: string, part: Part, content: Content): string | undefined {
  const found = namesIn(folder).filter((name) => named(part, content).test(name));
  if (found.length < 2) return found[0];
  throw new NoemaError("IDX_AMBIGUOUS", {
    where: folder,
    found: found.join(" and "),
    needed: "only one of them",
    remedy: "Move the others away.",
  });
}

function missing(folder: string, what: string): NoemaError {
  return new NoemaError("IDX_MISSING", {
    where: folder,
    found: `it does not hold ${what}`,
    needed: "the files as MNIST has them, with .gz or without",
  });
}
