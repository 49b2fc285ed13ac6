/** @file orthogonal: weights that turn what they are given and keep its length. */
import { NoemaError } from "../../graph/error.js";
import { sizeOf } from "../../graph/tensor.js";
import type { Random } from "../../random.js";
import { fansOf, type Initializer } from "./initializer.js";

/** What is left of a vector must be more of it than this, or it was all rounding. */
const leastLeft = 1e-6;

/**
 * An orthogonal matrix times `gain`, every one as likely as another (Saxe et al. 2014, "Exact solutions to the nonlinear
 * dynamics of learning in deep linear neural networks"): the rows or the columns, whichever are fewer, are of length `gain`
 * and at right angles. Convolutions are taken as outputs × (inputs × kernel). Takes time with the cube of the size: 1000×1000
 * some seconds.
 *
 * @param gain default 1; √2 makes up for a ReLU
 * @throws NoemaError INITIALIZER_OPTION
 */
export function orthogonal(gain = 1): Initializer {
  if (!(gain > 0 && gain < Number.POSITIVE_INFINITY)) {
    throw new NoemaError("INITIALIZER_OPTION", {
      where: "orthogonal, gain",
      found: String(gain),
      needed: "a number above 0 is needed",
    });
  }
  return (shape, random) => {
    fansOf(shape);
    const [rows, columns] = [shape[0]!, sizeOf(shape.slice(1))];
    const vectors = orthonormal(Math.min(rows, columns), Math.max(rows, columns), random);
    const out = new Float32Array(rows * columns);
    for (const [k, vector] of vectors.entries()) {
      const [start, step] = rows <= columns ? [k * columns, 1] : [k, columns];
      for (let i = 0; i < vector.length; i++) out[start + i * step] = gain * vector[i]!;
    }
    return out;
  };
}

/**
 * So many vectors of this length. Normal vectors have no direction of their own, so what Gram and Schmidt make of them has none
 * either: it is the Q of Mezzadri 2007, with a positive diagonal of R.
 */
function orthonormal(count: number, length: number, random: Random): Float64Array[] {
  const done: Float64Array[] = [];
  while (done.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal());
    const before = Math.sqrt(dot(vector, vector));
    // Once leaves the rounding of a nearly parallel vector; twice is enough (Giraud et al. 2005).
    for (let pass = 0; pass < 2; pass++) {
      for (const other of done) {
        const along = dot(vector, other);
        for (let i = 0; i < length; i++) vector[i]! -= along * other[i]!;
      }
    }
    const left = Math.sqrt(dot(vector, vector));
    if (left <= leastLeft * before) continue;
    done.push(vector.map((v) => v / left));
  }
  return done;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
