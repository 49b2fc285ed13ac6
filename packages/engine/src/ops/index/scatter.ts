/** @file Scatter: the name ScatterElements had before opset 11. */
import { emit } from "../../graph/emit.js";
import { defineImport } from "../../graph/op.js";

export const Scatter = defineImport({
  name: "Scatter",
  import: ({ inputs, attributes: { axis } }) => emit("ScatterElements", inputs, { axis }),
});
