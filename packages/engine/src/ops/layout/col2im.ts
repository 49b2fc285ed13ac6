/**
 * @file Col2Im: adds up blocks (columns of N × C·Πblock × L, one column per place) where they lie in the image
 * N × C × image_shape.
 */
import { ints } from "../../graph/attribute.js";
import { reshape } from "../../graph/builder.js";
import { constant, emit, knownNumbers } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { flatIndex, forEachIndex, ndZeros, stridesOf } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { sizeOf, Tensor } from "../../graph/tensor.js";
import { known, uniform } from "../case.js";

interface Windows {
  readonly dilations: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  /** How many places a block has along each axis. */
  readonly places: readonly number[];
}

interface WindowAttributes {
  readonly dilations: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
  readonly pads: readonly number[] | undefined;
}

function windowsOf(image: readonly number[], block: readonly number[], given: WindowAttributes): Windows {
  const dilations = given.dilations ?? image.map(() => 1);
  const strides = given.strides ?? image.map(() => 1);
  const pads = given.pads ?? [...image, ...image].map(() => 0);
  const { length } = image;
  const fits = [block, dilations, strides].every((list) => list.length === length && list.every((v) => v > 0));
  if (!fits || pads.length !== 2 * length || pads.some((p) => p < 0)) {
    throw new NoemaError("COL2IM_WINDOWS", {
      found: `image [${image}], block [${block}], dilations [${dilations}], strides [${strides}], pads [${pads}]`,
      needed: "one positive number of each for each axis of the image, and two pads",
    });
  }
  const places = image.map((size, i) => {
    const covered = dilations[i] * (block[i] - 1) + 1;
    return Math.max(0, Math.floor((size + pads[i] + pads[length + i] - covered) / strides[i]) + 1);
  });
  return { dilations, strides, pads, places };
}

export const Col2Im = defineOp({
  name: "Col2Im",
  since: 18,
  attributes: { dilations: ints(), pads: ints(), strides: ints() },
  shape: ([x, image, block], attributes) => {
    const size = knownNumbers(image, "the shape of the image");
    const blockSize = knownNumbers(block, "the shape of a block");
    const { places } = windowsOf(size, blockSize, attributes);
    const [n, rows, columns] = x.shape;
    if (x.rank !== 3 || rows % sizeOf(blockSize) !== 0 || columns !== sizeOf(places)) {
      throw new NoemaError("COL2IM_COLUMNS", {
        found: `columns of shape [${x.shape.join(", ")}]`,
        needed: `N × (C × ${sizeOf(blockSize)}) × ${sizeOf(places)}`,
      });
    }
    return [{ dtype: x.dtype, shape: [n, rows / sizeOf(blockSize), ...size] }];
  },
  // Taking blocks out of an image is a convolution with one filter per element of the block.
  gradient: ({ inputs: [x, image, block], outputGradients: [g], attributes }) => {
    const size = knownNumbers(image, "the shape of the image");
    const blockSize = knownNumbers(block, "the shape of a block");
    const { dilations, strides, pads } = windowsOf(size, blockSize, attributes);
    const elements = sizeOf(blockSize);
    const filters = new Float32Array(elements * elements);
    for (let i = 0; i < elements; i++) filters[i * (elements + 1)] = 1;
    const weight = constant(Tensor.of("float32", [elements, 1, ...blockSize], filters));
    const planes = reshape(g, [g.shape[0] * g.shape[1], 1, ...size]);
    const taken = emit("Conv", [planes, weight], { dilations, strides, pads, kernel_shape: blockSize });
    return [reshape(taken[0], x.shape)];
  },
  oracle: ([x, image, block], attributes) => {
    const size = [...image.data];
    const blockSize = [...block.data];
    const { dilations, strides, pads, places } = windowsOf(size, blockSize, attributes);
    const elements = sizeOf(blockSize);
    const [n, rows, columns] = x.dims;
    const y = ndZeros([n, rows / elements, ...size]);
    const imageStrides = stridesOf(size);
    const plane = sizeOf(size);
    forEachIndex([n * (rows / elements)], (_, channel) => {
      forEachIndex(blockSize, (offset, element) => {
        forEachIndex(places, (place, column) => {
          const at = place.map((p, i) => p * strides[i] + offset[i] * dilations[i] - pads[i]);
          if (at.some((p, i) => p < 0 || p >= size[i])) return;
          y.data[channel * plane + flatIndex(at, imageStrides)] +=
            x.data[(channel * elements + element) * columns + column];
        });
      });
    });
    return [y];
  },
  cases: [
    { inputs: [uniform([1, 4, 6]), known([3, 4]), known([2, 2])] },
    {
      inputs: [uniform([2, 8, 4]), known([4, 3]), known([2, 2])],
      attributes: { strides: [2, 2], pads: [0, 1, 0, 0] },
    },
    { inputs: [uniform([1, 12, 4]), known([6, 4]), known([3, 2])], attributes: { dilations: [2, 2] } },
    { inputs: [uniform([1, 3, 5]), known([7]), known([3])], note: "one axis" },
  ],
});
