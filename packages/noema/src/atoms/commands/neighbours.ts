/** @file noema atoms neighbours: which atoms point the same way, which the other way, and which the same pictures have. */
import { join } from "node:path";
import { z } from "zod";
import { defineCommand } from "../../terminal/command.js";
import { readAtoms } from "../atom-lists.js";
import { mostUsed } from "../atoms-view.js";
import { neighboursOf, neighboursView } from "../neighbours-view.js";
import { spokenNumber } from "../spoken-number.js";
import { drawInto } from "./draw-into.js";
import { atomsOption, cellOption, outOption, placeOptions } from "./view-options.js";

/** Atoms whose neighbours are shown unless they are named. */
const usualAtoms = 8;

const options = z.object({
  folder: atomsOption,
  atoms: z
    .string()
    .optional()
    .meta({
      description: `whose neighbours, as in 17,3 (default: of the ${usualAtoms} that most vectors have)`,
      placeholder: "A,B,…",
    }),
  count: z.int().min(1).max(24).default(4).meta({ description: "so many of each kind" }),
  out: outOption("neighbours.png"),
  cell: cellOption,
  ...placeOptions,
});

export const neighboursCommand = defineCommand({
  name: "neighbours",
  summary: "lists and draws the atoms that are like an atom, against it, or together with it",
  options,
  positionals: ["folder"],
  examples: ["noema atoms neighbours atoms/faces --atoms 17,3"],
  run: (given, terminal) =>
    drawInto(
      { ...given, view: "neighbours", out: given.out ?? join(given.folder, "neighbours.png") },
      terminal,
      async (atoms) => {
        const of =
          given.atoms === undefined
            ? await mostUsed(atoms, usualAtoms)
            : readAtoms(given.atoms, atoms.dictionary.count);
        const found = neighboursOf(atoms, of, given.count);
        for (const { atom, nearest, opposite, together } of found) {
          const cosines = (own: typeof nearest) =>
            own.map((one) => `${one.atom} (${spokenNumber(one.cosine)})`).join(" ");
          const pairs = together.map((one) => `${one.atom} (${spokenNumber(100 * one.jaccard)} %)`).join(" ");
          terminal.print(
            `atom ${atom}: like ${cosines(nearest)}; against ${cosines(opposite)}; together with ${pairs === "" ? "none" : pairs}`,
          );
        }
        return neighboursView(atoms, found);
      },
    ),
});
