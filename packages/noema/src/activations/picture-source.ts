/** @file openPictures: pictures one by one as a network is shown them, with all that is known of them. */
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { NoemaError } from "@noema/engine";
import sharp from "sharp";
import type { Dataset } from "../data/dataset.js";
import { labelledFiles } from "../data/folder.js";
import { openDataset, resolveDataset } from "../data/open/open-dataset.js";
import { drawSome } from "../data/reading/draw-some.js";
import { readPicture } from "../pictures/read-picture.js";
import type { Terminal } from "../terminal/command.js";

export interface PictureForm {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export interface PictureSourceOptions {
  /** As on the command line: whatever `openDataset` takes, and folders of pictures of which nothing is known. */
  readonly data: string;
  /** As the network is shown them. */
  readonly form: PictureForm;
  /** Where a dataset is opened at another size and resized. Photographs are always read at the network's. */
  readonly dataSize?: { readonly width: number; readonly height: number } | undefined;
  /** At most so many, drawn by the seed. */
  readonly most?: number | undefined;
  /** For what is drawn: avatars, which pictures of too many. */
  readonly dataSeed: number;
  /** The share of pictures that may be unreadable, 0..1. */
  readonly maxUnreadable: number;
}

interface Skipped {
  readonly name: string;
  readonly reason: string;
}

export interface PictureSource {
  readonly kind: string;
  /** With those that turn out to be unreadable. */
  readonly count: number;
  readonly names: readonly string[];
  /** Whether the data set a picture apart for testing; undefined where they say nothing of it. */
  readonly test: ((picture: number) => boolean) | undefined;
  /** What is known, and of which picture what. */
  readonly factors: readonly { readonly name: string; readonly of: (picture: number) => string | undefined }[];
  /** Name of the factor that is the label; undefined where nothing is known. */
  readonly label: string | undefined;
  /** SHA-256 of pictures and labels; of photographs, of the names, lengths and labels of their files. */
  readonly hash: string;
  /** Left out at once, and not counted. */
  readonly skipped: readonly Skipped[];
  /**
   * One picture, C×H×W, 0..1.
   *
   * @returns why it cannot be read
   */
  read(picture: number, into: Float32Array): Promise<string | undefined>;
}

/** @throws NoemaError INPUT_NOT_PICTURE, DATASET_…, LABELS_TABLE, PICTURES_UNREADABLE; STOPPED after Ctrl-C */
export async function openPictures(options: PictureSourceOptions, terminal: Terminal): Promise<PictureSource> {
  const { channels } = options.form;
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new NoemaError("INPUT_NOT_PICTURE", {
      where: "the model's input",
      found: `${channels} channels`,
      needed: "pictures have 1, 3 or 4",
    });
  }
  const { kind, source } = await resolveDataset(options.data);
  return kind.name === "folder" ? photographs(source, options, terminal) : ofDataset(options, terminal);
}

/** Files are read when they are asked for: there may be more than memory holds. */
async function photographs(
  source: string | undefined,
  { form, most, dataSeed, dataSize }: PictureSourceOptions,
  terminal: Terminal,
): Promise<PictureSource> {
  if (dataSize !== undefined) {
    throw new NoemaError("OPTION_UNUSED", {
      where: "--data-size",
      found: "photographs are read at the size that the network is shown",
      remedy: "Give --size, where the network takes several.",
    });
  }
  const { files: all, columns, test, notes } = await labelledFiles(source, true);
  for (const note of notes) terminal.warn(note);
  const chosen = drawSome(all.length, most, dataSeed);
  const files = chosen.map((i) => all[i]);
  const texts = columns.map(([name, of]) => ({ name, of: chosen.map((i) => of[i]) }));
  const lengths = files.map(({ path }) => statSync(path, { throwIfNoEntry: false })?.size ?? -1);
  const hash = createHash("sha256");
  hash.update(JSON.stringify([files.map(({ name }) => name), lengths, texts]));
  const { width, height, channels } = form;
  return {
    kind: "folder",
    count: files.length,
    names: files.map(({ name }) => name),
    test: test && ((picture) => test[chosen[picture]] === 1),
    factors: texts.map(({ name, of }) => ({ name, of: (picture) => of[picture] })),
    label: texts[0]?.name,
    hash: hash.digest("hex"),
    skipped: [],
    read: async (picture, into) => {
      try {
        into.set((await readPicture(files[picture].path, { width, height, channels: channels as 1 | 3 | 4 })).data);
        return undefined;
      } catch (error) {
        if (!(error instanceof NoemaError)) throw error;
        // The words in parentheses are the decoder's; they depend on what else it decodes at the same time.
        return error.parts.found?.replace(/ \(.*\)$/s, "") ?? error.code;
      }
    },
  };
}

