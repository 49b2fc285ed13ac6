/** @file noema atoms contribution: pictures without each of their atoms, what that changes, and the atom alone. */
import { join } from "node:path";
import { z } from "zod";
import { defineCommand } from "../../terminal/command.js";
import { readAtoms } from "../atom-lists.js";
import { exhibitRows } from "../exhibit-rows.js";
import { contributions } from "../views.js";
import { drawInto } from "./draw-into.js";
import { atomsOption, cellOption, exhibitOptions, outOption, placeOptions } from "./view-options.js";

const options = z.object({
  folder: atomsOption,
  ...exhibitOptions,
  atoms: z.string().optional().meta({
    description: "only these atoms, as in 17,3 (default: those that the picture has, the strongest first)",
    placeholder: "A,B,…",
  }),
  gain: z
    .number()
    .min(0.01)
    .max(100)
    .optional()
    .meta({ description: "what differences are multiplied with (default: 1)", needed: "a number from 0.01 to 100" }),
  out: outOption("contribution.png"),
  cell: cellOption,
  ...placeOptions,
});

export const contributionCommand = defineCommand({
  name: "contribution",
  summary: "takes each atom out of pictures, and shows what that changes",
  options,
  positionals: ["folder"],
  examples: ["noema atoms contribution atoms/faces --count 2"],
  run: (given, terminal) =>
    drawInto(
      { ...given, view: "contribution", out: given.out ?? join(given.folder, "contribution.png") },
      terminal,
      async (atoms) => {
        const of = given.atoms === undefined ? undefined : readAtoms(given.atoms, atoms.dictionary.count);
        await atoms.neededDecoder();
        const exhibit = await exhibitRows(atoms, { ...given, count: given.count ?? 3 });
        return contributions(atoms, exhibit, { of, gain: given.gain });
      },
    ),
});
