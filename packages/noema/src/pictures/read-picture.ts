/** @file readPicture: a photograph from a file, as numbers that a network can be shown; read rightly, or refused. */
import { readFile, stat } from "node:fs/promises";
import { NoemaError } from "@noema/engine";
import sharp, { type Sharp } from "sharp";
import { reasonOf } from "../models/read-large-file.js";

export interface ReadPictureOptions {
  /** Wanted width in pixels. Where only one side is given, the other follows; where none is, the picture's own. */
  readonly width?: number;
  readonly height?: number;
  /**
   * How a picture of another shape is made to fit: `cover` (the default) fills all and cuts off what stands out evenly,
   * `contain` shows all of it in the middle of the background, `fill` distorts.
   */
  readonly fit?: "cover" | "contain" | "fill";
  /**
   * Only the square in the middle is read, and made to fit: its side is this share, 0 … 1, of the picture's shorter one.
   */
  readonly middle?: number;
  /**
   * 1: grey, by the weights of Rec. 601, as in PIL and torchvision; 3: red, green, blue; 4: and how opaque. With 1 and 3,
   * transparent pictures are laid on the background.
   */
  readonly channels: 1 | 3 | 4;
  /** Red, green and blue, 0 … 1, behind transparent pictures and beside contained ones. Default: white. */
  readonly background?: readonly [number, number, number];
}

export interface ReadPicture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  /** C×H×W, 0 … 1, sRGB. */
  readonly data: Float32Array;
  /** What of the file is not in the picture, in words: further frames or pages. Mostly empty. */
  readonly notes: readonly string[];
}

/** Pictures of more pixels are refused before anything is decoded: sharp's own limit, 16383². */
const maxPixels = 0x3fff ** 2;

/** Results of more pixels are refused: as numbers they take 12 to 16 bytes each. */
const maxResultPixels = 2 ** 26;

/** Longer files are not read into memory. */
const maxBytes = 2 ** 30;

/** What files begin with, whatever their names say. */
const signatures: Readonly<Record<string, (start: string) => boolean>> = {
  JPEG: (start) => start.startsWith("\xff\xd8\xff"),
  PNG: (start) => start.startsWith("\x89PNG\r\n\x1a\n"),
  GIF: (start) => start.startsWith("GIF87a") || start.startsWith("GIF89a"),
  WebP: (start) => start.startsWith("RIFF") && start.startsWith("WEBP", 8),
  // Of the classic kind and of the one for files over 4 GiB.
  TIFF: (start) => ["II*\0", "MM\0*", "II+\0", "MM\0+"].some((mark) => start.startsWith(mark)),
  // The name of its kind may come first, or among those that it is compatible with.
  AVIF: (start) => start.startsWith("ftyp", 4) && /avi[fs]/.test(start.slice(8, 48)),
};

/**
 * Reads a JPEG, PNG, WebP, GIF, TIFF or AVIF file: in any colour space (CMYK and embedded profiles are converted to sRGB;
 * no profile means sRGB), of 8 or 16 bits (rounded to 8, which networks are trained on), turned as its EXIF orientation
 * says. Of an animation the first frame.
 *
 * Resizing is Lanczos 3, on sRGB values as they are (not on light), as in PIL and in the training of most networks.
 *
 * @throws NoemaError PICTURE_MISSING, PICTURE_EMPTY, PICTURE_TOO_LARGE, PICTURE_SIZE; PICTURE_UNREADABLE for anything else
 *   that is not a whole picture: a truncated one is never shown half grey
 */
