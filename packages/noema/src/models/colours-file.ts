/** @file The file that `noema colours` writes: the colours and waves of a folder of pictures, for dreams of their kind. */
import { readFileSync } from "node:fs";
import { NoemaError } from "@noema/engine";
import { colours } from "@noema/lenses";
import { z } from "zod";
import { reasonOf } from "./read-large-file.js";

const maxChannels = 64;
const row = z.array(z.number()).min(1).max(4096);

const schema = z
  .strictObject({
    colours: z
      .array(row.max(maxChannels))
      .min(1)
      .max(maxChannels)
      .describe("a square root of the covariance of the colours: a row per channel, a column per principal axis"),
    mean: row.max(maxChannels).describe("the mean of each channel, 0 … 1"),
    spectrum: z
      .strictObject({
        lowest: z.number().positive().lt(Math.SQRT1_2).describe("the lowest frequency, in cycles per pixel"),
        axes: z
          .array(z.array(z.array(z.number().nonnegative()).min(1).max(4096)).min(1).max(4096))
          .min(1)
          .max(maxChannels)
          .describe("per axis of the colours and direction: magnitude times frequency, from the lowest to √½"),
      })
      .describe("how strong the waves are"),
    from: z
      .strictObject({
        pictures: z.int().min(1).describe("how many pictures were measured"),
        unreadable: z.int().min(0).describe("how many could not be read"),
        size: z.int().min(1).describe("at how many pixels to a side"),
      })
      .describe("what was measured"),
  })
  .superRefine(({ colours: root, mean, spectrum }, context) => {
    const say = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    const n = root.length;
    if (root.some((r) => r.length !== n)) say("colours", `a row has not ${n} numbers, as there are rows`);
    if (mean.length !== n) say("mean", `${mean.length} numbers, one for each of ${n} channels is needed`);
    if (spectrum.axes.length !== n) say("spectrum", `${spectrum.axes.length} axes, one for each of ${n} is needed`);
    const columns = spectrum.axes[0][0].length;
    if (
      spectrum.axes.some((axis) => axis.length !== spectrum.axes[0].length || axis.some((r) => r.length !== columns))
    ) {
      say("spectrum", "its tables are not of one size");
    }
  });

export type ColoursFile = z.infer<typeof schema>;

/**
 * Reads one.
 *
 * @param channels how many the pictures that it is for have
 * @throws NoemaError COLOURS_FILE_MISSING, COLOURS_FILE_INVALID, COLOURS_FILE_CHANNELS
 */
export function readColoursFile(path: string, channels: number): ColoursFile {
  const where = `colours ${path}`;
  const remedy = "noema colours FOLDER writes such a file.";
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const broken = cause instanceof SyntaxError;
    throw new NoemaError(broken ? "COLOURS_FILE_INVALID" : "COLOURS_FILE_MISSING", {
      where,
      found: broken ? `it is not JSON (${cause.message})` : reasonOf(cause),
      remedy,
      cause,
    });
  }
  const { success, data, error } = schema.safeParse(json);
  if (!success) {
    const [issue] = error.issues;
    throw new NoemaError("COLOURS_FILE_INVALID", {
      where: `${where}${issue.path.length === 0 ? "" : `, "${issue.path.join(".")}"`}`,
      found: issue.message,
      remedy,
    });
  }
  if (data.colours.length !== channels) {
    throw new NoemaError("COLOURS_FILE_CHANNELS", {
      where,
      found: `it is of pictures with ${data.colours.length} channels`,
      needed: `${channels}, as the pictures have`,
      ...(channels === 1 && { remedy: "noema colours FOLDER --channels 1 measures grey pictures." }),
    });
  }
  try {
    colours(channels, data.colours);
  } catch (cause) {
    throw new NoemaError("COLOURS_FILE_INVALID", {
      where: `${where}, "colours"`,
      found: "its matrix has no inverse",
      needed: "rows that are independent of each other",
      cause,
    });
  }
  return data;
}
