/** @file autoencoderTask: pictures through a few numbers and back, plain or variational: an encoder and a decoder. */
import {
  build,
  input,
  type LossFunction,
  losses,
  NoemaError,
  type Signature,
  seededRandom,
  type Value,
} from "@noema/engine";
import type { PictureShape } from "../factors/autoencoder.js";
import { shown } from "./classifier.js";
import { convCoder } from "./conv-coder.js";
import { sidesBehind } from "./conv-levels.js";
import { dense } from "./dense.js";
import type { Net, Weights } from "./net.js";
import { spatialCoder } from "./spatial-coder.js";
import type { StepNoise, Task } from "./task.js";

export interface AutoencoderTaskOptions {
  readonly picture: PictureShape;
  /** Channels of the convolutions, and the size of the dense layer behind them; of a spatial one all are convolutions. */
  readonly hidden: readonly number[];
  /** Z: how many numbers stand for a picture; of a spatial one a multiple of the places behind the last convolution. */
  readonly latents: number;
  /** Whether latents are of places in the picture: a map, in the order of channels, rows, columns. Default: of the whole. */
  readonly spatial?: boolean | undefined;
  /** A variational autoencoder; undefined: a plain one. */
  readonly variational?: VariationalOptions | undefined;
}

interface VariationalOptions {
  /** β, what a nat of latents counts beside a nat of pictures; at least 0, 1 is the bound of the likelihood itself. */
  readonly beta: number;
  /** Over so many steps β rises from 0; 0: it is whole from the start. */
  readonly warmUp: number;
}

/** Enough for drawn faces and small photographs of 64 to 128 pixels. */
export const autoencoderHidden: readonly number[] = [32, 64, 128, 128, 512];

/** Enough for what ten independent attributes of a face are. */
export const autoencoderLatents = 128;

/** The shorter side of a map that still tells places apart. */
const leastSide = 4;

/**
 * What suits a spatial one of pictures of a size, where it is not given: the convolutions of `autoencoderHidden`, fewer where the map
 * would be narrower than 4 places; `autoencoderLatents`, or the next multiple of the map's places.
 */
export function spatialSizes(
  picture: PictureShape,
  given: { readonly hidden?: readonly number[] | undefined; readonly latents?: number | undefined },
): { readonly hidden: readonly number[]; readonly latents: number } {
  const shorterBehind = (count: number) => Math.min(...Object.values(sidesBehind(picture, count)));
  const levels = autoencoderHidden.slice(0, -1);
  const { hidden = levels.filter((_, i) => i === 0 || shorterBehind(i + 1) >= leastSide) } = given;
  const { height, width } = sidesBehind(picture, hidden.length);
  const places = height * width;
  return { hidden, latents: given.latents ?? places * Math.ceil(autoencoderLatents / places) };
}

/**
 * Two models: `encoder`, from `picture` (N×C×H×W, 0..1) to `latents` (N×Z), and `decoder` back; a variational encoder has a
 * second output, `log-variance` (N×Z), and its latents are the means.
 *
 * The loss of a plain one is ‖x − x̂‖², of an example. That of a variational one is the negative bound of the log-likelihood
 * (Kingma and Welling 2014), P/2 · ln(mean squared error) + β · KL for pictures of P numbers: the decoder is a normal
 * distribution whose variance is the best for the batch (Rybkin, Daniilidis and Levine 2021, "Simple and effective VAE
 * training with calibrated decoders"), so that β means the same for pictures of any size.
 *
 * @throws NoemaError ARCHITECTURE_SHAPE, AUTOENCODER_OPTION
 */
export function autoencoderTask(options: AutoencoderTaskOptions): Task {
  const { picture, latents, variational } = options;
  checkOptions(options);
  const nets = netsOf(options);
  return {
    nets: [nets.trunk, nets.latents, nets.logVariance, nets.decoder].filter((net) => net !== undefined),
    draws: 1,
    loss: variational === undefined ? plainLoss(nets) : variationalLoss(nets, picture),
    ...(variational && { noise: noiseOf(latents, variational) }),
    models: (weights) => modelsOf(nets, options, weights),
  };
}

interface Nets {
  /** N×C×H×W to what the heads see: N×H, of a spatial one N×H×h×w. */
  readonly trunk: Net;
  /** To N×Z. */
  readonly latents: Net;
  /** To N×Z, of a variational one. */
  readonly logVariance: Net | undefined;
  /** N×Z to N×C×H×W. */
  readonly decoder: Net;
}

