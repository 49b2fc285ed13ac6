/** @file LearnOptions: all that decides what a training gives, as plain data; the command line and run.json share it. */
import { adamOptimizer, adamW, type Optimizer, schedules, sgd } from "@noema/engine";
import { architectureOf, spatialSizes } from "@noema/lenses";
import type { Subject } from "./subject.js";
import type { TrainingOptions } from "./train.js";

export interface LearnOptions {
  readonly task: "xcov" | "classifier" | "autoencoder";
  /** As said on the command line: a kind of dataset, a path, or both. */
  readonly data: string;
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  readonly channels?: 1 | 3 | undefined;
  readonly label?: string | undefined;
  readonly most?: number | undefined;
  readonly maxUnreadable: number;
  readonly testShare?: number | undefined;
  /** A factor whose values are held out whole, "none", or the dataset's own. */
  readonly heldOut?: string | undefined;
  readonly pairs: boolean;
  /** How pairs are used; undefined without them. */
  readonly pairing?: "own" | "exchanged" | undefined;
  readonly network: string;
  readonly hidden?: readonly number[] | undefined;
  readonly latents?: number | undefined;
  readonly alpha: number;
  /** Default: as `settled` says. */
  readonly beta?: number | undefined;
  readonly gamma?: number | undefined;
  readonly zeta: number;
  /** Of pairs: what their differences count more in the squared error. */
  readonly focus?: number | undefined;
  readonly labelSmoothing?: number | undefined;
  /** Of an autoencoder: whether its latents are of places in the picture; never false, so that it is in no older recipe. */
  readonly spatial?: true | undefined;
  /** Of an autoencoder: whether its codes have a variance. */
  readonly variational?: boolean | undefined;
  /** Of a variational one: what a nat of its codes counts. Default 1. */
  readonly betaKl?: number | undefined;
  /** Steps over which that rises from 0. Default: a tenth of all. */
  readonly klWarmUp?: number | undefined;
  /** Default: as `settled` says. */
  readonly epochs?: number | undefined;
  readonly batch?: number | undefined;
  readonly rate?: number | undefined;
  readonly schedule: string;
  readonly optimizer: keyof typeof optimizers;
  readonly weightDecay?: number | undefined;
  readonly clipNorm?: number | undefined;
  readonly clipValue?: number | undefined;
  readonly patience?: number | undefined;
  readonly weights: "float32" | "int8";
  readonly seed: number;
  /** Of which pictures are set apart, where that is not the seed's: a judge sees none of those its run is tested on. */
  readonly splitSeed?: number | undefined;
  /** Of what is drawn of the data: faces, which pictures of too many. Default: the seed. */
  readonly dataSeed?: number | undefined;
}

type Decay = { readonly weightDecay?: number };

export const optimizers = {
  adam: (decay: Decay): Optimizer => adamOptimizer(decay),
  "adam-w": (decay: Decay): Optimizer => adamW(decay),
  sgd: (decay: Decay): Optimizer => sgd({ ...decay, momentum: 0.9 }),
} as const;

/** Options of which none is left to the data. */
export type SettledOptions = LearnOptions & Readonly<Record<"epochs" | "batch" | "rate" | "beta" | "gamma", number>>;

/**
 * The weight of label and cross-covariance for digits of 28 pixels (the autoencoder's MNIST settings in the Lasagne recipes). The
 * squared error is a sum over a picture and grows with it: of larger ones the label would be learned late, or not at all.
 */
const digitWeight = { weight: 10, numbers: 784 };

/** So many pictures of a step, where there are enough: what learning rates and weights of the loss were chosen with. */
const usualBatch = 128;
const leastBatch = 16;

/** An epoch has so many steps at least, as far as the smallest batch goes. */
const stepsPerEpoch = 16;

const usualEpochs = 10;

/** Steps below which a training has hardly begun, however few the pictures are. */
const leastSteps = 1000;

const usualRate = 1e-3;

/** Codes that cost their whole price before they are of use are given up (Bowman et al. 2016, section 3.1). */
const usualWarmUp = 0.1;

/**
 * Adam moves what a unit of a dense layer is given by the rate times the number of its inputs, so that the rate goes with the
 * inverse of the width (Yang et al. 2022, "Tensor Programs V"). Layers of 2000 units on faces die at the rate that suits 500.
 */
const usualWidth = 500;

function rateOf({ task, network, hidden = [] }: LearnOptions): number {
  if (task !== "xcov" || !architectureOf(network).dense) return usualRate;
  return Number((usualRate * Math.min(1, usualWidth / Math.max(...hidden))).toPrecision(2));
}

/** Few pictures make small batches and many epochs: else there would be a few steps in all. */
export function settled(options: LearnOptions, { training, dataset }: Subject): SettledOptions {
  const { channels, height, width } = dataset.size;
  const larger = Math.max(1, (channels * height * width) / digitWeight.numbers);
  const weight = Number((digitWeight.weight * larger).toPrecision(2));
  const examples = options.pairs ? training.pairs!.first.length : training.pictures.length;
  const power = 2 ** Math.floor(Math.log2(examples / stepsPerEpoch));
  const { batch = Math.max(leastBatch, Math.min(power, usualBatch)) } = options;
  const steps = Math.ceil(examples / Math.min(batch, examples));
  const { epochs = Math.max(usualEpochs, Math.ceil(leastSteps / steps)) } = options;
  const { beta = weight, gamma = weight, rate = rateOf(options) } = options;
  const klWarmUp = options.klWarmUp ?? Math.round(usualWarmUp * epochs * steps);
  const kl = options.variational === true && { klWarmUp };
  const sizes = options.spatial === true && spatialSizes(dataset.size, options);
  return { ...options, epochs, beta, gamma, rate, ...kl, ...sizes, batch: Math.min(batch, examples) };
}

/** @throws NoemaError SCHEDULE_…, OPTIMIZER_OPTION */
export function trainingOptions(options: SettledOptions): TrainingOptions {
  const { epochs, batch, rate, patience, seed, weightDecay, clipNorm, clipValue } = options;
  return {
    ...{ epochs, batch, rate, patience, seed },
    schedule: schedules.parseSchedule(options.schedule),
    optimizer: optimizers[options.optimizer](weightDecay === undefined ? {} : { weightDecay }),
    clip: { ...(clipNorm !== undefined && { norm: clipNorm }), ...(clipValue !== undefined && { value: clipValue }) },
  };
}
