/** @file noema atoms steer: atoms, sums of them or an attribute added to pictures, less and more of it. */
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { evenValues } from "@noema/lenses";
import { z } from "zod";
import { defineCommand } from "../../terminal/command.js";
import { readSums } from "../atom-lists.js";
import { exhibitRows } from "../exhibit-rows.js";
import { spokenNumber } from "../spoken-number.js";
import { attributeOf, steered } from "../views.js";
import { drawInto } from "./draw-into.js";
import { atomsOption, cellOption, exhibitOptions, outOption, placeOptions } from "./view-options.js";

const options = z.object({
  folder: atomsOption,
  add: z.string().optional().meta({
    description: "an atom, or a sum of several with an amount each; further ones, a panel each, after a /",
    placeholder: "A:N,B:N/…",
  }),
  attribute: z.string().optional().meta({
    description:
      "in place of atoms: the mean of the pictures of which a formula is true, such as \"glasses = 'sunglasses'\"",
    placeholder: "FORMULA",
  }),
  against: z.enum(["mean", "others"]).optional().meta({
    description: "what an attribute is told from: the mean of all, or of those that have it not (default: mean)",
    placeholder: "mean|others",
  }),
  amounts: z
    .string()
    .regex(/^-?[\d.]+:-?[\d.]+:\d{1,3}$/)
    .optional()
    .meta({
      description: "how many times it is added: from, to and how many (default: as much as is usual of the atom)",
      placeholder: "FROM:TO:N",
      needed: "two numbers and how many, as in -2:2:9",
    }),
  ...exhibitOptions,
  out: outOption("steer.png"),
  cell: cellOption,
  ...placeOptions,
});

export const steerCommand = defineCommand({
  name: "steer",
  summary: "adds atoms, or the mean of chosen pictures, to pictures",
  options,
  positionals: ["folder"],
  examples: [
    "noema atoms steer atoms/faces --add 17",
    "noema atoms steer atoms/faces --add 17:1,3:-0.5/8 --images me.png",
    "noema atoms steer atoms/faces --attribute \"glasses = 'sunglasses'\"",
  ],
  run: (given, terminal) => {
    const { add, attribute, against } = given;
    if ((add === undefined) === (attribute === undefined)) {
      throw new NoemaError(add === undefined ? "OPTION_MISSING" : "OPTION_UNUSED", {
        where: "noema atoms steer",
        found: add === undefined ? "nothing says what is added" : "--add and --attribute are both given",
        needed: "one of --add 17 and --attribute \"glasses = 'sunglasses'\"",
      });
    }
    if (attribute === undefined && against !== undefined) {
      throw new NoemaError("OPTION_UNUSED", { where: "--against", found: "only an attribute is told from something" });
    }
    const amounts = amountsOf(given.amounts);
    return drawInto(
      {
        ...given,
        view: attribute === undefined ? "steer" : "attribute",
        out: given.out ?? join(given.folder, "steer.png"),
      },
      terminal,
      async (atoms) => {
        const sums = add === undefined ? [] : readSums(add, atoms.dictionary.count);
        await atoms.neededDecoder();
        const exhibit = await exhibitRows(atoms, { ...given, count: given.count ?? 4 });
        if (attribute === undefined) return steered(atoms, exhibit, { add: sums, amounts });
        const usual = atoms.dictionary.mean.every((v) => v === 0) ? "others" : "mean";
        const view = await attributeOf(atoms, exhibit, { formula: attribute, against: against ?? usual, amounts });
        const parts = view.parts.map(({ atom, amount }) => `${spokenNumber(amount, 3)} · atom ${atom}`);
        terminal.print(`${attribute}: ${parts.join(", ")}; ${spokenNumber(100 * view.left)} % of it is left`);
        return view;
      },
    );
  },
});

/** @throws NoemaError OPTION_VALUE */
function amountsOf(text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined;
  const [from, to, count] = text.split(":").map(Number);
  if (count >= 1 && to > from) return evenValues(from, to, count);
  throw new NoemaError("OPTION_VALUE", {
    where: "--amounts",
    found: `"${text}"`,
    needed: "the second number must be larger than the first, and at least one amount between them",
  });
}
