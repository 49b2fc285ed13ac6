/** @file PicturePort: an input or output of any network as pictures of 0..1, whatever its order of axes and its numbers are. */
import { build, NoemaError, type Value } from "@noema/engine";
import type { PictureShape } from "../factors/autoencoder.js";
import { mixChannels } from "../mix-channels.js";
import { networkInput, type Preprocessing } from "../preprocessing.js";

export interface PicturePort {
  readonly picture: PictureShape;
  /** Pictures, N×C×H×W, 0..1, as the network has them. */
  toNetwork(pictures: Value): Value;
  /** What the network has, as pictures. */
  fromNetwork(values: Value): Value;
}

/** With more channels than red, green, blue and how opaque, four axes are no picture. */
const mostChannels = 4;

/**
 * Four axes are channels, rows and columns in one of the two orders, channels being the axis of 1 to 4; three are rows and
 * columns of grey; two are the numbers of a picture in a row, where its shape is known.
 *
 * @param known the shape of the pictures, where the network does not tell
 * @param given what is known of the network's numbers; by default black is 0 and white 1
 * @returns undefined where it is no picture
 * @throws NoemaError THOUGHT_PICTURE where what was given does not fit it
 */
export function picturePort(
  value: Value,
  known: PictureShape | undefined,
  given: Partial<Preprocessing> = {},
): PicturePort | undefined {
  const { shape } = value;
  const layout = given.layout ?? layoutOf(shape);
  const picture = shapeOf(shape, layout, known);
  if (picture === undefined || value.dtype !== "float32") return undefined;
  const preprocessing = whole({ ...given, layout: shape.length === 4 ? layout : "NCHW" }, picture, value);
  const axes = fourAxes(shape[0], picture, preprocessing.layout);
  return {
    picture,
    toNetwork: (pictures) => build.reshape(networkInput(pictures, preprocessing), shape),
    fromNetwork: (values) => asPictures(build.reshape(values, axes), preprocessing),
  };
}

const isCount = (size: number) => size >= 1 && size <= mostChannels;
const isUsual = (size: number) => size === 1 || size === 3;

/** Channels are the axis of 1 or 3, else the first that may be one. */
function layoutOf(shape: readonly number[]): Preprocessing["layout"] {
  const fits = [isUsual, isCount].find((may) => may(shape[1]) || may(shape[3]));
  return shape.length !== 4 || fits === undefined || fits(shape[1]) ? "NCHW" : "NHWC";
}

function shapeOf(
  shape: readonly number[],
  layout: Preprocessing["layout"],
  known: PictureShape | undefined,
): PictureShape | undefined {
  if (shape.length === 4) {
    const [channels, height, width] = (layout === "NCHW" ? [1, 2, 3] : [3, 1, 2]).map((axis) => shape[axis]);
    return isCount(channels) ? { channels, height, width } : undefined;
  }
  if (shape.length === 3) return { channels: 1, height: shape[1], width: shape[2] };
  if (shape.length !== 2 || known === undefined) return undefined;
  return known.channels * known.height * known.width === shape[1] ? known : undefined;
}

const fourAxes = (batch: number, { channels, height, width }: PictureShape, layout: Preprocessing["layout"]) =>
  layout === "NCHW" ? [batch, channels, height, width] : [batch, height, width, channels];

function whole(given: Partial<Preprocessing>, { channels: count }: PictureShape, { name }: Value): Preprocessing {
  const each = (value: number) => Array.from({ length: count }, () => value);
  const usual = count === 1 ? "grey" : count === 3 ? "RGB" : count;
  const { layout = "NCHW", channels = usual, range = [0, 1], mean = each(0), scale = each(1) } = given;
  const found = typeof channels === "number" ? channels : channels === "grey" ? 1 : 3;
  const wrong = [found, mean.length, scale.length].find((length) => length !== count);
  if (wrong !== undefined || range[0] === range[1] || scale.some((s) => s === 0)) {
    throw new NoemaError("THOUGHT_PICTURE", {
      where: `what is said of the pictures of "${name}"`,
      found: wrong === undefined ? "black and white are one number, or a scale is 0" : `it is for ${wrong} channels`,
      needed: wrong === undefined ? "two numbers, and scales above 0" : `the network has ${count}`,
    });
  }
  return { layout, channels, range, mean, scale };
}

/** The way back of `networkInput`: colour = (value · scale + mean − black) / (white − black). */
function asPictures(values: Value, { layout, channels: order, range, mean, scale }: Preprocessing): Value {
  const planes = layout === "NCHW" ? values : build.transpose(values, [0, 3, 1, 2]);
  const [count, span] = [mean.length, range[1] - range[0]];
  const source = (channel: number) => (order === "BGR" ? count - 1 - channel : channel);
  const factor = scale.map((s) => s / span);
  const offset = mean.map((m) => (m - range[0]) / span);
  if (order !== "BGR" && factor.every((f) => f === 1) && offset.every((o) => o === 0)) return planes;
  const rows = [...factor.keys()].map(source);
  const matrix = rows.map((from) => factor.map((f, column) => (column === from ? f : 0)));
  return mixChannels(
    planes,
    matrix,
    rows.map((from) => offset[from]),
  );
}
