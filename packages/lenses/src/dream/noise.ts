/** @file noise: normally distributed parameters, those of each picture from its own generator. */
import { NoemaError, type Random } from "@noema/engine";

/** @param shape its first axis counts the pictures */
export function noise(randoms: readonly Random[], shape: readonly number[], deviation: number): Float32Array {
  const [batch, ...rest] = shape;
  if (randoms.length !== batch) {
    throw new NoemaError("SEED_COUNT", {
      where: "image",
      found: `${randoms.length} generators`,
      needed: `one for each of the ${batch} pictures`,
    });
  }
  const each = rest.reduce((a, b) => a * b, 1);
  const out = new Float32Array(batch * each);
  randoms.forEach((random, i) => {
    for (let k = i * each; k < (i + 1) * each; k++) out[k] = deviation * random.normal();
  });
  return out;
}
