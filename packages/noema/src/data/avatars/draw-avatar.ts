/** @file Draws one person with one expression in one pose: avataaars by Pablo Stanley, as pixels. */
import * as avataaars from "@dicebear/avataaars";
import { createAvatar } from "@dicebear/core";
import { Resvg } from "@resvg/resvg-js";
import { attributes, type Person } from "./attributes.js";
import type { expressions } from "./expressions.js";
import type { Pose } from "./poses.js";

/** Part of the key of what is cached: other drawings need another. Its versions are those that are installed. */
export const drawnBy = "noema 1, @dicebear/avataaars 9.4.3, @resvg/resvg-js 2.6.2";

/** Side of the square that avataaars draws in. */
const canvas = 280;

/** The part of it that a picture shows: hat, face, beard and a bit of the shirt. */
const view = { centreX: 140, centreY: 112, side: 220 };

/** Behind everyone. Lighter than any skin, hair or clothing. */
const background = "#f3f5f7";

/** Of the frame of glasses. */
const frameColour = "262e33";

/** A person with an expression, as SVG. */
export function avatarSvg(person: Person, { mouth, eyes, eyebrows }: (typeof expressions)[number]): string {
  const drawn = <T extends string = string>(attribute: keyof typeof attributes): T[] => {
    const { drawnAs } = attributes[attribute][person[attribute]];
    return drawnAs === undefined ? [] : [drawnAs as T];
  };
  const top = drawn<Part<"top">>("top");
  const facialHair = drawn<Part<"facialHair">>("facial-hair");
  const accessories = drawn<Part<"accessories">>("glasses");
  const all = (parts: readonly string[]) => (parts.length === 0 ? 0 : 100);
  const avatar = createAvatar(avataaars, {
    seed: "",
    size: canvas,
    clip: false,
    style: ["default"],
    base: ["default"],
    nose: ["default"],
    mouth: [mouth],
    eyes: [eyes],
    eyebrows: [eyebrows],
    skinColor: drawn("skin"),
    top,
    topProbability: all(top),
    hatColor: drawn("clothing-colour"),
    hairColor: drawn("hair-colour"),
    facialHair,
    facialHairProbability: all(facialHair),
    facialHairColor: drawn("hair-colour"),
    accessories,
    accessoriesProbability: all(accessories),
    accessoriesColor: [frameColour],
    clothing: drawn<Part<"clothing">>("clothing"),
    clothesColor: drawn("clothing-colour"),
  });
  return avatar.toString();
}

type Part<K extends keyof avataaars.Options> = Extract<NonNullable<avataaars.Options[K]>, readonly unknown[]>[number];

export interface Raster {
  /** In pixels. */
  readonly side: number;
  readonly channels: 1 | 3;
}

/**
 * Draws what `avatarSvg` gave into `pixels` from `offset` on.
 *
 * @param pixels C×H×W, 0..255; grey by the weights of ITU-R BT.601
 */
export function drawAvatar(svg: string, pose: Pose, { side, channels }: Raster, pixels: Uint8Array, offset: number) {
  const shown = view.side / pose.scale;
  const left = view.centreX - shown / 2 - pose.shiftX * shown;
  const top = view.centreY - shown / 2 - pose.shiftY * shown;
  const page = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${shown} ${shown}">${svg}</svg>`;
  // Looking for fonts would take ten times as long as drawing.
  const font = { loadSystemFonts: false };
  const { pixels: rgba } = new Resvg(page, { font, background, fitTo: { mode: "width", value: side } }).render();
  const plane = side * side;
  for (let i = 0; i < plane; i++) {
    const [red, green, blue] = [rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2]];
    if (channels === 1) pixels[offset + i] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    else {
      pixels[offset + i] = red;
      pixels[offset + plane + i] = green;
      pixels[offset + 2 * plane + i] = blue;
    }
  }
}
