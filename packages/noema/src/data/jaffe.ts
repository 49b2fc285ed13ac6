/** @file jaffe: ten women with seven expressions, in files named as those of the JAFFE data are. */
import { defineDataset } from "./dataset.js";
import { listSource, neededSource } from "./reading/list-source.js";
import { namedListing, recognizesNames } from "./reading/named-listing.js";
import { readListing } from "./reading/read-listing.js";

const kind = "jaffe";
const needed = "a folder of pictures named as JAFFE's are: KA.AN1.39.tiff is person KA, angry, picture 39";

/** The codes in file names, in the order in which avatars have their expressions. */
const expressions = {
  NE: "neutral",
  HA: "happy",
  SA: "sad",
  SU: "surprise",
  AN: "anger",
  DI: "disgust",
  FE: "fear",
} as const;

/** Person, expression, which picture of both, which of all. */
const form = /^([a-z]{2})[.](AN|DI|FE|HA|NE|SA|SU)\d*[.]\d+[.]/i;

/**
 * The Japanese Female Facial Expression data (Lyons, Akamatsu, Kamachi and Gyoba 1998), which their authors give to
 * researchers: 213 grey pictures of 256×256, read at 48×48, at which Cheung et al. 2014 trained on faces.
 */
export const dataset = defineDataset({
  name: kind,
  summary: "JAFFE, ten women with seven expressions: files named like KA.AN1.39.tiff; 48×48, grey",
  source: "the folder of the pictures",
  recognizes: (path) => recognizesNames(path, form),
  open: async (source, options, terminal) => {
    const folder = neededSource(kind, source, needed);
    const { files, parts } = namedListing(folder, await listSource(folder, needed), { form, needed, terminal });
    return readListing(
      {
        kind,
        label: "expression",
        pairedBy: ["person"],
        files,
        factors: [
          {
            name: "expression",
            texts: parts.map(([, , code]) => expressions[code.toUpperCase() as keyof typeof expressions]),
            order: Object.values(expressions),
          },
          { name: "person", texts: parts.map(([, person]) => person.toUpperCase()) },
        ],
        form: { channels: 1, height: 48, width: 48 },
      },
      options,
      terminal,
    );
  },
});
