/** @file What a network expects of a picture, and the part of the graph that gives it that. */
import { build, NoemaError, type Value } from "@noema/engine";
import { mixChannels } from "./mix-channels.js";

/** How a network wants its pictures: value = (black + (white − black) · colour − mean) / scale. */
export interface Preprocessing {
  /** Order of the input's axes. */
  readonly layout: "NCHW" | "NHWC";
  /** Order of the colours, grey for networks that take one channel, or how many channels of any other meaning. */
  readonly channels: "RGB" | "BGR" | "grey" | number;
  /** The values of black and of white, before mean and scale. */
  readonly range: readonly [black: number, white: number];
  /** Subtracted from every channel, in the network's own order of channels. */
  readonly mean: readonly number[];
  /** Divides every channel, in the network's own order of channels. */
  readonly scale: readonly number[];
}

/** Size of a batch of pictures. */
export interface PictureSize {
  readonly batch: number;
  /** 3 for colour, 1 for grey, any count for data that are no colours. */
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** How many channels its pictures have. */
export function channelCount({ channels }: Preprocessing): number {
  return typeof channels === "number" ? channels : channels === "grey" ? 1 : 3;
}

/**
 * The size of the pictures that an input takes.
 *
 * @throws NoemaError INPUT_NOT_PICTURE where the input has not four axes, or not as many channels as said
 */
export function pictureSize(input: Value, preprocessing: Preprocessing): PictureSize {
  const { layout, channels: order } = preprocessing;
  const { shape } = input;
  const channels = channelCount(preprocessing);
  const [batch, height, width] = (layout === "NCHW" ? [0, 2, 3] : [0, 1, 2]).map((axis) => shape[axis]);
  if (shape.length !== 4 || shape[layout === "NCHW" ? 1 : 3] !== channels) {
    throw new NoemaError("INPUT_NOT_PICTURE", {
      where: `input "${input.name}"`,
      found: `its shape is ${shape.join("×")}`,
      needed: `pictures are ${layout} with ${channels} channel${channels === 1 ? "" : "s"}${typeof order === "number" ? "" : ` (${order})`}`,
      remedy: "Say in the sidecar which layout and channels the network wants.",
    });
  }
  return { batch, channels, height, width };
}

/**
 * Pictures as the network wants them.
 *
 * @param pictures N×C×H×W, 0 … 1; three colours as red, green, blue
 * @returns N×C×H×W or N×H×W×C
 */
export function networkInput(pictures: Value, preprocessing: Preprocessing): Value {
  const { layout, channels: order, range, mean, scale } = preprocessing;
  const channels = channelCount(preprocessing);
  const factor = scale.map((s) => (range[1] - range[0]) / s);
  const offset = mean.map((m, i) => (range[0] - m) / scale[i]);
  const source = (channel: number) => (order === "BGR" ? channels - 1 - channel : channel);
  const matrix = factor.map((f, row) => factor.map((_, column) => (column === source(row) ? f : 0)));
  const asTheyAre = order !== "BGR" && factor.every((f) => f === 1) && offset.every((o) => o === 0);
  const values = asTheyAre ? pictures : mixChannels(pictures, matrix, offset);
  return layout === "NCHW" ? values : build.transpose(values, [0, 2, 3, 1]);
}
