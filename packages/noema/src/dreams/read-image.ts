/** @file readImage: a kind of image as it is typed: fourier, fourier:decay=1.5,deviation=0.02. */
import { NoemaError, unknownName } from "@noema/engine";
import { type Image, images, type PictureSize, type Spectrum } from "@noema/lenses";

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
          .map((part) => option(text, part)),
  );
  const create = (size: PictureSize) => kind.create(size, { ...given, ...(spectrum && { spectrum }) });
  if (!alpha || name === "alpha") return create;
  const transparent = images.find((one) => one.name === "alpha")!;
  return (size) => transparent.create(size, { of: create });
}

function option(text: string, part: string): [string, number] {
  const [, name, number] = /^([a-z][a-zA-Z]{0,30})=([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i.exec(part) ?? [];
  if (name !== undefined && Number.isFinite(Number(number))) return [name, Number(number)];
  throw new NoemaError("OPTION_VALUE", {
    where: "--image",
    found: `"${part}" in "${text}"`,
    needed: "it must be KIND, or KIND:NAME=NUMBER,… as in fourier:decay=1.5",
  });
}
