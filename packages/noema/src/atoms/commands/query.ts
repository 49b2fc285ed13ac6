/** @file noema atoms query: pictures that have an atom, of which a formula is true, or that are made of the same atoms as another. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { partsOf } from "@noema/lenses";
import { z } from "zod";
import { encodePng, type Pixels } from "../../pictures/png.js";
import { drawSheet } from "../../pictures/sheet.js";
import { checkOutput, writeBeside } from "../../pictures/write-beside.js";
import { defineCommand } from "../../terminal/command.js";
import { readSides } from "../atom-lists.js";
import { labelColumn } from "../exhibit-rows.js";
import { OpenAtoms } from "../open-atoms.js";
import { picturesOfRows } from "../pictures-of-rows.js";
import { type Found, likeVector, withAtoms, withFormula } from "../query.js";
import { spokenNumber } from "../spoken-number.js";
import { thumbnail } from "../thumbnail.js";
import { atomsOption, outOption, placeOptions } from "./view-options.js";

/** Columns of the sheet. */
const columns = 8;

const options = z.object({
  folder: atomsOption,
  atom: z.string().optional().meta({
    description: "what has most of an atom, or of all of several; with a minus: of its opposite",
    placeholder: "17,-3",
  }),
  where: z.string().optional().meta({
    description: "what a formula is true of, such as \"atom(17) > 0.5 and glasses = 'sunglasses'\"",
    placeholder: "FORMULA",
  }),
  like: z.string().optional().meta({
    description: "what is made of the same atoms as a picture, or as a vector by its row",
    placeholder: "FILE or ROW",
  }),
  count: z.int().min(1).max(1000).default(24).meta({ description: "how many, the strongest first" }),
  out: outOption("query.png"),
  ...placeOptions,
});

type Options = z.output<typeof options>;

export const queryCommand = defineCommand({
  name: "query",
  summary: "finds pictures by their atoms: a table, and a sheet of them",
  options,
  positionals: ["folder"],
  examples: [
    "noema atoms query atoms/faces --atom 17",
    "noema atoms query atoms/faces --where \"atom(17) > 0.5 and hair = 'blonde'\"",
    "noema atoms query atoms/faces --like me.png",
  ],
  run: async (given, terminal) => {
    const out = given.out ?? join(given.folder, "query.png");
    checkOutput(out, ".png");
    checkAsked(given);
    const atoms = await OpenAtoms.open(given.folder, given, terminal);
    try {
      const found = await foundBy(atoms, given);
      if (found.rows.length === 0) return terminal.warn("Nothing was found: no picture is written.");
      const { pictures, form, names, known } = await picturesOfRows(atoms, found.rows);
      for (const line of table(atoms, found, known)) terminal.print(line);
      const each = form.channels * form.height * form.width;
      const column = labelColumn(atoms);
      const entries = names.map((name, i) => ({
        picture: thumbnail(pictures.subarray(i * each, (i + 1) * each), form),
        title: column === undefined ? name : String(known[i][column] ?? name),
        note: found.amounts.map((own) => spokenNumber(own[i])).join(", "),
      }));
      const asked = await askedFor(atoms, given);
      const sheet = drawSheet([...(asked === undefined ? [] : [{ entries: [asked] }]), { entries }], {
        ...{ title: found.title, subtitle: found.subtitle, columns },
      });
      await writeBeside(out, await encodePng(sheet));
      terminal.print(out);
    } finally {
      await atoms.close();
    }
  },
});

/** @throws NoemaError OPTION_MISSING, OPTION_UNUSED */
function checkAsked({ atom, where, like }: Options): void {
  const asked = [atom, where, like].filter((one) => one !== undefined).length;
  if (asked === 1) return;
  throw new NoemaError(asked === 0 ? "OPTION_MISSING" : "OPTION_UNUSED", {
    where: "noema atoms query",
    found: asked === 0 ? "nothing says what is asked for" : `${asked} of --atom, --where and --like are given`,
    needed: "one of them",
  });
}

async function foundBy(atoms: OpenAtoms, { atom, where, like, count }: Options): Promise<Found> {
  if (atom !== undefined) return withAtoms(atoms, readSides(atom, atoms.dictionary.count), count);
  if (where !== undefined) return withFormula(atoms, where, count);
  if (isRow(like!)) {
    const row = Number(like);
    const code = atoms.codes.read(row, 1);
    return likeVector(atoms, partsOf(code, 0), { count, name: `vector ${row}`, except: row });
  }
  const { vectors } = await atoms.vectorsOf([like!]);
  return likeVector(atoms, partsOf(await atoms.code(vectors), 0), { count, name: like! });
}

/** The picture that others are to be like. */
async function askedFor(atoms: OpenAtoms, { like }: Options): Promise<{ picture: Pixels; title: string } | undefined> {
  if (like === undefined) return undefined;
  const { pictures, form } = isRow(like)
    ? await picturesOfRows(atoms, [Number(like)])
    : { ...(await atoms.vectorsOf([like])), form: atoms.form() };
  return { picture: thumbnail(pictures, form), title: "like this" };
}

/** A file of that name goes first. */
const isRow = (like: string) => !existsSync(like) && /^\d{1,12}$/.test(like);

/** Lines under each other: row, name, amounts, what is known. */
function table(
  atoms: OpenAtoms,
  { rows, amounts, columns: heads }: Found,
  known: readonly Readonly<Record<string, unknown>>[],
): string[] {
  const labels = atoms.activations.meta.pictures?.columns ?? [];
  // Where in its picture a vector is, where they are of places.
  const places = ["y", "x", "position"].filter((name) => known.some((own) => own[name] !== undefined));
  const lines = [
    ["row", "picture", ...places, ...heads, ...labels.map(({ name }) => name)],
    ...Array.from(rows, (row, i) => [
      `${row}`,
      String(known[i].name ?? ""),
      ...places.map((name) => String(known[i][name] ?? "")),
      ...amounts.map((own) => own[i].toFixed(3)),
      ...labels.map(({ column }) => String(known[i][column] ?? "")),
    ]),
  ];
  const widths = lines[0].map((_, c) => Math.min(40, Math.max(...lines.map((line) => line[c].length))));
  return lines.map((line) =>
    line
      .map((cell, c) => cell.padEnd(widths[c]))
      .join("  ")
      .trimEnd(),
  );
}
