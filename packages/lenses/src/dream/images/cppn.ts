/**
 * @file cppn: a small network from each pixel's place to its colour; its weights are the parameters. Pictures without end and
 * of any size (Stanley 2007, compositional pattern-producing networks; Mordvintsev, Pezzotti, Schubert, Olah 2018).
 */
import { build, constant, emit, type Random, Tensor, type Value } from "@noema/engine";
import type { PictureSize } from "../../preprocessing.js";
import { defineImage, type Image } from "./image.js";

export interface CppnOptions {
  /** Units of a layer. Default 24 (Lucid, param/cppn.py). */
  readonly units?: number;
  /** Layers before the colours. Default 8 (Lucid). */
  readonly layers?: number;
}

export const cppn = defineImage<CppnOptions>({
  name: "cppn",
  summary: "a small network from places to colours (smooth, of any size)",
  numbers: { units: { least: 1, most: 256, isWhole: true }, layers: { least: 0, most: 32, isWhole: true } },
  create: (size, options = {}) => cppnImage(size, options),
});

interface Layer {
  readonly from: number;
  readonly to: number;
  /** Standard deviation of the starting weights. */
  readonly deviation: number;
}

/** Standard deviation of the starting offsets (Lucid). */
const offsetDeviation = 0.1;

/** Of the weights that make the colours: Lucid starts at zero, where the other weights have no gradient yet. */
const colourDeviation = 0.01;

/** Parameters are N×P: the weights of each picture's network, layer by layer, each followed by its offsets. */
function cppnImage(size: PictureSize, { units = 24, layers = 8 }: CppnOptions): Image {
  const { batch, channels, height, width } = size;
  const stack: Layer[] = [
    ...Array.from({ length: layers }, (_, i) => {
      const from = i === 0 ? 2 : 2 * units;
      return { from, to: units, deviation: 1 / Math.sqrt(from) };
    }),
    { from: layers === 0 ? 2 : 2 * units, to: channels, deviation: colourDeviation },
  ];
  const counts = stack.flatMap(({ from, to }) => [from * to, to]);
  const total = counts.reduce((a, b) => a + b);
  const initialOf = (random: Random) =>
    stack.flatMap(({ from, to, deviation }, i) => [
      ...Array.from({ length: from * to }, () => deviation * random.normal()),
      ...Array.from({ length: to }, () => (i === layers ? 0 : offsetDeviation) * random.normal()),
    ]);
  return {
    shape: [batch, total],
    // Its weights act together, so small steps move the picture far.
    rate: 0.005,
    initial: (randoms) => Float32Array.from(randoms.flatMap(initialOf)),
    values: (parameters) => {
      const parts = build.split(parameters, counts, 1);
      let pixels: Value = places(height, width);
      stack.forEach(({ from, to }, i) => {
        const plain = build.reshape(parts[2 * i], [batch, to, from]);
        // The weights are few: what they multiply is scaled there.
        const weights = i === 0 ? plain : build.div(plain, levels(units));
        const offsets = build.reshape(parts[2 * i + 1], [batch, to, 1]);
        const sums = build.add(build.matmul(weights, pixels), offsets);
        pixels = i === layers ? sums : activation(sums);
      });
      return build.reshape(pixels, [batch, channels, height, width]);
    },
  };
}

/** Lucid's: the arctangent and its square, each to be divided by its level. */
function activation(sums: Value): Value {
  const [angle] = emit("Atan", [sums]);
  return build.concat([angle, build.mul(angle, angle)], 1);
}

/** Root mean squares of the two for normally distributed numbers. */
function levels(units: number): Value {
  const data = Float32Array.from({ length: 2 * units }, (_, i) => (i < units ? 0.67 : 0.6));
  return constant(Tensor.of("float32", [2 * units], data));
}

/** 2×HW: right and down, from the middle; along the longer side their standard deviation is 1. */
function places(height: number, width: number): Value {
  const step = (2 * Math.sqrt(3)) / Math.max(1, Math.max(height, width) - 1);
  const data = new Float32Array(2 * height * width);
  for (let i = 0; i < height * width; i++) {
    data[i] = step * ((i % width) - (width - 1) / 2);
    data[height * width + i] = step * (Math.floor(i / width) - (height - 1) / 2);
  }
  return constant(Tensor.of("float32", [2, height * width], data));
}
