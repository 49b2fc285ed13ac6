/** @file BitShift: y = a << b or a >> b, of unsigned integers. */
import { string } from "../../graph/attribute.js";
import { cast } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { broadcastShape } from "../broadcast-shape.js";
import { fed } from "../case.js";
import { wrapped } from "./integer-bits.js";

export const BitShift = defineOp({
  name: "BitShift",
  since: 11,
  attributes: { direction: string.required() },
  shape: (inputs, { direction }) => {
    if (direction !== "LEFT" && direction !== "RIGHT") {
      throw new NoemaError("ATTRIBUTE_VALUE", {
        found: `direction is ${JSON.stringify(direction)}`,
        needed: '"LEFT" or "RIGHT" is needed',
      });
    }
    return broadcastShape(inputs);
  },
  gradient: "zero",
  oracle: (inputs, { direction }, [{ dtype }]) => {
    const shift = (a: bigint, b: bigint) => (direction === "LEFT" ? a << b : a >> b);
    return [zip(inputs, (a, b) => wrapped(shift(BigInt(a), BigInt(b)), dtype))];
  },
  cases: [
    { inputs: [fed([16, 4, 200], [3], "uint8"), fed([1, 2, 3], [3], "uint8")], attributes: { direction: "LEFT" } },
    { inputs: [fed([16, 4, 200], [3], "uint32"), fed([1, 2, 3], [3], "uint32")], attributes: { direction: "RIGHT" } },
    { inputs: [fed([16, 4], [2, 1], "uint64"), fed([1, 3], [2], "uint64")], attributes: { direction: "LEFT" } },
  ],
  // ONNX Runtime has no kernel for uint16; what is shifted out of it on the left is cut off by the cast back.
  import: ({ inputs: [a, b], attributes }) => {
    if (a?.dtype !== "uint16" || b?.dtype !== "uint16") return undefined;
    const [shifted] = emit("BitShift", [cast(a, "uint32"), cast(b, "uint32")], attributes);
    return [cast(shifted, "uint16")];
  },
});