export async function readPicture(path: string, options: ReadPictureOptions): Promise<ReadPicture> {
  const { channels, fit = "cover", middle, background = [1, 1, 1] } = options;
  checkSides(options);
  const { bytes, format, header } = await readHeader(path);
  const { pages = 1, depth, space, hasProfile, autoOrient: whole } = header;
  if (whole.width * whole.height > maxPixels) throw tooLarge(path, whole, maxPixels);
  const source = middle === undefined ? whole : squareOf(whole, middle);
  const size = wantedSize(options, source);
  if (size.width * size.height > maxResultPixels) {
    throw tooLarge(path, size, maxResultPixels, "Give a smaller width and height.");
  }
  if (!/^(uchar|ushort)$/.test(depth) && space !== "lab") {
    throw unreadable(path, `its numbers are of the kind ${depth}`, "Save it with 8 or 16 bits a channel.");
  }
  let picture = opened(bytes).autoOrient();
  if (middle !== undefined) {
    const [left, top] = [(whole.width - source.width) >> 1, (whole.height - source.height) >> 1];
    picture = picture.extract({ left, top, ...source });
  }
  // sharp ignores profiles of 16-bit grey, and leaves 16-bit colours in those of Display P3.
  if (depth === "ushort" && hasProfile) picture = picture.pipelineColourspace(space === "grey16" ? "b-w" : "srgb");
  picture = picture.toColourspace("srgb");
  const [red, green, blue] = background.map((v) => Math.round(v * 255));
  if (channels !== 4) picture = picture.flatten({ background: { r: red, g: green, b: blue } });
  if (size.width !== source.width || size.height !== source.height) {
    const inside = fit === "contain" ? "inside" : fit;
    // The fast way decodes a JPEG at nearly the wanted size, by means of blocks; else that stays at least twice as large.
    picture = picture.resize({ ...size, fit: inside, fastShrinkOnLoad: false });
  }
  const { data, info } = await decoded(path, () =>
    picture.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true }),
  );
  if (info.channels !== 3 && info.channels !== 4) throw unreadable(path, `it has ${info.channels} channels`);
  return {
    ...size,
    channels,
    data: planes({ data, ...info }, size, { channels, background }),
    notes: pages > 1 ? [`${path}: the first of ${pages} ${format === "TIFF" ? "pages" : "frames"} is read`] : [],
  };
}

/**
 * How large a picture is, turned as its EXIF orientation says, by its header alone.
 *
 * @throws NoemaError PICTURE_MISSING, PICTURE_EMPTY, PICTURE_TOO_LARGE, PICTURE_UNREADABLE
 */
export async function readSides(path: string): Promise<Sides> {
  const { width, height } = (await readHeader(path)).header.autoOrient;
  return { width, height };
}

async function readHeader(path: string) {
  const bytes = await readBytes(path);
  const start = bytes.toString("latin1", 0, 256);
  const format = Object.keys(signatures).find((name) => signatures[name](start));
  if (format === undefined) throw unreadable(path, notPicture(start));
  return { bytes, format, header: await decoded(path, () => opened(bytes).metadata()) };
}

function squareOf({ width, height }: Sides, share: number): Sides {
  const side = Math.max(1, Math.round(share * Math.min(width, height)));
  return { width: side, height: side };
}

function checkSides({ width = 1, height = 1, middle = 1 }: ReadPictureOptions): void {
  if (!(middle > 0 && middle <= 1)) {
    throw new NoemaError("PICTURE_SIZE", {
      where: "the middle of a picture that is read",
      found: `a share of ${middle}`,
      needed: "above 0 and at most 1",
    });
  }
  const wrong = [width, height].find((side) => !Number.isInteger(side) || side < 1);
  if (wrong === undefined) return;
  throw new NoemaError("PICTURE_SIZE", {
    where: "the size that a picture is read at",
    found: `a side of ${wrong} pixels`,
    needed: "a whole number from 1",
  });
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw unreadable(path, found.isDirectory() ? "it is a folder" : "it is not a file");
    if (found.size === 0) {
      throw new NoemaError("PICTURE_EMPTY", { where: path, found: "the file is empty", remedy: "Copy it again." });
    }
    if (found.size > maxBytes) {
      throw new NoemaError("PICTURE_TOO_LARGE", {
        where: path,
        found: `${found.size} bytes`,
        needed: `at most ${maxBytes}`,
      });
    }
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof NoemaError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw unreadable(path, reasonOf(cause), undefined, cause);
    throw new NoemaError("PICTURE_MISSING", { where: path, found: "there is no such file", cause });
  }
}

