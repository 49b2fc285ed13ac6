/** @file Net: a part of a network to be trained: the parameters it has, and what it makes of an input with them. */
import { type Random, seededRandom, Tensor, type Value } from "@noema/engine";

/** How an array of weights starts. */
export type Initializer = (shape: readonly number[], random: Random) => Float32Array;

interface Parameter {
  readonly shape: readonly number[];
  readonly initialize: Initializer;
}

/** Arrays of weights by name, as values of a graph. */
export type Weights = Readonly<Record<string, Value>>;

export interface Net {
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Takes its own weights from all there are, by name. The batch is the first axis, of any size. */
  apply(x: Value, weights: Weights): Value;
}

/** One after the other. */
export function sequence(...nets: readonly Net[]): Net {
  return {
    parameters: Object.assign({}, ...nets.map(({ parameters }) => parameters)),
    apply: (x, weights) => nets.reduce((value, net) => net.apply(value, weights), x),
  };
}

/** A net without parameters. */
export function plain(apply: (x: Value) => Value): Net {
  return { parameters: {}, apply };
}

/**
 * The weights that training begins with. Each array is drawn from a stream of its own, so that none depends on which others
 * there are.
 */
export function initialWeights(nets: readonly Net[], seed: number): Record<string, Tensor> {
  const all = Object.assign({}, ...nets.map(({ parameters }) => parameters)) as Record<string, Parameter>;
  return Object.fromEntries(
    Object.entries(all).map(([name, { shape, initialize }]) => [
      name,
      Tensor.of("float32", shape, initialize(shape, seededRandom(seed, streamOf(name)))),
    ]),
  );
}

/** Streams from here on are those of weights. */
const firstStream = 2 ** 20;

/** A number of 20 bits that follows from a name (FNV-1a, Fowler, Noll and Vo). */
function streamOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const letter of name) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193);
  return firstStream + (hash >>> 12);
}

/** How many numbers all weights are together. */
export function parameterCount(nets: readonly Net[]): number {
  return nets.reduce(
    (sum, { parameters }) =>
      sum + Object.values(parameters).reduce((own, { shape }) => own + shape.reduce((a, b) => a * b, 1), 0),
    0,
  );
}
