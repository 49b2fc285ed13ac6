/** @file Dot products that count the more, the better the direction fits (Lucid, objectives.py: _dot_cossim). */
import { build, type Value } from "@noema/engine";

/** Below this the cosine no longer matters, so that there is a slope towards the direction from anywhere (Lucid). */
const leastCosine = 0.1;

/** Added to magnitudes, against division by nothing (Lucid). */
const epsilon = 1e-4;

/** Under the root of a magnitude, whose slope at 0 would be infinite. */
const rootEpsilon = 1e-12;

/** The magnitude of vectors along an axis, which goes. */
export function magnitude(vectors: Value, axis: number): Value {
  const squares = build.reduceSum(build.mul(vectors, vectors), [axis], { keepdims: false });
  return build.sqrt(build.add(squares, rootEpsilon));
}

/**
 * dot · max(0.1, cosine)^power; with power 0 the dot product alone.
 *
 * @param magnitudes of the two vectors, to be broadcast to the dot product's shape
 */
export function weightedByCosine(dot: Value, magnitudes: () => readonly [Value, Value], power: number): Value {
  if (power === 0) return dot;
  const [a, b] = magnitudes();
  const cosine = build.div(build.div(dot, build.add(a, epsilon)), build.add(b, epsilon));
  return build.mul(dot, build.pow(build.clip(cosine, leastCosine, null), power));
}