/** The same decoder for the header and for the pixels. Warnings, such as of an early end, are errors. */
function opened(bytes: Buffer): Sharp {
  return sharp(bytes, { failOn: "warning", limitInputPixels: false });
}

async function decoded<T>(path: string, decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (cause) {
    const said = (cause as Error).message.split("\n").filter((line) => line.trim() !== "");
    const found = `it is damaged or not whole (${said.at(-1)?.trim() ?? "no reason given"})`;
    throw unreadable(path, found, "Copy it again, or open it in another program and save it anew.", cause);
  }
}

/** What a file is that no decoder is asked about. SVG and PDF are programs that draw: not a thing to run on a folder. */
function notPicture(start: string): string {
  if (/<svg[\s>]/i.test(start)) return "it is an SVG drawing, not a photograph";
  if (start.startsWith("%PDF-")) return "it is a PDF document";
  if (/^ftyp(hei|hev|mif1|msf1)/.test(start.slice(4))) return "it is a HEIC photograph, which is not read here";
  return "it is none of JPEG, PNG, WebP, GIF, TIFF and AVIF, whatever its name says";
}

interface Sides {
  readonly width: number;
  readonly height: number;
}

function wantedSize({ width, height }: ReadPictureOptions, source: Sides): Sides {
  return {
    width: width ?? (height === undefined ? source.width : scaled(source.width, height / source.height)),
    height: height ?? (width === undefined ? source.height : scaled(source.height, width / source.width)),
  };
}

const scaled = (side: number, by: number) => Math.max(1, Math.round(side * by));

interface Interleaved extends Sides {
  readonly data: Uint8Array;
  readonly channels: number;
}

/** Lays the pixels in the middle of the background, planes one after the other. */
function planes(
  from: Interleaved,
  size: Sides,
  { channels, background }: { channels: number; background: readonly number[] },
): Float32Array {
  const plane = size.width * size.height;
  const out = new Float32Array(channels * plane);
  const colours = Math.min(channels, 3);
  if (from.width !== size.width || from.height !== size.height) {
    const beside = channels === 1 ? [grey(background)] : background;
    for (let c = 0; c < colours; c++) out.fill(beside[c], c * plane, (c + 1) * plane);
  }
  const [left, top] = [(size.width - from.width) >> 1, (size.height - from.height) >> 1];
  for (let y = 0; y < from.height; y++) {
    for (let x = 0; x < from.width; x++) {
      const at = (y * from.width + x) * from.channels;
      const to = (top + y) * size.width + left + x;
      if (channels === 1) out[to] = grey(from.data.subarray(at, at + 3)) / 255;
      else for (let c = 0; c < 3; c++) out[c * plane + to] = from.data[at + c] / 255;
      if (channels === 4) out[3 * plane + to] = from.channels === 4 ? from.data[at + 3] / 255 : 1;
    }
  }
  return out;
}

/** How light a colour is (ITU-R BT.601). The weights sum to 1, so what is grey already stays as it is. */
const grey = (colour: ArrayLike<number>) => 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];

function tooLarge(path: string, { width, height }: Sides, most: number, remedy?: string): NoemaError {
  return new NoemaError("PICTURE_TOO_LARGE", {
    where: path,
    found: `${width}×${height} pixels`,
    needed: `at most ${Math.round(most / 1e6)} million`,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

function unreadable(path: string, found: string, remedy?: string, cause?: unknown): NoemaError {
  return new NoemaError("PICTURE_UNREADABLE", {
    where: path,
    found,
    ...(remedy === undefined ? {} : { remedy }),
    ...(cause === undefined ? {} : { cause }),
  });
}
