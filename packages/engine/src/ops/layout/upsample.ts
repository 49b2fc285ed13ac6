/** @file Upsample (opsets 7 to 9): read as the Resize that it became. */
import { constant } from "../../graph/emit.js";
import { defineImport } from "../../graph/op.js";
import { Tensor } from "../../graph/tensor.js";
import { importOldResize } from "./resize.js";

export const Upsample = defineImport({
  name: "Upsample",
  import: ({ inputs: [x, scales], attributes: { scales: listed, mode } }) => {
    const list = Array.isArray(listed) ? (listed as readonly number[]) : undefined;
    const factors = list ? constant(Tensor.ofNumbers("float32", [list.length], list)) : scales;
    return importOldResize(x, factors, (mode as string | undefined) ?? "nearest");
  },
});
