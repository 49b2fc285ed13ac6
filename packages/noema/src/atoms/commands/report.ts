/** @file noema atoms report: all that there is to be seen of atoms, on one page. */
import { join } from "node:path";
import { z } from "zod";
import { checkOutput, writeBeside } from "../../pictures/write-beside.js";
import { defineCommand } from "../../terminal/command.js";
import { OpenAtoms } from "../open-atoms.js";
import { atomsReport } from "../report/atoms-report.js";
import { atomsOption, outOption, placeOptions } from "./view-options.js";

const options = z.object({
  folder: atomsOption,
  top: z.int().min(1).max(256).default(24).meta({ description: "atoms that are shown with their examples" }),
  dreams: z
    .boolean()
    .default(false)
    .meta({ description: "dreams of these atoms, for networks that have no decoder: takes a while" }),
  steps: z.int().min(1).max(10_000).default(128).meta({ description: "of --dreams: steps of each" }),
  size: z.int().min(16).max(2048).optional().meta({
    description: "of --dreams: pixels to a side (default: those of the network's pictures)",
  }),
  seed: z.int().min(0).default(0).meta({ description: "of --dreams: start of the random numbers" }),
  out: outOption("report.html"),
  ...placeOptions,
});

export const reportCommand = defineCommand({
  name: "report",
  summary:
    "writes all of it on one page: figures, atoms with examples, what they find, pictures taken apart and steered",
  options,
  positionals: ["folder"],
  examples: ["noema atoms report atoms/faces", "noema atoms report atoms/4c --dreams --top 12"],
  run: async (given, terminal) => {
    const out = given.out ?? join(given.folder, "report.html");
    checkOutput(out, ".html");
    const atoms = await OpenAtoms.open(given.folder, given, terminal);
    try {
      const { top, steps, seed, size: side, threads } = given;
      const dreams = given.dreams ? { steps, seed, side } : undefined;
      const page = await atomsReport(atoms, { top, dreams, threads }, terminal);
      if (page === undefined) return terminal.warn("Stopped: nothing was written.");
      await writeBeside(out, Buffer.from(page));
      terminal.print(out);
    } finally {
      await atoms.close();
    }
  },
});
