/** @file scatter: pictures as points of their latents, to be coloured by the label or by anything else that is known. */
import { NoemaError } from "@noema/engine";
import { principalDirections } from "../dream/directions/principal-directions.js";
import { countRows } from "./checked.js";

/** Something that is known of every picture. */
export interface ScatterFactor {
  readonly name: string;
  /** Names of its values. */
  readonly values: readonly string[];
  /** N: which value each picture has; −1 where it is not known. */
  readonly of: ArrayLike<number>;
}

export interface ScatterOptions {
  /** Z: latents of a picture. */
  readonly width: number;
  readonly factors: readonly ScatterFactor[];
}

interface ScatterAxis {
  readonly name: string;
  /** Of the variance of all latents, 0..1; the other axes' own apart. */
  readonly share: number;
}

export interface Scatter {
  /** N: where the points are. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly axes: readonly [ScatterAxis, ScatterAxis];
  /** Whether the axes are mixtures of latents, the principal directions. */
  readonly projected: boolean;
  readonly factors: readonly ScatterFactor[];
}

/**
 * Two latents as they are; of more, their first two principal directions. A single one lies along x, and points are spread
 * along y only to be seen.
 *
 * @param latents N×Z
 * @throws NoemaError FACTORS_EMPTY, FACTORS_SHAPE, FACTORS_NUMBER, FACTORS_COUNT, FACTORS_LABEL
 */
export function scatter(latents: Float32Array, { width, factors }: ScatterOptions): Scatter {
  if (!Number.isInteger(width) || width < 1) {
    throw new NoemaError("FACTORS_SHAPE", {
      where: "latents",
      found: `${width} a picture`,
      needed: "one is the least",
    });
  }
  const rows = countRows("latents", latents, width);
  for (const factor of factors) checkFactor(factor, rows);
  const column = (dimension: number) =>
    Float32Array.from({ length: rows }, (_, row) => latents[row * width + dimension]);
  if (width === 1) {
    // Golden steps spread evenly, whatever their number.
    const y = Float32Array.from({ length: rows }, (_, row) => ((row + 1) * 0.618034) % 1);
    const axes = [
      { name: "z1", share: 1 },
      { name: "no meaning: only spread", share: 0 },
    ] as const;
    return { x: column(0), y, axes, projected: false, factors };
  }
  const variances = Array.from({ length: width }, (_, dimension) => variance(column(dimension)));
  const total = variances.reduce((sum, v) => sum + v, 0);
  const share = (own: number) => (total > 0 ? own / total : 0);
  if (width === 2) {
    const axes = [
      { name: "z1", share: share(variances[0]) },
      { name: "z2", share: share(variances[1]) },
    ] as const;
    return { x: column(0), y: column(1), axes, projected: false, factors };
  }
  const count = Math.min(2, rows - 1);
  const found = count < 1 ? undefined : principalDirections({ data: latents, rows, columns: width }, count);
  const along = (axis: number) => {
    const direction = found?.directions[axis];
    if (direction === undefined) return new Float32Array(rows);
    return Float32Array.from({ length: rows }, (_, row) => {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += (latents[row * width + i] - found!.means[i]) * direction[i];
      return sum;
    });
  };
  const axis = (which: number, name: string) => ({ name, share: share(found?.variances[which] ?? 0) });
  const axes = [axis(0, "first principal direction"), axis(1, "second principal direction")] as const;
  return { x: along(0), y: along(1), axes, projected: true, factors };
}

function checkFactor({ name, values, of }: ScatterFactor, rows: number): void {
  if (of.length !== rows) {
    throw new NoemaError("FACTORS_COUNT", {
      where: `factor "${name}"`,
      found: `values of ${of.length} pictures`,
      needed: `the latents are of ${rows}`,
    });
  }
  for (let i = 0; i < rows; i++) {
    if (Number.isInteger(of[i]) && of[i] >= -1 && of[i] < values.length) continue;
    throw new NoemaError("FACTORS_LABEL", {
      where: `factor "${name}", picture ${i + 1}`,
      found: `${of[i]}`,
      needed: `it must be 0 to ${values.length - 1}, or −1 where it is not known`,
    });
  }
}

function variance(values: Float32Array): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
}
