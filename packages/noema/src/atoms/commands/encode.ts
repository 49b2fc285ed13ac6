/** @file noema atoms encode: vectors as sums of atoms, with other numbers of atoms, or other vectors of the same layer. */
import { existsSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { NoemaError } from "@noema/engine";
import { z } from "zod";
import { noemaVersion } from "../../noema-version.js";
import { checkOutputFolder, writeBeside } from "../../pictures/write-beside.js";
import { ActivationsStore } from "../../store/activations-store.js";
import {
  type DictionaryAbout,
  type DictionaryFile,
  readDictionary,
  writeDictionary,
} from "../../store/dictionary-file.js";
import { defineCommand } from "../../terminal/command.js";
import { commandLine, quoted } from "../../terminal/command-line.js";
import { type AtomsFile, atomsName, readAtomsFile } from "../atoms-file.js";
import { encodeVectors } from "../encode-vectors.js";
import { activationsFolder } from "../open-atoms.js";
import { atomsOption } from "./view-options.js";

const options = z.object({
  folder: atomsOption,
  activations: z.string().optional().meta({
    description:
      "other vectors of the same layer of the same network (default: those that the atoms were learned from)",
    placeholder: "ACTIVATIONS",
  }),
  sparsity: z
    .int()
    .min(1)
    .max(4096)
    .optional()
    .meta({ description: "the most atoms that a vector is made of (default: as in learning)" }),
  error: z.number().gt(0).lt(1).optional().meta({
    description:
      "a vector takes no more atoms when so much of its length is left, such as 0.2 (default: each takes all it may)",
    needed: "a number above 0 and below 1",
  }),
  out: z.string().optional().meta({
    description:
      "the folder to write, which is again one of atoms (default: ATOMS itself; of other vectors ATOMS, a dash and their name)",
    placeholder: "FOLDER",
  }),
  threads: z.int().min(1).max(1024).optional().meta({ description: "threads of one operator (default: one per core)" }),
});

export const encodeCommand = defineCommand({
  name: "encode",
  summary: "codes the same vectors with another sparsity, or other vectors of the same layer",
  options,
  positionals: ["folder"],
  examples: [
    "noema atoms encode atoms/faces --sparsity 16 --out atoms/faces-16",
    "noema atoms encode atoms/faces --activations activations/others",
  ],
  run: async (given, terminal) => {
    const { folder, sparsity: asked, error, threads } = given;
    const before = readAtomsFile(folder);
    const dictionary = readDictionary(folder);
    const out =
      given.out ?? (given.activations === undefined ? folder : `${folder}-${basename(resolve(given.activations))}`);
    checkOutputFolder(out, atomsName);
    checkFree(out, dictionary.file);
    const place = given.activations ?? activationsFolder(folder, before);
    const activations = ActivationsStore.open(place);
    try {
      checkSame(activations, { before, dictionary: dictionary.file });
      const sparsity = asked ?? dictionary.file.sparsity;
      const codes = await encodeVectors(
        { activations, dictionary, out, sparsity, error, compile: threads === undefined ? {} : { threads } },
        terminal,
      );
      if (codes === undefined) return terminal.warn("Stopped: nothing was written.");
      const { parts, vectors } = codes.meta;
      codes.close();
      if (resolve(out) !== resolve(folder)) {
        await writeDictionary(out, dictionary.dictionary, aboutOf(dictionary.file));
      }
      const file: AtomsFile = {
        ...before,
        noema: noemaVersion(),
        command: commandLine(["noema atoms encode", quoted(folder)], {
          activations: given.activations,
          sparsity: asked,
          error,
        }),
        activations: {
          folder: relative(resolve(out), resolve(place)),
          given: place,
          hash: activations.meta.hash,
        },
      };
      await writeBeside(join(out, atomsName), Buffer.from(`${JSON.stringify(file, null, 1)}\n`));
      terminal.print(
        `${vectors.toLocaleString("en-US")} vectors as sums of at most ${sparsity} atoms, ${(parts / vectors).toPrecision(3)} on average`,
      );
      terminal.print(out);
    } finally {
      activations.close();
    }
  },
});

function aboutOf({ sparsity, activations, model, options: how, seed, figures }: DictionaryFile): DictionaryAbout {
  return { sparsity, activations, ...(model !== undefined && { model }), options: how, seed, figures };
}

/**
 * Codes by other atoms are not written over.
 *
 * @throws NoemaError STORE_OTHER
 */
function checkFree(out: string, { hash }: DictionaryFile): void {
  if (!existsSync(join(out, atomsName)) || readDictionary(out).file.hash === hash) return;
  throw new NoemaError("STORE_OTHER", {
    where: `--out "${out}"`,
    found: "it holds other atoms",
    needed: "a folder of its own, or one of codes by the same atoms",
  });
}

/** @throws NoemaError ATOMS_VECTORS */
function checkSame(
  { meta, length, folder: place }: ActivationsStore,
  { before, dictionary }: { readonly before: AtomsFile; readonly dictionary: DictionaryFile },
): void {
  const refused = (found: string, needed: string) =>
    new NoemaError("ATOMS_VECTORS", {
      where: `activations "${place}"`,
      found,
      needed: `the atoms were learned from ${needed}`,
      remedy: "Learn atoms of these, or take activations of the same layer.",
    });
  if (length !== dictionary.length) throw refused(`vectors of ${length} numbers`, `vectors of ${dictionary.length}`);
  if (meta.model?.hash !== dictionary.model) {
    throw refused(
      `they are of another network, ${meta.model?.name ?? "an unknown one"}`,
      `that of ${dictionary.model?.slice(0, 12) ?? "no known one"}`,
    );
  }
  const [now, then] = [meta.layer?.name, before.layer?.name];
  if (now !== then) throw refused(`they are of layer ${now ?? "?"}`, `layer ${then ?? "?"}`);
}
