/** @file A model opened for a batch of pictures of one size, with what it wants of them. */
import { type DeclaredInput, type Model, NoemaError, unknownName } from "@noema/engine";
import { channelCount, type Preprocessing } from "@noema/lenses";
import { axesOf, guessPreprocessing } from "./guess-preprocessing.js";
import type { OpenModel } from "./open-model.js";
import { sidecarPathOf } from "./sidecar.js";

export interface PictureModel {
  /** Opened partially: a layer that does not accept the size tells so when it is asked for. */
  readonly model: Model;
  /** The input that takes the pictures. */
  readonly input: string;
  readonly preprocessing: Preprocessing;
  readonly size: Size;
  /** What was guessed and how to say it better, to be shown to the user; undefined where nothing was. */
  readonly guessed: string | undefined;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where neither the model nor the user says a size: what most networks for pictures were trained at. */
const usualSize: Size = { width: 224, height: 224 };

export interface PictureOptions {
  readonly batch?: number | undefined;
  /** Default: the model's own. */
  readonly size?: Size | undefined;
  /** Default: the sidecar's, or the only one. */
  readonly input?: string | undefined;
  /** What the model wants of its pictures, where that is known already. */
  readonly preprocessing?: Preprocessing | undefined;
}

/** @throws NoemaError INPUT_UNKNOWN, INPUT_NOT_PICTURE, SIDECAR_INVALID, and what reading the model throws */
export async function openForPictures(opened: OpenModel, options: PictureOptions = {}): Promise<PictureModel> {
  const input = pictureInput(opened, options.input ?? opened.sidecar?.sidecar.input);
  const { preprocessing, guessed } =
    options.preprocessing === undefined
      ? await preprocessingOf(opened, input)
      : { preprocessing: options.preprocessing, guessed: undefined };
  const size = options.size ?? declaredSize(input, preprocessing.layout) ?? usualSize;
  const channels = channelCount(preprocessing);
  const batch = options.batch ?? 1;
  const shape =
    preprocessing.layout === "NCHW"
      ? [batch, channels, size.height, size.width]
      : [batch, size.height, size.width, channels];
  const model = await opened.read({ partial: true, inputShapes: { [input.name]: shape } });
  return { model, input: input.name, preprocessing, size, guessed };
}

function pictureInput({ name, inputs }: OpenModel, wanted: string | undefined): DeclaredInput {
  if (wanted !== undefined) {
    const found = inputs.find((input) => input.name === wanted);
    if (found !== undefined) return found;
    throw unknownName(
      "INPUT_UNKNOWN",
      "input",
      wanted,
      inputs.map((input) => input.name),
    );
  }
  const candidates = inputs.length === 1 ? inputs : inputs.filter(({ dims }) => dims?.length === 4);
  if (candidates.length === 1) return candidates[0];
  throw new NoemaError("INPUT_UNKNOWN", {
    where: name,
    found: `it has ${inputs.length} inputs (${inputs.map((input) => input.name).join(", ")})`,
    needed: "one of them takes the picture",
    remedy: "Name it with --input.",
  });
}

function declaredSize({ dims }: DeclaredInput, layout: Preprocessing["layout"]): Size | undefined {
  const [height, width] = layout === "NCHW" ? [dims?.[2], dims?.[3]] : [dims?.[1], dims?.[2]];
  return typeof height === "number" && typeof width === "number" ? { height, width } : undefined;
}

async function preprocessingOf(opened: OpenModel, input: DeclaredInput) {
  if (input.dims !== null && input.dims.length !== 4) {
    throw new NoemaError("INPUT_NOT_PICTURE", {
      where: `${opened.name}, input "${input.name}"`,
      found: `it has ${input.dims.length} axes`,
      needed: "pictures have four: batch, channels, height and width",
      remedy: "Where another input takes pictures, name it with --input.",
    });
  }
  const known = opened.sidecar?.sidecar ?? {};
  const whole = known.layout && known.channels && known.range && known.mean && known.scale;
  const guess = whole ? undefined : guessPreprocessing(await opened.read({ partial: true }), input);
  const preprocessing = { ...guess?.preprocessing, ...withoutUndefined(known) } as Preprocessing;
  const channels = channelCount(preprocessing);
  checkCounts(opened, preprocessing, channels, axesOf(input).count);
  return { preprocessing, guessed: guess && explain(opened, preprocessing, guess.because) };
}

function withoutUndefined({
  layout,
  channels,
  range,
  mean,
  scale,
}: Partial<Preprocessing> | NonNullable<OpenModel["sidecar"]>["sidecar"]) {
  const given = Object.entries({ layout, channels, range, mean, scale }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}

function checkCounts(opened: OpenModel, preprocessing: Preprocessing, channels: number, declared: number): void {
  for (const field of ["mean", "scale"] as const) {
    if (preprocessing[field].length === channels) continue;
    throw new NoemaError("SIDECAR_INVALID", {
      where: `${opened.sidecar?.path ?? opened.name}, "${field}"`,
      found: `${preprocessing[field].length} numbers`,
      needed: `${channels}, one per channel (${preprocessing.channels}; the model's input has ${declared})`,
    });
  }
}

function explain({ name, path }: OpenModel, preprocessing: Preprocessing, because: string): string {
  const { layout, channels, range, mean, scale } = preprocessing;
  return [
    `${name}: guessed how it wants its pictures, because ${because}: ${channels}, ${layout}, ${range[0]} to ${range[1]}, minus ${mean.join(", ")}, divided by ${scale.join(", ")}.`,
    "If the picture looks wrong, write what is right into this file, or one named with --sidecar:",
    `  ${sidecarPathOf(path)}`,
    `  ${JSON.stringify({ layout, channels, range, mean, scale })}`,
  ].join("\n");
}
