/** @file The analogy: a is to b as c is to what comes out. */
import { NoemaError } from "@noema/engine";
import { analogy } from "@noema/lenses";
import type { ViewMaker } from "./view-maker.js";

/** Pictures are taken by threes: a, b, c. */
export const analogyMaker: ViewMaker = {
  name: "analogy",
  summary: "a is to b as c is to what is drawn: differences of labels, of latents, and of both",
  pictures: 12,
  make: ({ run, exhibit: { pictures, names } }) => {
    const count = names.length;
    if (count === 0 || count % 3 > 0) {
      throw new NoemaError("FACTORS_PAIRS", {
        where: "pictures of an analogy",
        found: `${count}`,
        needed: "they are taken by threes: a, b and c",
      });
    }
    const each = pictures.length / count;
    const every = (first: number) => {
      const found = new Float32Array((count / 3) * each);
      for (let i = 0; i < count / 3; i++) {
        found.set(pictures.subarray((3 * i + first) * each, (3 * i + first + 1) * each), i * each);
      }
      return found;
    };
    return analogy(run.autoencoder, { a: every(0), b: every(1), c: every(2) });
  },
};
