/** @file Sources of datasets for tests: small folders in exactly the forms in which the data are handed out. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import sharp from "sharp";
import type { Terminal } from "../../terminal/command.js";
import type { DatasetOptions } from "../dataset.js";

export const usualOptions: DatasetOptions = { seed: 0, maxUnreadable: 0 };

/** A terminal that keeps what was said. */
export function listeningTerminal(signal = new AbortController().signal): Terminal & { readonly warned: string[] } {
  const warned: string[] = [];
  return {
    signal,
    warned,
    print: () => {},
    warn: (line) => warned.push(line),
    progress: () => ({ update: () => {}, stop: () => {} }),
  };
}

interface Plain {
  readonly width?: number;
  readonly height?: number;
  /** Red, green, blue; or how light, for grey files. */
  readonly colour?: readonly [number, number, number] | number;
}

/** A picture of one colour, in the format that its name ends with. */
export async function writePlain(path: string, { width = 8, height = 8, colour = 128 }: Plain = {}): Promise<void> {
  const values = typeof colour === "number" ? [colour] : colour;
  const data = Uint8Array.from({ length: width * height * values.length }, (_, i) => values[i % values.length]);
  const raw = { width, height, channels: values.length as 1 | 3 };
  const picture = sharp(data, { raw }).toColourspace(values.length === 1 ? "b-w" : "srgb");
  const formats = {
    tiff: () => picture.tiff({ compression: "none" }),
    png: () => picture.png(),
    jpg: () => picture.jpeg({ quality: 100, chromaSubsampling: "4:4:4" }),
  };
  const ending = extname(path).slice(1) as keyof typeof formats;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, await formats[ending]().toBuffer());
}

/** Of every third expression of every second person there is one picture more. */
export async function writeJaffe(folder: string, people: readonly string[] = ["KA", "KL", "KM"]): Promise<string> {
  let number = 0;
  for (const person of people) {
    for (const [e, code] of ["AN", "DI", "FE", "HA", "NE", "SA", "SU"].entries()) {
      for (let take = 1; take <= (e % 3 === 0 ? 3 : 2); take++) {
        const path = join(folder, `${person}.${code}${take}.${++number}.tiff`);
        await writePlain(path, { width: 64, height: 64, colour: number * 3 });
      }
    }
  }
  return folder;
}

export async function writeOlivetti(folder: string, people = 3, pictures = 5): Promise<string> {
  for (let person = 1; person <= people; person++) {
    for (let picture = 1; picture <= pictures; picture++) {
      const name = `s${String(person).padStart(2, "0")}_${String(picture).padStart(2, "0")}.png`;
      await writePlain(join(folder, name), { width: 64, height: 64, colour: 50 * person + picture });
    }
  }
  return folder;
}

interface CelebaOptions {
  readonly count?: number;
  /** Where the pictures lie, within the folder. */
  readonly pictures?: string;
  readonly others?: boolean;
}

/** Attributes: even pictures smile; every third has a hat. Two pictures in a row are of one person; the last three test. */
export async function writeCeleba(
  folder: string,
  { count = 8, pictures = "img_align_celeba", others = true }: CelebaOptions = {},
): Promise<string> {
  const names = Array.from({ length: count }, (_, i) => `${String(i + 1).padStart(6, "0")}.jpg`);
  for (const [i, name] of names.entries()) {
    await writePlain(join(folder, pictures, name), { width: 178, height: 218, colour: [200, 20 * i, 50] });
  }
  const sign = (is: boolean) => (is ? " 1" : "-1");
  const rows = names.map((name, i) => `${name} ${sign(i % 2 === 0)} ${sign(i % 3 === 0)}`);
  writeFileSync(join(folder, "list_attr_celeba.txt"), `${count}\nSmiling Wearing_Hat \n${rows.join("\n")}\n`);
  if (!others) return folder;
  const lines = (number: (i: number) => number) => names.map((name, i) => `${name} ${number(i)}\n`).join("");
  writeFileSync(
    join(folder, "identity_CelebA.txt"),
    lines((i) => 2880 + (i >> 1)),
  );
  writeFileSync(
    join(folder, "list_eval_partition.txt"),
    lines((i) => (i >= count - 3 ? 2 : i === 0 ? 1 : 0)),
  );
  return folder;
}

/** Two subfolders of pictures in colour, one with a folder within, and no two alike in size. */
export async function writeClasses(folder: string): Promise<string> {
  for (let i = 0; i < 4; i++) {
    const form = { width: 90 + i, height: 70, colour: [10 * i, 200, 30] as const };
    await writePlain(join(folder, "cat", i < 2 ? "more" : ".", `${i}.png`), form);
    await writePlain(join(folder, "dog", `${i}.jpg`), { ...form, colour: [250, 10 * i, 30] });
  }
  return folder;
}