function netsOf(options: AutoencoderTaskOptions): Nets {
  const { trunk, head, decoder } = coderOf(options);
  return { trunk, latents: head("latents"), logVariance: options.variational && head("log-variance"), decoder };
}

function coderOf({ picture, hidden, latents, spatial = false }: AutoencoderTaskOptions) {
  if (spatial) return spatialCoder(picture, hidden, latents);
  const { trunk, wide, decoder } = convCoder({ picture, hidden, code: latents, where: "autoencoder" });
  return { trunk, head: (name: string) => dense(name, wide, latents), decoder };
}

function plainLoss({ trunk, latents, decoder }: Nets): LossFunction {
  return ({ parameters, rows: [{ pixels }] }) => {
    const picture = shown(pixels);
    const code = latents.apply(trunk.apply(picture, parameters), parameters);
    const error = losses.squaredError(decoder.apply(code, parameters), picture);
    return { loss: error, figures: { "squared-error": error } };
  };
}

/** What rounding to bytes alone adds to the mean squared error: a step of 1/255 has the variance of its square / 12. */
const leastVariance = 1 / (255 ** 2 * 12);

function variationalLoss({ trunk, latents, logVariance, decoder }: Nets, shape: PictureShape): LossFunction {
  const numbers = shape.channels * shape.height * shape.width;
  return ({ parameters, rows: [{ pixels }], noise }) => {
    const picture = shown(pixels);
    const seen = trunk.apply(picture, parameters);
    const mean = latents.apply(seen, parameters);
    const spread = logVariance!.apply(seen, parameters);
    const code = build.add(mean, build.mul(build.exp(build.mul(spread, 0.5)), noise.latents));
    const error = losses.squaredError(decoder.apply(code, parameters), picture);
    const variance = build.add(build.mul(error, 1 / numbers), leastVariance);
    const divergence = losses.kullbackLeiblerToNormal(mean, spread);
    const loss = build.add(build.mul(build.log(variance), numbers / 2), build.mul(divergence, noise.beta));
    return { loss, figures: { "squared-error": error, "kl-divergence": divergence } };
  };
}

/** Of the seed: where the noise of steps starts. */
const noiseStream = 410_000;

/** Looked at without a step, codes are the means themselves. */
function noiseOf(latents: number, { beta, warmUp }: VariationalOptions): StepNoise {
  return {
    shapes: (batch) => ({ latents: [batch, latents], beta: [] }),
    at: (step, { batch, seed }) => {
      const random = seededRandom(seededRandom(seed, noiseStream).below(2 ** 32), step);
      return {
        latents: Float32Array.from({ length: batch * latents }, () => random.normal()),
        beta: Float32Array.of(step < warmUp ? (beta * (step + 1)) / (warmUp + 1) : beta),
      };
    },
    still: (batch) => ({ latents: new Float32Array(batch * latents), beta: Float32Array.of(beta) }),
  };
}

function modelsOf(nets: Nets, options: AutoencoderTaskOptions, weights: Weights): Record<string, Signature> {
  const { channels, height, width } = options.picture;
  const x = input("picture", [1, channels, height, width]);
  const z = input("latents", [1, options.latents]);
  const seen = nets.trunk.apply(x, weights);
  const outputs: Record<string, Value> = { latents: nets.latents.apply(seen, weights) };
  if (nets.logVariance !== undefined) outputs["log-variance"] = nets.logVariance.apply(seen, weights);
  return {
    encoder: { inputs: { picture: x }, outputs },
    decoder: { inputs: { latents: z }, outputs: { picture: nets.decoder.apply(z, weights) } },
  };
}

function checkOptions({ latents, variational }: AutoencoderTaskOptions): void {
  const refuse = (option: string, found: number, needed: string) =>
    new NoemaError("AUTOENCODER_OPTION", { where: `autoencoder, ${option}`, found: String(found), needed });
  if (!(Number.isInteger(latents) && latents >= 1)) throw refuse("latents", latents, "a whole number of at least 1");
  if (variational === undefined) return;
  const { beta, warmUp } = variational;
  if (!(beta >= 0 && beta < Number.POSITIVE_INFINITY)) throw refuse("beta", beta, "a number of at least 0");
  if (!(Number.isInteger(warmUp) && warmUp >= 0)) throw refuse("warmUp", warmUp, "a whole number of steps from 0");
}
