/** @file noema atoms measure: which atom alone finds which known value, and whether adding it to pictures gives them that value. */
import { join } from "node:path";
import { z } from "zod";
import { drawView } from "../../factors/draw-view.js";
import { encodePng } from "../../pictures/png.js";
import { checkOutput, writeBeside } from "../../pictures/write-beside.js";
import { defineCommand } from "../../terminal/command.js";
import { type AtomMeasures, measureAtoms } from "../measure/measure-atoms.js";
import { measuresView } from "../measure/measures-view.js";
import { OpenAtoms } from "../open-atoms.js";
import { atomsOption, cellOption, placeOptions } from "./view-options.js";

const options = z.object({
  folder: atomsOption,
  factors: z.string().optional().meta({
    description: "only what is known under these names, joined by commas (default: all of 2 to 40 values)",
    placeholder: "A,B,…",
  }),
  wanted: z.number().min(0).max(1).default(0.8).meta({
    description: "atoms that find a value with this average precision are added to pictures",
    needed: "a number from 0 to 1",
  }),
  most: z.int().min(2).max(100_000).default(400).meta({ description: "pictures that each is added to, at most" }),
  seed: z.int().min(0).default(0).meta({ description: "start of the random numbers; the same gives the same figures" }),
  saveEvery: z.number().min(0).default(60).meta({
    description: "seconds between savings of a judge in training",
    placeholder: "SECONDS",
  }),
  out: z.string().optional().meta({
    description: "the picture to write (default: ATOMS/measure.png)",
    placeholder: "FILE.png",
  }),
  cell: cellOption,
  ...placeOptions,
});

export const measureCommand = defineCommand({
  name: "measure",
  summary: "says which atoms find what is known of pictures, and what independent classifiers see when they are added",
  options,
  positionals: ["folder"],
  examples: ["noema atoms measure atoms/faces", "noema atoms measure atoms/faces --factors glasses,facial-hair"],
  run: async (given, terminal) => {
    const out = given.out ?? join(given.folder, "measure.png");
    checkOutput(out, ".png");
    const atoms = await OpenAtoms.open(given.folder, given, terminal);
    try {
      const { wanted, most, seed, saveEvery, threads } = given;
      const factors = given.factors?.split(",").map((name) => name.trim());
      const measures = await measureAtoms({ atoms, factors, wanted, most, seed, saveEvery, threads }, terminal);
      if (measures === undefined)
        return terminal.warn("Stopped. Judges that are trained are kept: the same command goes on.");
      for (const line of inWords(measures, wanted)) terminal.print(line);
      const { decoder } = await atoms.decoder();
      const view = decoder && (await measuresView(atoms, decoder, measures));
      if (view === undefined) return;
      const drawn = drawView("atoms", view, {
        title: `Atoms of ${atoms.name} that know a value`,
        subtitle:
          "Above: pictures that the atoms were not learned from, as the decoder draws them. Below: one atom added to each of them, as much as gave most pictures the value and left the rest.",
        ...(given.cell !== undefined && { cellPx: given.cell }),
      });
      await writeBeside(out, await encodePng(drawn));
      terminal.print(out);
    } finally {
      await atoms.close();
    }
  },
});

function inWords({ values, judges, chosenBy, measuredOn, manner }: AtomMeasures, wanted: number): string[] {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const found = values.filter(({ precision }) => precision >= wanted);
  const both = found.filter(
    ({ steered }) => steered !== undefined && steered.flipped >= 0.8 && steered.unchanged >= 0.8,
  );
  const lines = [...values]
    .sort((a, b) => b.precision - a.precision)
    .filter(({ precision, chance }) => precision >= Math.min(wanted, 2 * chance))
    .map(({ factor, value, atom, sign, precision, chance, by, steered }) => {
      const added =
        steered === undefined
          ? ""
          : `; added ${steered.amount} times: ${percent(steered.flipped)} of ${steered.count} get it, other factors as before ${percent(steered.unchanged)}${leastOf(steered)}, all of them ${percent(steered.allUnchanged)}`;
      return `${factor} ${value}: atom ${sign < 0 ? "−" : ""}${atom}, average precision ${precision.toFixed(3)} by ${by} (chance ${chance.toFixed(3)})${added}.`;
    });
  return [
    `Atoms chosen by ${chosenBy} vectors, measured on ${measuredOn} others (${manner}): ${found.length} of ${values.length} known values are found by one atom with average precision of at least ${wanted}; ${both.length} of these atoms give the value to 80 % of pictures that lack it and leave 80 % of the other factors.`,
    ...(judges.length === 0
      ? []
      : [
          `Judges on pictures they had not seen: ${judges.map(({ factor, accuracy }) => `${factor} ${percent(accuracy)}`).join(", ")}.`,
        ]),
    ...lines,
  ];
}

function leastOf({ least }: NonNullable<AtomMeasures["values"][number]["steered"]>): string {
  return least === undefined ? "" : ` (least ${least.factor}, ${(100 * least.unchanged).toFixed(1)} %)`;
}
