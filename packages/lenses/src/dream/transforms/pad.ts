/** @file pad: steps back until so many pixels of what lies around the picture are seen on each side. */
import { type Move, upright } from "./affine.js";
import { defineTransform } from "./transform.js";

/**
 * The picture becomes smaller by as much as the frame needs, since the network is always shown pictures of one size. Lucid
 * pads by 12 pixels so that jitter and rotation find something there; here there is something without end, and what it is,
 * the sample says.
 *
 * @param pixels of the picture as it was
 */
export function pad(pixels: number): Move {
  return upright((_, { size: { height, width } }) => {
    return [(width + 2 * pixels) / width, 0, 0, 0, (height + 2 * pixels) / height, 0];
  });
}

export const padKind = defineTransform({
  name: "pad",
  summary: "makes the picture smaller, until so many pixels around it are seen",
  amount: { name: "PIXELS", form: "one", least: 0, most: 10_000 },
  create: (amount) => pad((amount as readonly number[])[0]),
});