async function ofDataset(
  { data, form, most, dataSeed, dataSize, maxUnreadable }: PictureSourceOptions,
  terminal: Terminal,
): Promise<PictureSource> {
  const { width, height, channels } = form;
  if (channels === 4) {
    throw new NoemaError("INPUT_NOT_PICTURE", {
      where: `dataset "${data}"`,
      found: "the network takes pictures of four channels",
      needed: "datasets have one or three; photographs in a folder may have four",
    });
  }
  const size = dataSize ?? { width, height };
  const wanted = { size, channels: channels as 1 | 3, most, seed: dataSeed, maxUnreadable, unlabelled: true };
  const dataset = await openDataset(data, wanted, terminal).catch((error: unknown) => {
    // The size is the network's, which nobody said.
    if (!(error instanceof NoemaError && error.code === "DATASET_SIZE") || dataSize !== undefined) throw error;
    const remedy = "Say with --data-size at which of its sizes it is opened: it is resized for the network.";
    throw new NoemaError("DATASET_SIZE", { ...error.parts, remedy });
  });
  const { pixels, factors, test, names } = dataset;
  const [from, to] = [channels * dataset.size.height * dataset.size.width, channels * height * width];
  const resized = dataset.size.width !== width || dataset.size.height !== height;
  return {
    kind: dataset.kind,
    count: dataset.count,
    names,
    test: test && ((picture) => test[picture] === 1),
    factors: factors.map(({ name, values, of }) => ({ name, of: (picture) => values[of[picture]] })),
    label: dataset.label === "" ? undefined : dataset.label,
    hash: hashOf(dataset),
    skipped: dataset.skipped,
    read: async (picture, into) => {
      const own = pixels.subarray(picture * from, (picture + 1) * from);
      const bytes = resized ? await resizedBytes(own, dataset.size, form) : own;
      for (let i = 0; i < to; i++) into[i] = bytes[i] / 255;
      return undefined;
    },
  };
}

function hashOf({ pixels, names, factors, test }: Dataset): string {
  const hash = createHash("sha256").update(pixels);
  hash.update(JSON.stringify([names, factors.map(({ name, values }) => [name, values])]));
  for (const { of } of factors) hash.update(new Uint8Array(of.buffer, of.byteOffset, of.byteLength));
  return hash.update(test ?? new Uint8Array()).digest("hex");
}

/** C×H×W to C×H×W, plane by plane, by Lanczos 3 as photographs are; what has another shape is cut evenly on two sides. */
async function resizedBytes(bytes: Uint8Array, from: PictureForm, to: PictureForm): Promise<Uint8Array> {
  const [plane, wanted] = [from.width * from.height, to.width * to.height];
  const out = new Uint8Array(to.channels * wanted);
  for (let c = 0; c < to.channels; c++) {
    const raw = { width: from.width, height: from.height, channels: 1 } as const;
    const one = sharp(bytes.subarray(c * plane, (c + 1) * plane), { raw });
    const picture = one.resize({ width: to.width, height: to.height, fit: "cover" }).toColourspace("b-w");
    out.set(await picture.raw().toBuffer(), c * wanted);
  }
  return out;
}
