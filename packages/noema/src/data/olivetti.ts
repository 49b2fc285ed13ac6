/** @file olivetti: faces of forty people, ten pictures each, in files named sPP_NN. */
import { defineDataset } from "./dataset.js";
import { listSource, neededSource } from "./reading/list-source.js";
import { namedListing, recognizesNames } from "./reading/named-listing.js";
import { readListing } from "./reading/read-listing.js";

const kind = "olivetti";
const needed = "a folder of pictures named like s01_10.png: person 1, picture 10";

/** Person and picture. */
const form = /^s(\d+)_(\d+)[.]/i;

/** Of each person the last so many pictures are for testing. */
const testPictures = 2;

/**
 * The Olivetti faces (AT&T Laboratories Cambridge 1994; Samaria and Harter 1994), 64×64, grey. Who it is, is the label; the
 * last two of each person's pictures are for testing.
 */
export const dataset = defineDataset({
  name: kind,
  summary: "the Olivetti faces, forty people in ten pictures each: files named like s01_10.png; 64×64, grey",
  source: "the folder of the pictures",
  recognizes: (path) => recognizesNames(path, form),
  open: async (source, options, terminal) => {
    const folder = neededSource(kind, source, needed);
    const { files, parts } = namedListing(folder, await listSource(folder, needed), { form, needed, terminal });
    const people = parts.map(([, person]) => `s${person}`);
    return readListing(
      {
        kind,
        label: "person",
        files,
        factors: [{ name: "person", texts: people }],
        test: lastOfEach(
          people,
          parts.map(([, , picture]) => Number(picture)),
        ),
        form: { channels: 1, height: 64, width: 64 },
      },
      options,
      terminal,
    );
  },
});

/** One picture at least of each person is for training. */
function lastOfEach(people: readonly string[], numbers: readonly number[]): Uint8Array {
  const test = new Uint8Array(people.length);
  for (const person of new Set(people)) {
    const own = [...people.keys()].filter((i) => people[i] === person).sort((a, b) => numbers[a] - numbers[b]);
    for (const i of own.slice(1).slice(-testPictures)) test[i] = 1;
  }
  return test;
}
