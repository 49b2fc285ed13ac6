/** @file noema atoms show: what each atom draws, or dreams of, and the pictures that have most of it. */
import { join } from "node:path";
import { z } from "zod";
import { drawView } from "../../factors/draw-view.js";
import { encodePng } from "../../pictures/png.js";
import { drawSheet } from "../../pictures/sheet.js";
import { checkOutput, writeBeside } from "../../pictures/write-beside.js";
import { defineCommand, type Terminal } from "../../terminal/command.js";
import { readAtoms } from "../atom-lists.js";
import { atomsSheet } from "../atoms-sheet.js";
import { atomsView, mostUsed } from "../atoms-view.js";
import { dreamAtoms } from "../dream-atoms.js";
import { OpenAtoms } from "../open-atoms.js";
import { atomsOption, cellOption, placeOptions } from "./view-options.js";

/** Atoms that are shown unless told otherwise: rows with pictures beside them, and a grid. */
const usual = { rows: 12, grid: 128 } as const;

const gridWords =
  "What atoms draw: added to the mean, and taken away from it, as much as the pictures have that have a lot of it.";

const options = z.object({
  folder: atomsOption,
  atoms: z.string().optional().meta({
    description: "only these, as in 17,3 (default: those that most vectors have)",
    placeholder: "A,B,…",
  }),
  top: z
    .int()
    .min(1)
    .max(4096)
    .optional()
    .meta({
      description: `how many of those that most vectors have (default: ${usual.rows} in rows, ${usual.grid} in a grid)`,
    }),
  as: z.enum(["rows", "grid"]).default("rows").meta({
    description: "a row for each with its pictures, or many beside each other",
    placeholder: "rows|grid",
  }),
  pictures: z.int().min(0).max(24).default(5).meta({ description: "pictures beside each atom that have most of it" }),
  quantile: z.number().min(0).max(1).optional().meta({
    description:
      "how strongly atoms are shown: as in the vector that has more of it than this share of them (default: 0.95)",
    needed: "a number from 0 to 1",
  }),
  dreams: z
    .boolean()
    .default(false)
    .meta({ description: "dreams of atoms, for networks that have no decoder: takes a while" }),
  steps: z.int().min(1).max(10_000).default(128).meta({ description: "of --dreams: steps of each" }),
  size: z.int().min(16).max(2048).optional().meta({
    description: "of --dreams: pixels to a side (default: those of the network's pictures)",
  }),
  seed: z.int().min(0).default(0).meta({ description: "of --dreams: start of the random numbers" }),
  out: z
    .string()
    .optional()
    .meta({ description: "the picture to write (default: ATOMS/atoms.png)", placeholder: "FILE.png" }),
  cell: cellOption,
  ...placeOptions,
});

type Options = z.output<typeof options>;

export const showCommand = defineCommand({
  name: "show",
  summary: "draws what each atom stands for, beside the pictures that have most of it",
  options,
  positionals: ["folder"],
  examples: ["noema atoms show atoms/faces --atoms 17,3", "noema atoms show atoms/4c --dreams --top 6"],
  run: async (given, terminal) => {
    const out = given.out ?? join(given.folder, "atoms.png");
    checkOutput(out, ".png");
    const atoms = await OpenAtoms.open(given.folder, given, terminal);
    try {
      const count = given.top ?? usual[given.as];
      const wanted =
        given.atoms === undefined ? await mostUsed(atoms, count) : readAtoms(given.atoms, atoms.dictionary.count);
      const { decoder, why } = await atoms.decoder();
      if (decoder === undefined && given.as === "grid") await atoms.neededDecoder();
      if (decoder !== undefined && !given.dreams) {
        const { as, pictures, quantile, cell } = given;
        const view = await atomsView(atoms, decoder, { atoms: wanted, as, pictures, quantile });
        const drawn = drawView("atoms", view, {
          title: `Atoms of ${atoms.name}`,
          ...(as === "grid" && { subtitle: gridWords }),
          ...(cell !== undefined && { cellPx: cell }),
        });
        await writeBeside(out, await encodePng(drawn));
        return terminal.print(out);
      }
      if (!given.dreams) terminal.warn(`Nothing draws these vectors (${why}): pictures alone; --dreams adds dreams.`);
      await sheet(atoms, wanted, { ...given, out }, terminal);
    } finally {
      await atoms.close();
    }
  },
});

async function sheet(
  atoms: OpenAtoms,
  wanted: readonly number[],
  given: Options & { readonly out: string },
  terminal: Terminal,
): Promise<void> {
  const uses = atoms.dictionary.nonNegative ? [1 as const] : [1 as const, -1 as const];
  const sides = wanted.flatMap((atom) => uses.map((sign) => ({ atom, sign })));
  const { steps, seed, size: side, threads, pictures: count, cell, out } = given;
  const dreams = given.dreams ? await dreamAtoms(atoms, sides, { steps, seed, side, threads }, terminal) : undefined;
  if (given.dreams && dreams === undefined) return terminal.warn("Stopped: nothing was written.");
  const section = await atomsSheet(atoms, { sides, count, dreams, cell });
  const drawn = drawSheet([section], {
    title: `Atoms of ${atoms.name}`,
    subtitle: `${given.dreams ? "A dream of each atom, and the pictures that have most of it" : "The pictures that have most of each atom"}${uses.length > 1 ? "; with − of its opposite." : "."}`,
  });
  await writeBeside(out, await encodePng(drawn));
  terminal.print(out);
}
