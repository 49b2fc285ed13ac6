/** @file readColours: how the colours of the pictures hang together, from a file that noema colours wrote, or by name. */
import { readFileSync } from "node:fs";
import { NoemaError } from "@noema/engine";
import { imagenetColours } from "@noema/lenses";
import { z } from "zod";
import { reasonOf } from "../models/read-large-file.js";

const rows = z.array(z.array(z.number()).min(1).max(64)).min(1).max(64);
const schema = z.union([rows, z.object({ colours: rows }).transform(({ colours }) => colours)]);

/**
 * `imagenet`, `none` (each channel by itself), or a JSON file: a matrix, or an object with one as its `colours`.
 *
 * @param channels how many the pictures have
 * @throws NoemaError COLOURS_MISSING, COLOURS_INVALID, COLOURS_SHAPE
 */
export function readColours(text: string, channels: number): number[][] {
  const found = text === "none" ? identity(channels) : text === "imagenet" ? imagenetColours : fromFile(text);
  if (found.length === channels && found.every((row) => row.length === channels)) return found.map((row) => [...row]);
  throw new NoemaError("COLOURS_SHAPE", {
    where: `colours ${text}`,
    found: `${found.length}×${found[0].length} numbers`,
    needed: `the network's pictures have ${channels} channel${channels === 1 ? "" : "s"}`,
  });
}

const identity = (count: number) =>
  Array.from({ length: count }, (_, i) => Array.from({ length: count }, (_, j) => (i === j ? 1 : 0)));

function fromFile(path: string): number[][] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new NoemaError("COLOURS_MISSING", {
      where: `colours ${path}`,
      found: reasonOf(cause),
      needed: "a file that noema colours wrote, or one of none, imagenet",
      cause,
    });
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new NoemaError("COLOURS_INVALID", {
      where: `colours ${path}`,
      found: cause instanceof SyntaxError ? "it is not JSON" : "it is another kind of JSON",
      needed: `{"colours": [[…], …]}, one row of numbers for each channel`,
    });
  }
}
