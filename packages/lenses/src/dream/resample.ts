/** @file Planes made larger by linear interpolation, in the graph and beside it, and smaller by averaging. */
import { constant, emit, Tensor, type Value } from "@noema/engine";

export interface PlaneSize {
  readonly height: number;
  readonly width: number;
}

/** N×C×h×w to N×C×H×W; pixels are areas, whose middles are interpolated between. */
export function enlarged(value: Value, { height, width }: PlaneSize): Value {
  const [batch, channels, ...own] = value.shape;
  if (own[0] === height && own[1] === width) return value;
  const sizes = constant(Tensor.ofNumbers("int64", [4], [batch, channels, height, width]));
  return emit("Resize", [value, null, null, sizes], {
    mode: "linear",
    coordinate_transformation_mode: "half_pixel",
  })[0];
}

/** What `enlarged` makes of one plane. */
export function enlargedPlane(plane: Float32Array, from: PlaneSize, to: PlaneSize): Float32Array {
  const across = neighbours(from.width, to.width);
  const down = neighbours(from.height, to.height);
  const out = new Float32Array(to.height * to.width);
  down.forEach(({ low: top, high: bottom, share: v }, y) => {
    across.forEach(({ low: left, high: right, share: u }, x) => {
      const along = (row: number) => (1 - u) * plane[row * from.width + left] + u * plane[row * from.width + right];
      out[y * to.width + x] = (1 - v) * along(top) + v * along(bottom);
    });
  });
  return out;
}

/** Each pixel of the smaller plane is the mean of those that lie in it. */
export function averagedPlane(plane: ArrayLike<number>, from: PlaneSize, to: PlaneSize): Float32Array {
  const out = new Float32Array(to.height * to.width);
  const counts = new Float32Array(out.length);
  for (let y = 0; y < from.height; y++) {
    for (let x = 0; x < from.width; x++) {
      const at = Math.floor((y * to.height) / from.height) * to.width + Math.floor((x * to.width) / from.width);
      out[at] += plane[y * from.width + x];
      counts[at]++;
    }
  }
  return out.map((sum, i) => sum / counts[i]);
}

/** For each pixel of the larger axis: the two of the smaller that it lies between, and how far it is to the second. */
function neighbours(from: number, to: number): { low: number; high: number; share: number }[] {
  return Array.from({ length: to }, (_, i) => {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const low = Math.floor(at);
    return { low, high: Math.min(from - 1, low + 1), share: at - low };
  });
}
