/** @file CastLike: a Cast to the element type of another array. Half and double precision are single here. */
import { cast } from "../../graph/builder.js";
import { defineImport } from "../../graph/op.js";
import { narrowCast } from "./narrow-cast.js";

export const CastLike = defineImport({
  name: "CastLike",
  import: ({ inputs: [x, like], attributes: { saturate, round_mode } }) => {
    if (!x || !like) return undefined;
    const options = { saturate: saturate as number | undefined, round_mode: round_mode as string | undefined };
    return [like.narrow ? narrowCast(x, like.narrow, options) : cast(x, like.dtype)];
  },
});
