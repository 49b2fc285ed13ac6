/** @file noema atoms learn: a dictionary of atoms from vectors on disk, and the codes of all of them. */
import { basename, join, resolve } from "node:path";
import { NoemaError } from "@noema/engine";
import { learners } from "@noema/lenses";
import { z } from "zod";
import { checkOutputFolder } from "../../pictures/write-beside.js";
import { defineCommand } from "../../terminal/command.js";
import { commandAgain, quoted } from "../../terminal/command-line.js";
import { atomsName } from "../atoms-file.js";
import { learnAtoms, mostInMemory } from "../learn-atoms.js";
import { learnedInWords } from "../learned-in-words.js";

const options = z.object({
  activations: z
    .string()
    .meta({ description: "the folder that noema activations has written", placeholder: "ACTIVATIONS" }),
  out: z.string().optional().meta({
    description:
      "the folder to write (default: atoms/ and the name of ACTIVATIONS); after an interruption the same command goes on in it",
    placeholder: "FOLDER",
  }),
  atoms: z.int().min(1).max(1_000_000).default(512).meta({ description: "how many atoms" }),
  sparsity: z.int().min(1).max(4096).default(8).meta({ description: "the most atoms that a vector is made of" }),
  method: z
    .string()
    .optional()
    .meta({
      description: `how they are learned: ${Object.keys(learners).join(", ")} (default: k-svd of up to ${mostInMemory / 1e6} million numbers, which it holds in memory, else online)`,
      placeholder: "METHOD",
    }),
  iterations: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .meta({ description: "how often all vectors are gone through (default: the method's own)" }),
  update: z.enum(["approximate", "exact"]).optional().meta({
    description: "of k-svd: atoms by one alternation, or to the end (default: approximate)",
    placeholder: "approximate|exact",
  }),
  batch: z.int().min(1).max(1_000_000).optional().meta({ description: "vectors of one step, where there are such" }),
  nonNegative: z
    .boolean()
    .default(false)
    .meta({ description: "atoms are only added, never taken away: for what comes after a ReLU" }),
  centre: z
    .boolean()
    .optional()
    .meta({ description: "whether the mean is taken off first (default: unless --non-negative; --no-centre: not)" }),
  whiten: z.number().positive().optional().meta({
    description:
      "vectors are whitened while they are coded, so that what varies little gets atoms too; SHARE of the mean variance is added to all directions first, such as 0.1",
    needed: "a number above 0",
    placeholder: "SHARE",
  }),
  general: z.int().min(1).max(1_000_000).optional().meta({
    description:
      "so many atoms are learned first, as if they were all: of single things, which combinations would take the place of among many",
  }),
  heldOut: z.string().optional().meta({
    description:
      "what is known of the pictures whose values are set apart whole, or none (default: the person, where it is known)",
    placeholder: "FACTOR",
  }),
  testShare: z.number().min(0).max(0.9).optional().meta({
    description: "the share of pictures that is set apart (default: 0.1, or what the data say)",
    needed: "a number from 0 to 0.9",
  }),
  seed: z.int().min(0).default(0).meta({ description: "start of the random numbers; the same gives the same atoms" }),
  restart: z
    .boolean()
    .default(false)
    .meta({ description: "begin anew: what an earlier command has left in FOLDER is taken away" }),
  saveEvery: z.number().min(0).default(30).meta({
    description: "seconds between savings, which is what a kill or a crash can lose",
    placeholder: "SECONDS",
  }),
  threads: z.int().min(1).max(1024).optional().meta({ description: "threads of one operator (default: one per core)" }),
});

type Options = z.output<typeof options>;

export const learnCommand = defineCommand({
  name: "learn",
  summary: "learns atoms from activations, and says how much of them a few explain",
  options,
  positionals: ["activations"],
  examples: [
    "noema atoms learn activations/faces --out atoms/faces",
    "noema atoms learn activations/faces --whiten 0.1 --general 64 --out atoms/features",
    "noema atoms learn activations/4c --atoms 1024 --sparsity 16 --non-negative",
  ],
  run: async (given, terminal) => {
    const out = given.out ?? join("atoms", basename(resolve(given.activations)));
    checkOutputFolder(out, atomsName);
    if (given.update !== undefined && given.method !== undefined && given.method !== "k-svd") {
      throw new NoemaError("OPTION_UNUSED", {
        where: "--update",
        found: `learning by ${given.method} has no use for it`,
      });
    }
    if (given.general !== undefined && given.general >= given.atoms) {
      throw new NoemaError("LEARNING_OPTIONS", {
        where: "--general",
        found: `${given.general} of ${given.atoms} atoms`,
        needed: "fewer than --atoms: the others are learned of what these leave",
      });
    }
    const learned = await learnAtoms({ ...given, out, command: lineOf(given) }, terminal);
    if (learned === undefined) {
      return terminal.warn("Stopped. What was learned is kept: the same command goes on with it.");
    }
    for (const line of learnedInWords(learned)) terminal.print(line);
    terminal.print(out);
    terminal.warn(`Next: noema atoms show ${quoted(out)}`);
  },
});

/** The command as it could be given again, without what goes without saying. */
function lineOf({ activations, restart: _, ...given }: Options): string {
  return commandAgain(["noema atoms learn", quoted(activations)], options, given);
}
