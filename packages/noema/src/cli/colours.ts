/** @file noema colours: measures the colours and waves of a folder of pictures, for dreams of their kind. */
import { NoemaError } from "@noema/engine";
import { type ColourMeasurement, type MeasuredColours, measureColours } from "@noema/lenses";
import { z } from "zod";
import { listPictures } from "../pictures/list-pictures.js";
import { drawPalette } from "../pictures/palette-sheet.js";
import { encodePng } from "../pictures/png.js";
import { readPicture } from "../pictures/read-picture.js";
import { checkOutput, writeBeside } from "../pictures/write-beside.js";
import { defineCommand, type Terminal } from "../terminal/command.js";

/** Where more than this share of the pictures cannot be read, the folder is not what it should be. */
const mostUnreadable = 0.1;

/** How many unreadable pictures are named. */
const mostNamed = 10;

const options = z.object({
  folder: z.string().meta({ description: "a folder of pictures; folders within it are looked into" }),
  out: z.string().default("colours.json").meta({
    description: "the file to write; a sheet that shows the colours is written beside it as PNG",
    placeholder: "FILE.json",
  }),
  channels: z.literal([1, 3]).default(3).meta({ description: "1 for grey pictures, 3 for colours", needed: "1 or 3" }),
  size: z.int().min(8).max(2048).default(256).meta({
    description: "pixels to a side of the squares that pictures are cut and scaled to",
    needed: "a whole number from 8 to 2048",
  }),
});

export const command = defineCommand({
  name: "colours",
  summary: "measures the colours and waves of a folder of pictures, for dreams of their kind",
  options,
  positionals: ["folder"],
  examples: ["noema colours photographs --out colours.json", "noema dream model.onnx --colours colours.json …"],
  run: async ({ folder, out, channels, size }, terminal) => {
    checkOutput(out, ".json");
    const sheet = out.replace(/[.]json$/i, ".png");
    checkOutput(sheet, ".png");
    const paths = await listPictures(folder);
    const measurement = measureColours(channels);
    const unreadable = await addAll(paths, measurement, { channels, size }, terminal);
    const stopped = terminal.signal.aborted;
    if (measurement.count === 0 && stopped) {
      terminal.warn("Stopped before the first picture: nothing was written.");
      return;
    }
    const seen = measurement.count + unreadable.length;
    if (unreadable.length > mostUnreadable * seen) throw tooManyUnreadable(folder, unreadable, seen);
    const measured = measurement.result();
    const count = `${measurement.count} picture${measurement.count === 1 ? "" : "s"}`;
    const png = await encodePng(await drawPalette(measured, `${folder}: ${count}`));
    const from = { pictures: measurement.count, unreadable: unreadable.length, size };
    await writeBeside(out, new TextEncoder().encode(textOf(measured, from)));
    await writeBeside(sheet, png);
    if (unreadable.length > 0) terminal.warn(`Left out, since unreadable:\n${named(unreadable)}`);
    if (stopped) terminal.warn(`Stopped after ${seen} of ${paths.length} pictures; ${out} holds what they have shown.`);
    terminal.print(`${out}: ${count}; ${sheet} shows them`);
  },
});

interface Unreadable {
  readonly path: string;
  readonly message: string;
}

/** Adds pictures one at a time until all are seen, or Ctrl-C. Those that cannot be read are returned. */
async function addAll(
  paths: readonly string[],
  measurement: ColourMeasurement,
  { channels, size }: { channels: 1 | 3; size: number },
  terminal: Terminal,
): Promise<Unreadable[]> {
  const unreadable: Unreadable[] = [];
  const progress = terminal.progress(paths.length, "pictures");
  try {
    for (const [i, path] of paths.entries()) {
      if (terminal.signal.aborted) break;
      try {
        measurement.add((await readPicture(path, { channels, width: size, height: size })).data, {
          height: size,
          width: size,
        });
      } catch (error) {
        if (!(error instanceof NoemaError)) throw error;
        unreadable.push({ path, message: error.message });
      }
      progress.update(i + 1, unreadable.length === 0 ? "" : `${unreadable.length} unreadable`);
    }
  } finally {
    progress.stop();
  }
  return unreadable;
}

function tooManyUnreadable(folder: string, unreadable: readonly Unreadable[], seen: number): NoemaError {
  return new NoemaError("PICTURES_UNREADABLE", {
    where: folder,
    found: `${unreadable.length} of ${seen} pictures cannot be read:\n${named(unreadable)}\n`,
    needed: `at most ${100 * mostUnreadable} % may be left out`,
  });
}

function named(unreadable: readonly Unreadable[]): string {
  const more = unreadable.length - mostNamed;
  return [
    ...unreadable.slice(0, mostNamed).map(({ message }) => `  ${message}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join("\n");
}

/** JSON with a line for each row of numbers. Five digits are more than the pictures tell. */
function textOf(measured: MeasuredColours, from: object): string {
  const short = (_: string, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(5)) : value);
  const text = JSON.stringify({ ...measured, from }, short, 1);
  return `${text.replaceAll(/\[[^[\]]*\]/g, (list) => list.replaceAll(/\s+/g, " "))}\n`;
}
