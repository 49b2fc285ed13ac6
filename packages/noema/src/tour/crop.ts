/** @file cropOf: the part of a photograph that a position of a layer is about. */
import type { Field } from "@noema/lenses";

/** How a layer's positions lie in a picture. */
export interface Geometry {
  /** Of the picture that the network is shown. */
  readonly width: number;
  readonly height: number;
  /** How many positions the layer has, down and across. */
  readonly rows: number;
  readonly columns: number;
  /** What a position sees; null where that is not known. */
  readonly field: { readonly rows: Field; readonly columns: Field } | null;
}

/** A square within the picture, in shares of its width and height. */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The crop is the receptive field, with these bounds in shares of the shorter side. Deep layers see all of a picture in
 * principle, but what lies far from the middle of the field hardly counts (Luo et al. 2016, "Understanding the effective
 * receptive field"); the first layers see so little that one would not recognise where one is.
 */
const bounds = { least: 1 / 8, most: 1 / 2 };

/** @param place position in the layer, counted row by row */
export function cropOf(place: number, geometry: Geometry): Crop {
  const { width, height, rows, columns, field } = geometry;
  const shorter = Math.min(width, height);
  const seen = field === null ? shorter : Math.max(lengthOf(field.rows), lengthOf(field.columns));
  const side = Math.min(bounds.most * shorter, Math.max(bounds.least * shorter, seen));
  const y = middle(Math.floor(place / columns), rows, height, field?.rows);
  const x = middle(place % columns, columns, width, field?.columns);
  return {
    x: within(x - side / 2, width - side) / width,
    y: within(y - side / 2, height - side) / height,
    width: side / width,
    height: side / height,
  };
}

const lengthOf = ({ from, to }: Field) => to - from + 1;

/** Of a position, in pixels. */
function middle(position: number, positions: number, length: number, field: Field | undefined): number {
  if (field === undefined) return ((position + 0.5) * length) / positions;
  return field.step * position + (field.from + field.to + 1) / 2;
}

const within = (v: number, most: number) => Math.min(most, Math.max(0, v));
