/** @file noema atoms truncate: pictures from one atom, from two, from three …, beside the atom that each step adds. */
import { join } from "node:path";
import { z } from "zod";
import { defineCommand } from "../../terminal/command.js";
import { exhibitRows } from "../exhibit-rows.js";
import { truncated } from "../views.js";
import { drawInto } from "./draw-into.js";
import { atomsOption, cellOption, exhibitOptions, outOption, placeOptions } from "./view-options.js";

const options = z.object({
  folder: atomsOption,
  ...exhibitOptions,
  out: outOption("truncate.png"),
  cell: cellOption,
  ...placeOptions,
});

export const truncateCommand = defineCommand({
  name: "truncate",
  summary: "builds pictures up, one atom after the other",
  options,
  positionals: ["folder"],
  examples: ["noema atoms truncate atoms/faces --images me.png"],
  run: (given, terminal) =>
    drawInto(
      { ...given, view: "truncate", out: given.out ?? join(given.folder, "truncate.png") },
      terminal,
      async (atoms) => {
        await atoms.neededDecoder();
        return truncated(atoms, await exhibitRows(atoms, { ...given, count: given.count ?? 3 }));
      },
    ),
});
