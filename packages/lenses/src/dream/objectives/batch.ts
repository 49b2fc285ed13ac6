/** @file What objectives that compare the pictures of a batch ask of it. */
import { NoemaError } from "@noema/engine";
import type { Scene } from "./objective.js";

/** @throws NoemaError BATCH_SIZE where there is one picture */
export function needPictures({ batch }: Scene, text: string): void {
  if (batch > 1) return;
  throw new NoemaError("BATCH_SIZE", {
    where: `objective ${text}`,
    found: "there is one picture",
    needed: "it compares the pictures of a batch",
    remedy: "Draw several at once.",
  });
}

/** @throws NoemaError BATCH_RANGE where there is no picture of this number */
export function needPicture({ batch }: Scene, picture: number, text: string): void {
  if (Number.isInteger(picture) && picture >= 0 && picture < batch) return;
  throw new NoemaError("BATCH_RANGE", {
    where: `objective ${text}`,
    found: `picture ${picture}`,
    needed: batch === 1 ? "there is one picture, number 0" : `there are ${batch} pictures, 0 … ${batch - 1}`,
  });
}
