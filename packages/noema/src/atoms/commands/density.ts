/** @file noema atoms density: how many vectors have each atom, and which atoms few or none have. */
import { join } from "node:path";
import { z } from "zod";
import { encodePng } from "../../pictures/png.js";
import { checkOutput, writeBeside } from "../../pictures/write-beside.js";
import { defineCommand } from "../../terminal/command.js";
import { barChart, drawCharts, lineChart, onPaper } from "../charts.js";
import { densityCharts, densityOf } from "../density-charts.js";
import { OpenAtoms } from "../open-atoms.js";
import { atomsOption, outOption, placeOptions } from "./view-options.js";

/** So many atoms of a list are named. */
const mostNamed = 40;

const options = z.object({
  folder: atomsOption,
  out: outOption("density.png"),
  activations: placeOptions.activations,
});

export const densityCommand = defineCommand({
  name: "density",
  summary: "counts how many vectors have each atom, and lists those that few or none have",
  options,
  positionals: ["folder"],
  run: async (given, terminal) => {
    const out = given.out ?? join(given.folder, "density.png");
    checkOutput(out, ".png");
    const atoms = await OpenAtoms.open(given.folder, given, terminal);
    try {
      const found = densityOf(atoms);
      const { histogram, ranks } = densityCharts(found);
      const charts = [barChart(histogram, onPaper), lineChart(ranks, onPaper)];
      const drawn = drawCharts(charts, {
        title: `Atoms of ${atoms.name}`,
        subtitle: `${atoms.dictionary.count.toLocaleString("en-US")} atoms, ${atoms.codes.meta.vectors.toLocaleString("en-US")} vectors; rare is what less than ${Number((100 * found.rareBelow).toPrecision(2))} % of them have`,
      });
      await writeBeside(out, await encodePng(drawn));
      terminal.print(`in no vector: ${listed(found.dead)}`);
      terminal.print(`rare: ${listed(found.rare)}`);
      terminal.print(out);
    } finally {
      await atoms.close();
    }
  },
});

function listed(atoms: readonly number[]): string {
  if (atoms.length === 0) return "none";
  const more = atoms.length > mostNamed ? ` and ${atoms.length - mostNamed} others` : "";
  return `${atoms.length}: ${atoms.slice(0, mostNamed).join(", ")}${more}`;
}
