/** @file CastLike: a Cast to the element type of another array. Half and double precision are single here. */
import { cast } from "../../graph/builder.js";
import { defineImport } from "../../graph/op.js";

export const CastLike = defineImport({
  name: "CastLike",
  import: ({ inputs: [x, like] }) => (x && like ? [cast(x, like.dtype)] : undefined),
});
