/** @file xcov: the loss that separates a label from everything else, and the trained nets as two ordinary models. */
import { build, input, type LossFunction, losses, type Value } from "@noema/engine";
import { shown } from "../nets/classifier.js";
import type { Weights } from "../nets/net.js";
import type { Task } from "../nets/task.js";
import type { XCovNets } from "./architectures/architecture.js";
import type { PictureShape } from "./autoencoder.js";

/** How much each part of the loss counts. */
export interface XCovWeights {
  /** α, of the squared error, summed over a picture. */
  readonly alpha: number;
  /** β, of the label's cross-entropy. */
  readonly beta: number;
  /** γ, of the cross-covariance of label and latents. */
  readonly gamma: number;
  /** ζ, of the squared distance between the latents of a pair; pairs only. */
  readonly zeta: number;
  /**
   * What the squared error counts more where the two pictures of a pair differ: 1 + focus·|x₁ − x₂| times, of differences 0..1;
   * pairs only. Default 0.
   */
  readonly focus?: number;
}

/** How pairs are used: each picture is rebuilt from its own latents, as Jambigi has it, or from the other's. */
export type Pairing = "own" | "exchanged";

interface Outputs {
  readonly logits: Value;
  readonly label: Value;
  readonly latents: Value;
}

function encode({ trunk, label, latents }: XCovNets, picture: Value, weights: Weights): Outputs {
  const seen = trunk.apply(picture, weights);
  const logits = label.apply(seen, weights);
  return { logits, label: build.softmax(logits), latents: latents.apply(seen, weights) };
}

function decode({ decoder }: XCovNets, label: Value, latents: Value, weights: Weights): Value {
  return decoder.apply(build.concat([label, latents], 1), weights);
}

/**
 * α‖x − x̂‖² + β·CE(y, ŷ) + γ·C (Cheung et al. 2014), the mean over a batch. With pairs the same of both pictures, and
 * ζ‖z₁ − z₂‖² (Jambigi); with a focus, the squared error is weighted. Where latents are exchanged, x̂₁ is decoded from ŷ₁ and z₂, and x̂₂ from ŷ₂ and z₁. Of the data it takes
 * `pixels` (N×C×H×W, 0..255, bytes) and `label` (N, int32).
 */
function xcovLoss(
  nets: XCovNets,
  { alpha, beta, gamma, zeta, focus = 0 }: XCovWeights,
  pairing: Pairing,
): LossFunction {
  return ({ parameters, rows }) => {
    const bytes = build.concat(
      rows.map(({ pixels }) => pixels),
      0,
    );
    const picture = shown(bytes);
    const classes = build.concat(
      rows.map(({ label }) => label),
      0,
    );
    const { logits, label, latents } = encode(nets, picture, parameters);
    const batch = picture.shape[0] / rows.length;
    const halves = (value: Value) =>
      build.split(
        value,
        rows.map(() => batch),
        0,
      );
    const [labels, codes] = [halves(label), halves(latents)];
    const shownLatents = pairing === "exchanged" ? build.concat([...codes].reverse(), 0) : latents;
    const drawn = decode(nets, label, shownLatents, parameters);
    const error = losses.squaredError(drawn, picture);
    const counted = rows.length === 2 && focus > 0 ? focusedError(drawn, picture, focus) : error;
    const entropy = losses.crossEntropy(logits, classes);
    const covariance = labels.map((each, i) => losses.crossCovariance(each, codes[i])).reduce(build.add);
    const both = build.add(build.mul(counted, alpha * rows.length), build.mul(entropy, beta * rows.length));
    const single = build.add(both, build.mul(covariance, gamma));
    const figures = {
      "squared-error": error,
      "cross-entropy": entropy,
      "cross-covariance": build.mul(covariance, 1 / rows.length),
      accuracy: losses.accuracy(logits, classes),
    };
    if (rows.length === 1) return { loss: single, figures };
    const distance = losses.squaredError(codes[0], codes[1]);
    return { loss: build.add(single, build.mul(distance, zeta)), figures: { ...figures, "latent-distance": distance } };
  };
}

/** The squared error of pairs, the first pictures of all before the second, with more weight on what sets the two apart. */
function focusedError(drawn: Value, picture: Value, focus: number): Value {
  const half = picture.shape[0] / 2;
  const [first, second] = build.split(picture, [half, half], 0);
  const apart = build.abs(build.sub(first, second));
  const weight = build.add(build.mul(build.concat([apart, apart], 0), focus), 1);
  const wrong = build.sub(drawn, picture);
  const sum = build.reduceSum(build.mul(weight, build.mul(wrong, wrong)), undefined, { keepdims: false });
  return build.mul(sum, 1 / picture.shape[0]);
}

export interface XCovOptions {
  readonly nets: XCovNets;
  readonly picture: PictureShape;
  /** L. */
  readonly labels: number;
  /** Z. */
  readonly latents: number;
  readonly weights: XCovWeights;
  readonly pairs: boolean;
  /** Of pairs. Default "exchanged". */
  readonly pairing?: Pairing;
}

/**
 * Two models: `encoder`, from `picture` (N×C×H×W, 0..1) to `label` (N×L, probabilities), `logits` and `latents` (N×Z); and
 * `decoder`, from `label` and `latents` to `picture`.
 */
export function xcovTask(options: XCovOptions): Task {
  const { nets, picture, labels, latents, weights: parts, pairs, pairing = "exchanged" } = options;
  return {
    nets: [nets.trunk, nets.label, nets.latents, nets.decoder],
    draws: pairs ? 2 : 1,
    loss: xcovLoss(nets, parts, pairing),
    models: (weights) => {
      const x = input("picture", [1, picture.channels, picture.height, picture.width]);
      const [y, z] = [input("label", [1, labels]), input("latents", [1, latents])];
      const { label, logits, latents: codes } = encode(nets, x, weights);
      return {
        encoder: { inputs: { picture: x }, outputs: { label, logits, latents: codes } },
        decoder: { inputs: { label: y, latents: z }, outputs: { picture: decode(nets, y, z, weights) } },
      };
    },
  };
}
