/** @file Learner: what all ways of learning a dictionary have in common. */
import type { CompileOptions } from "@noema/engine";
import type { Dictionary } from "../dictionary.js";
import type { StopSignal } from "../stop.js";

/** Vectors wherever they are: in memory, in files. The same every time they are read. */
export interface VectorSource {
  /** N. */
  readonly count: number;
  /** D. */
  readonly length: number;
  /** Vectors `from` … `to` − 1, row by row; not written to. */
  read(from: number, to: number): Promise<Float32Array>;
}

export interface LearningOptions {
  /** A: how many atoms. */
  readonly atoms: number;
  /** The most atoms that a vector is made of while learning, 1 … the smaller of A and D. */
  readonly sparsity: number;
  /** Coefficients are at least 0. Atoms may have any sign. Default false. */
  readonly nonNegative?: boolean;
  /** The mean of all vectors is taken off first. Default: unless `nonNegative`. */
  readonly centre?: boolean;
  /**
   * λ of `whiteningOf`, above 0: vectors are whitened while atoms are learnt and whenever they are coded. What varies little but by
   * itself, such as the glasses of faces, gets atoms of its own; without it those of what varies much, such as hair. Default: not.
   */
  readonly whiten?: number;
  /**
   * So many atoms are learnt first, as if there were no others, of ⅝ of the sparsity; then the others, of what those leave, of the rest. Of
   * many atoms learnt together each stands for several things that are there at once; these few have to be of single ones. 1 … A − 1.
   * Default: all are learnt together.
   */
  readonly general?: number;
  /** Default 0. */
  readonly seed?: number;
  /** How often all vectors are gone through. Default: the learner's. */
  readonly iterations?: number;
  /** K-SVD: see there. */
  readonly update?: "approximate" | "exact";
  /** Online: vectors of one step, 1 … N. Default 1024. */
  readonly batch?: number;
  /** Online: how fast what was learnt from early vectors is forgotten, from 0, never. Default: the learner's. */
  readonly forgetting?: number;
  /** Goes on from where another run with the same options and vectors was; the end has the same bytes. */
  readonly state?: LearningState;
  /** Called after every step; the next one waits for it. */
  readonly onStep?: (step: LearningStep) => void | Promise<void>;
  /** Ends learning after the last whole step. */
  readonly signal?: StopSignal;
  readonly compile?: CompileOptions;
}

/** What a step came to. */
export interface LearningStep {
  /** Steps taken, this one with them. */
  readonly step: number;
  /** How many there will be. */
  readonly steps: number;
  /** Σ‖x − x̂‖² / Σ‖x‖² of the vectors of this step. */
  readonly error: number;
  /** 1 − Σ‖x − x̂‖² / Σ‖x − mean‖² of the vectors of this step. */
  readonly explained: number;
  /** Atoms that are a part of any vector of this step. */
  readonly used: number;
  /** Atoms that were given up for vectors that are badly represented. */
  readonly replaced: number;
  /** All that is needed to go on from here. */
  state(): LearningState;
}

/** Plain numbers, to be kept and gone on with. */
export interface LearningState {
  /** The word of the learner. */
  readonly learner: string;
  /** Steps taken. */
  readonly step: number;
  readonly dictionary: Dictionary;
  /** What else the learner carries from step to step. */
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

export interface Learned {
  readonly dictionary: Dictionary;
  readonly state: LearningState;
  /** False where it was stopped before its end. */
  readonly finished: boolean;
}

/** One way of learning: a file of this folder. */
export interface Learner {
  /** The word on the command line. */
  readonly name: string;
  readonly title: string;
  /** How often all vectors are gone through. */
  readonly iterations: number;
  learn(vectors: VectorSource, options: LearningOptions): Promise<Learned>;
}

/**
 * Vectors that are in memory.
 *
 * @param vectors N×D
 * @param length D
 */
export function vectorsInMemory(vectors: Float32Array, length: number): VectorSource {
  return {
    count: vectors.length / length,
    length,
    read: async (from, to) => vectors.subarray(from * length, to * length),
  };
}
