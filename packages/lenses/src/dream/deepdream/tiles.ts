/** @file Tiles: how an axis that joins at its ends is covered by windows of one size that fade into each other. */

export interface TileRule {
  /** Pixels of an axis of the picture. */
  readonly length: number;
  /** The longest tile. */
  readonly longest: number;
  /** Every tile is as long as the longest, even where a shorter one would do. */
  readonly fixed?: boolean;
}

/** Tiles of an axis, before it is known where the first one starts. */
export interface Tiling {
  readonly length: number;
  /** Pixels of a tile. */
  readonly size: number;
  /** From one tile to the next. */
  readonly stride: number;
  readonly count: number;
  /** Pixels at each end of a tile of which nothing is kept: the network sees no further there. */
  readonly cut: number;
  /** Pixels over which a tile then fades in. */
  readonly fade: number;
}

/** One tile of an axis. */
export interface Span {
  /** The picture's pixel under each of the tile's. */
  readonly places: Int32Array;
  /** How much of each pixel's gradient is kept: over all tiles, 1 for every pixel of the picture. */
  readonly weights: Float32Array;
}

/** The largest step of the usual networks: tiles that many pixels apart show them the same grid. */
const networkStride = 32;

/** Of a tile's length, at each end: measured in docs/decisions/0007-tiles-of-a-dream.md. */
const cutShare = 1 / 20;
const fadeShare = 1 / 10;

/** As few tiles as cover the axis; where one or two do, no longer than need be. */
export function tilingOf({ length, longest, fixed = false }: TileRule): Tiling {
  const cut = Math.floor(longest * cutShare);
  const fade = Math.floor(longest * fadeShare);
  const step = networkStride * 2 <= longest ? networkStride : 1;
  const widest = Math.max(1, floorTo(longest - 2 * cut - fade, step));
  const few = Math.ceil(length / widest);
  // One tile that joins itself needs no grid in common with another.
  const stride = few === 1 ? length : ceilTo(length / few, step);
  const fitted = ceilTo(stride + 2 * cut + fade, step);
  const size = fixed || few > 2 ? longest : Math.min(longest, fitted);
  const count = Math.ceil(length / stride);
  // One tile fades at the picture's own ends, however much further it goes.
  const most = count === 1 ? Math.floor((size - length - fade) / 2) : cut;
  return { length, size, stride, count, cut: Math.max(cut, most), fade };
}

/**
 * Where the tiles are.
 *
 * @param offset the picture's pixel at which the first tile starts, any whole number
 */
export function spansOf({ length, size, stride, count, cut, fade }: Tiling, offset: number): Span[] {
  const window = Float64Array.from({ length: size }, (_, i) =>
    rise((Math.min(i, size - 1 - i) - cut + 1) / (fade + 1)),
  );
  const starts = Array.from({ length: count }, (_, i) => offset + i * stride);
  const total = new Float64Array(length);
  const placed = starts.map((start) => Int32Array.from({ length: size }, (_, i) => modulo(start + i, length)));
  for (const places of placed) {
    places.forEach((place, i) => {
      total[place] += window[i];
    });
  }
  return placed.map((places) => ({ places, weights: Float32Array.from(window, (w, i) => w / total[places[i]]) }));
}

/** From 0 to 1, level at both ends. */
function rise(share: number): number {
  const t = Math.min(1, Math.max(0, share));
  return t * t * (3 - 2 * t);
}

/** The remainder that is never negative. */
function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

const floorTo = (value: number, step: number) => Math.floor(value / step) * step;
const ceilTo = (value: number, step: number) => Math.ceil(value / step) * step;
