/** @file A seeded generator of random numbers: the only source of chance in lenses and in training, always passed in. */

export interface Random {
  /** A number in 0 … 1, 1 excluded. */
  uniform(): number;
  /** A number of mean 0 and standard deviation 1, normally distributed. */
  normal(): number;
  /** A whole number in 0 … count − 1. */
  below(count: number): number;
  /** One of these, each as likely as the others. */
  pick<T>(choices: readonly T[]): T;
}

/**
 * The same seed gives the same numbers everywhere. xoshiro128** (Blackman and Vigna 2018), seeded by splitmix32.
 *
 * @param stream one of many independent sequences of the same seed, such as that of one step: what it gives does not
 *   depend on how much was drawn from others
 */
export function seededRandom(seed: number, stream = 0): Random {
  const start = splitmix32(seed);
  // The first stream is the seed's own; others start at a number mixed from both.
  const words = stream === 0 ? start : splitmix32(start() * 2 ** 21 + stream);
  const state = Uint32Array.from({ length: 4 }, words);
  const next = () => {
    const result = Math.imul(rotate(Math.imul(state[1], 5), 7), 9) >>> 0;
    const t = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= t;
    state[3] = rotate(state[3], 11);
    return result;
  };
  const uniform = () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
  const below = (count: number) => Math.floor(uniform() * count);
  let spare: number | undefined;
  const normal = () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    // Marsaglia's polar method: two normal numbers from a point in the unit disc.
    for (;;) {
      const [x, y] = [2 * uniform() - 1, 2 * uniform() - 1];
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * factor;
      return x * factor;
    }
  };
  return { uniform, normal, below, pick: (choices) => choices[below(choices.length)] };
}

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

/** Spreads a seed, whole or not, of up to 53 bits, over 32-bit words. */
function splitmix32(seed: number): () => number {
  const whole = Math.trunc(seed);
  let at = (whole >>> 0) ^ Math.imul(Math.floor(whole / 2 ** 32) >>> 0, 0x85ebca6b);
  return () => {
    at = (at + 0x9e3779b9) | 0;
    let z = at;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}
