/** @file swap: the latents of pictures exchanged while their labels stay, and the reverse. */
import { NoemaError } from "@noema/engine";
import type { Panel, View } from "../panel.js";
import type { Autoencoder } from "./autoencoder.js";
import { checked, checkRoom, countPictures, pictureLength } from "./checked.js";
import { decodeAll, likeliest, readingOf, rowOf } from "./label-vectors.js";

export interface SwapOptions {
  /**
   * `pairs`: the first picture with the second, the third with the fourth, and so on, a row each. `table`: every picture's
   * label with every picture's latents; its diagonal is what the autoencoder makes of the pictures as they are.
   */
  readonly as?: "pairs" | "table";
  /** What the pictures are called. */
  readonly names?: readonly string[];
}

/**
 * Style exchanged between pictures (Cheung et al. 2014; Jambigi, figure 4). To exchange the latents of two pictures and to
 * exchange their labels makes the same two pictures, told apart only by whose they are said to be.
 *
 * @param pictures N×C×H×W, 0..1; two or more, an even number of them for pairs
 * @throws NoemaError FACTORS_EMPTY, FACTORS_SHAPE, FACTORS_NUMBER, FACTORS_PAIRS, FACTORS_MANY, FACTORS_MODEL
 */
export async function swap(given: Autoencoder, pictures: Float32Array, options: SwapOptions = {}): Promise<View> {
  const { as = "table", names } = options;
  const autoencoder = checked(given);
  const { picture, labels, latents } = autoencoder;
  const count = countPictures(pictures, picture);
  if (count < 2 || (as === "pairs" && count % 2 > 0)) {
    throw new NoemaError("FACTORS_PAIRS", {
      where: "pictures",
      found: `${count}`,
      needed: as === "pairs" ? "pairs take an even number" : "to swap takes two or more",
    });
  }
  checkRoom(as === "pairs" ? 3 * count : count ** 2, picture);
  const encoded = await autoencoder.encode(pictures);
  const read = likeliest(encoded, labels.length);
  const length = pictureLength(picture);
  const code = (label: number, latent: number) => ({
    label: rowOf(encoded.labels, label, labels.length),
    latent: rowOf(encoded.latents, latent, latents),
  });
  const original = (i: number) => rowOf(pictures, i, length);
  const all = Array.from({ length: count }, (_, i) => i);
  if (as === "table") {
    const captions = all.map((i) => ({ ...readingOf(names, i, labels[read[i]]), picture: original(i).slice() }));
    const panel = {
      axes: { down: "label of", along: "latents of" },
      rows: captions,
      columns: captions.map(({ text, picture: own }, i) => ({ text, note: labels[read[i]], picture: own })),
      pictures: await decodeAll(
        autoencoder,
        all.flatMap((row) => all.map((column) => code(row, column))),
      ),
      marked: all.map((i) => i * count + i),
    };
    return { picture, panels: [panel] };
  }
  const firsts = all.filter((i) => i % 2 === 0);
  const swapped = await decodeAll(
    autoencoder,
    firsts.flatMap((a) => [code(a, a), code(a + 1, a + 1), code(a, a + 1), code(a + 1, a)]),
  );
  const cells = new Float32Array(firsts.length * 6 * length);
  firsts.forEach((a, row) => {
    cells.set(pictures.subarray(a * length, (a + 2) * length), row * 6 * length);
    cells.set(rowOf(swapped, row, 4 * length), (row * 6 + 2) * length);
  });
  const panel: Panel = {
    rows: firsts.map((a) => {
      const [one, other] = [a, a + 1].map((i) => readingOf(names, i, labels[read[i]]));
      return { text: `${one.text}, ${other.text}`, note: `read as ${labels[read[a]]}, ${labels[read[a + 1]]}` };
    }),
    columns: [
      { text: "A" },
      { text: "B" },
      { text: "A rebuilt" },
      { text: "B rebuilt" },
      { text: "A’s label", note: "B’s latents" },
      { text: "B’s label", note: "A’s latents" },
    ],
    pictures: cells,
  };
  return { picture, panels: [panel] };
}
