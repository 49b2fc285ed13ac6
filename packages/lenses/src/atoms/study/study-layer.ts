/** @file studyLayer: whether a layer's vectors are sums of few atoms more than vectors that only share their statistics. */
import { type CompileOptions, NoemaError, seededRandom } from "@noema/engine";
import { SparseCoder } from "../coding/sparse-coder.js";
import { learnDictionary } from "../learning/index.js";
import { vectorsInMemory } from "../learning/learner.js";
import { residualErrors } from "../statistics/explained-curve.js";
import type { StopSignal } from "../stop.js";
import { gaussianLike, shuffledCoordinates } from "./controls.js";
import { type CodedVectors, type ExplainedShare, excess, excessBeyond, sparsityCurve } from "./sparsity-curves.js";

/** What is compared. */
export const studyKinds = ["layer", "gaussian", "shuffled", "untrained", "untrained-gaussian"] as const;
export type StudyKind = (typeof studyKinds)[number];

/** Vectors of a layer, of pictures that teach and of others. */
export interface StudyVectors {
  /** N×D. */
  readonly learning: Float32Array;
  /** M×D. */
  readonly heldOut: Float32Array;
  /** M: which picture each held-out vector is of. */
  readonly pictures?: Int32Array;
}

export interface StudyOptions {
  /** D. */
  readonly length: number;
  readonly layer: StudyVectors;
  /** The same layer of an untrained network, of the same pictures. */
  readonly untrained?: StudyVectors;
  readonly atoms: number;
  /** K: as many atoms as a vector may have, in learning and in the end. */
  readonly sparsity: number;
  readonly learner?: string;
  readonly iterations?: number;
  readonly nonNegative?: boolean;
  readonly seed: number;
  readonly resamples?: number;
  readonly compile?: CompileOptions;
  /** Called as work goes on, which waits for it: which kind of how many, and what share of it is done. */
  readonly onProgress?: (progress: {
    kind: StudyKind;
    index: number;
    kinds: number;
    share: number;
  }) => void | Promise<void>;
  readonly signal?: StopSignal;
}

export interface LayerStudy {
  /** K+1 shares with 95 % intervals, by kind; the untrained ones only where there is one. */
  readonly curves: Readonly<Partial<Record<StudyKind, readonly ExplainedShare[]>>>;
  /** By how much the layer is above its controls, for 0 … K atoms. */
  readonly above: {
    readonly gaussian: readonly ExplainedShare[];
    readonly shuffled: readonly ExplainedShare[];
    /** The layer's excess over its Gaussian control, beyond that of the untrained network over its own. */
    readonly untrained?: readonly ExplainedShare[];
  };
}

/** Streams of the seed, by kind. */
const streams = { gaussian: 501, shuffled: 502, "untrained-gaussian": 503 } as const;

/**
 * Learns a dictionary of each kind of vectors, and codes vectors it has not seen with it. An untrained network's vectors often lie in few
 * dimensions and are explained by few atoms for that reason alone, which is why each network is held against Gaussian vectors of
 * its own covariance.
 *
 * @throws NoemaError STUDY_VECTORS, STUDY_NUMBERS; what learning and coding refuse; ABORTED by the signal
 */
export async function studyLayer(options: StudyOptions): Promise<LayerStudy | undefined> {
  const { length, layer, untrained, seed, resamples, signal } = options;
  for (const [name, vectors] of Object.entries({ layer, untrained }))
    if (vectors !== undefined) check(name, vectors, length);
  const kinds = studyKinds.filter((kind) => untrained !== undefined || !kind.startsWith("untrained"));
  const coded: Partial<Record<StudyKind, CodedVectors>> = {};
  for (const [index, kind] of kinds.entries()) {
    if (signal?.aborted) return undefined;
    const report = (share: number) => options.onProgress?.({ kind, index, kinds: kinds.length, share });
    await report(0);
    const found = await codesOf(vectorsOf(kind, options), options, report);
    if (found === undefined) return undefined;
    coded[kind] = found;
  }
  const drawing = { seed, ...(resamples !== undefined && { resamples }) };
  const own = { of: coded.layer!, over: coded.gaussian! };
  return {
    curves: Object.fromEntries(kinds.map((kind) => [kind, sparsityCurve(coded[kind]!, drawing).explained])),
    above: {
      gaussian: excess(own.of, own.over, drawing).explained,
      shuffled: excess(coded.layer!, coded.shuffled!, drawing).explained,
      ...(untrained && {
        untrained: excessBeyond(own, { of: coded.untrained!, over: coded["untrained-gaussian"]! }, drawing).explained,
      }),
    },
  };
}

/** The vectors of a kind: given, or made from those that are. Controls are drawn of what teaches, so that nothing held out is in them. */
function vectorsOf(kind: StudyKind, { length, layer, untrained, seed }: StudyOptions): StudyVectors {
  const given = kind.startsWith("untrained") ? untrained! : layer;
  if (kind === "layer" || kind === "untrained") return given;
  const random = seededRandom(seed, streams[kind]);
  const counts = [given.learning, given.heldOut].map((vectors) => vectors.length / length);
  if (kind === "shuffled") {
    const [learning, heldOut] = [given.learning, given.heldOut].map((vectors) =>
      shuffledCoordinates({ vectors, length }, random),
    );
    return { learning, heldOut };
  }
  const drawn = gaussianLike({ vectors: given.learning, length }, random, counts[0] + counts[1]);
  return { learning: drawn.subarray(0, counts[0] * length), heldOut: drawn.subarray(counts[0] * length) };
}

async function codesOf(
  { learning, heldOut, pictures }: StudyVectors,
  { length, atoms, sparsity, learner, iterations, nonNegative, seed, compile, signal }: StudyOptions,
  report: (share: number) => void | Promise<void> | undefined,
): Promise<CodedVectors | undefined> {
  const learned = await learnDictionary(vectorsInMemory(learning, length), {
    ...{ atoms, sparsity, seed },
    ...(learner !== undefined && { learner }),
    ...(iterations !== undefined && { iterations }),
    ...(nonNegative !== undefined && { nonNegative }),
    ...(compile && { compile }),
    ...(signal && { signal }),
    onStep: async ({ step, steps }) => report(step / (steps + 1)),
  });
  if (!learned.finished) return undefined;
  const { dictionary } = learned;
  const coder = await SparseCoder.open(dictionary, { sparsity, ...(compile && { compile }) });
  try {
    const steps = await coder.progressive(heldOut);
    await report(1);
    return { errors: residualErrors(dictionary, heldOut, { steps }), sparsity, ...(pictures && { group: pictures }) };
  } finally {
    await coder.dispose();
  }
}

function check(name: string, { learning, heldOut, pictures }: StudyVectors, length: number): void {
  const counts = [learning, heldOut].map((vectors) => vectors.length / length);
  if (counts.every((count) => Number.isInteger(count) && count >= 2) && (pictures?.length ?? counts[1]) === counts[1])
    return;
  throw new NoemaError("STUDY_VECTORS", {
    where: `study of ${name === "layer" ? "the layer" : "the untrained layer"}`,
    found: `${learning.length} and ${heldOut.length} numbers${pictures ? `, ${pictures.length} pictures` : ""}`,
    needed: `whole vectors of ${length} numbers, two at least that teach and two that are held out, and a picture of each`,
  });
}
