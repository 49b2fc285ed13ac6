/** @file readImage: a kind of image as it is typed: fourier, fourier:decay=1.5,deviation=0.02. */
import { NoemaError, unknownName } from "@noema/engine";
import { type Image, type ImageKind, images, type PictureSize, type Spectrum } from "@noema/lenses";

export interface ReadImageOptions {
  /** The image, made transparent. */
  readonly alpha: boolean;
  /** For images whose waves are as strong as these. */
  readonly spectrum?: Spectrum;
}

/**
 * Reads KIND or KIND:NAME=NUMBER,… .
 *
 * @throws NoemaError IMAGE_UNKNOWN, OPTION_VALUE
 */
export function readImage(text: string, { alpha, spectrum }: ReadImageOptions): (size: PictureSize) => Image {
  const [name, ...rest] = text.split(":");
  const kind = images.find((one) => one.name === name);
  if (kind === undefined) {
    const names = images.map((one) => one.name);
    throw unknownName("IMAGE_UNKNOWN", "image", name, names);
  }
  const given = Object.fromEntries(
    rest.length === 0
      ? []
      : rest
          .join(":")
          .split(",")
          .map((part) => option(kind, part)),
  );
  const create = (size: PictureSize) => kind.create(size, { ...given, ...(spectrum && { spectrum }) });
  if (!alpha || name === "alpha") return create;
  const transparent = images.find((one) => one.name === "alpha")!;
  return (size) => transparent.create(size, { of: create });
}

function option({ name: kind, numbers = {} }: ImageKind, part: string): [string, number] {
  const refused = (found: string, needed: string) =>
    new NoemaError("OPTION_VALUE", { where: "--image", found, needed });
  const [, name, text] = /^([a-zA-Z]{1,30})=([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/.exec(part) ?? [];
  const known = Object.keys(numbers);
  if (name === undefined || !Object.hasOwn(numbers, name)) {
    const form = known.length === 0 ? kind : `${kind}:${known.map((one) => `${one}=N`).join(",")}`;
    throw refused(`"${part}" after ${kind}`, `it must be ${form}`);
  }
  const { least, most, isWhole = false } = numbers[name];
  const value = Number(text);
  if (value >= least && value <= most && !(isWhole && !Number.isInteger(value))) return [name, value];
  throw refused(`${kind}:${name}=${text}`, `it must be a ${isWhole ? "whole " : ""}number from ${least} to ${most}`);
}
