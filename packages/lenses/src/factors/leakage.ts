/** @file leakage: how well the label can be read from the latents alone, by probes that are trained for it. */
import { type CompileOptions, compile, input, losses, NoemaError, Tensor } from "@noema/engine";
import { dense, perceptron } from "../nets/dense.js";
import { fit } from "../nets/fit.js";
import { inBatches } from "../nets/in-batches.js";
import { largest } from "../nets/largest.js";
import { type Net, sequence } from "../nets/net.js";
import { fullWeights } from "../nets/weights.js";

/** Latents and labels of some pictures. */
interface Coded {
  /** N×Z. */
  readonly latents: Float32Array;
  /** N, 0 … L − 1. */
  readonly labels: ArrayLike<number>;
}

export interface LeakageOptions {
  /** What the probes learn from. */
  readonly training: Coded;
  /** What they are asked about. */
  readonly test: Coded;
  /** Z. */
  readonly latents: number;
  /** L. */
  readonly labels: number;
  readonly seed?: number;
  /** Default 5, or as many as make 500 steps. */
  readonly epochs?: number;
  readonly compile?: CompileOptions;
}

/** Shares of right answers, 0 … 1. */
export interface Leakage {
  readonly linear: number;
  /** With one hidden layer of 128 ReLU. */
  readonly hidden: number;
  /** What is right without looking: the share of the most frequent label. */
  readonly chance: number;
}

const hiddenUnits = 128;
const mostBatch = 512;
const leastSteps = 500;
const usualEpochs = 5;

/** Adam's rates: the linear probe has a simple loss, and few steps to go far. */
const rates = { linear: 1e-2, hidden: 3e-3 };

/**
 * Probes (Alain and Bengio 2016) are trained on standardized latents. A label that has left the latents is read no better than
 * by chance.
 *
 * @throws NoemaError LEAKAGE_CODES where there is nothing, or not one label for each row of numbers
 */
export async function leakage(options: LeakageOptions): Promise<Leakage> {
  const { training, test, latents, labels } = options;
  check("pictures to learn from", training, latents, labels);
  check("pictures to be asked about", test, latents, labels);
  const scaled = standardized(training.latents, test.latents, latents);
  const output = (inputs: number) => dense("probe", inputs, labels);
  const linear = await accuracyOf(output(latents), rates.linear, scaled, options);
  const net = sequence(perceptron("hidden", [latents, hiddenUnits]), output(hiddenUnits));
  return {
    linear,
    hidden: await accuracyOf(net, rates.hidden, scaled, options),
    chance: mostFrequent(test.labels, labels),
  };
}

async function accuracyOf(
  net: Net,
  rate: number,
  scaled: { readonly training: Float32Array; readonly test: Float32Array },
  { training, test, latents, labels, seed = 0, epochs, compile: how = {} }: LeakageOptions,
): Promise<number> {
  const count = training.labels.length;
  const perEpoch = Math.ceil(count / Math.min(mostBatch, count));
  const weights = await fit({
    nets: [net],
    data: {
      latents: Tensor.of("float32", [count, latents], scaled.training),
      label: Tensor.ofNumbers("int32", [count], training.labels),
    },
    loss: ({ parameters, rows: [{ latents: codes, label }] }) => ({
      loss: losses.crossEntropy(net.apply(codes, parameters), label),
    }),
    ...{
      rate,
      seed,
      batch: mostBatch,
      epochs: epochs ?? Math.max(usualEpochs, Math.ceil(leastSteps / perEpoch)),
      compile: how,
    },
  });
  const codes = input("latents", [mostBatch, latents]);
  const program = await compile(
    { inputs: { latents: codes }, outputs: { logits: net.apply(codes, fullWeights(weights)) } },
    how,
  );
  try {
    const { logits } = await inBatches(program, mostBatch, { latents: [scaled.test, latents] });
    const answers = largest(logits, labels);
    return answers.filter((answer, i) => answer === test.labels[i]).length / answers.length;
  } finally {
    await program.dispose();
  }
}

/** Both by the means and deviations of what is learned from. A latent that never changes is left as it is. */
function standardized(training: Float32Array, test: Float32Array, latents: number) {
  const count = training.length / latents;
  const [means, deviations] = [new Float64Array(latents), new Float64Array(latents)];
  for (let i = 0; i < training.length; i++) means[i % latents] += training[i] / count;
  for (let i = 0; i < training.length; i++) deviations[i % latents] += (training[i] - means[i % latents]) ** 2 / count;
  const scale = (values: Float32Array) =>
    values.map((value, i) => (value - means[i % latents]) / (Math.sqrt(deviations[i % latents]) || 1));
  return { training: scale(training), test: scale(test) };
}

function mostFrequent(labels: ArrayLike<number>, count: number): number {
  const counts = new Float64Array(count);
  for (let i = 0; i < labels.length; i++) counts[labels[i]]++;
  return Math.max(...counts) / labels.length;
}

function check(where: string, { latents: codes, labels }: Coded, latents: number, count: number): void {
  const refuse = (found: string, needed: string) => new NoemaError("LEAKAGE_CODES", { where, found, needed });
  if (labels.length === 0) throw refuse("there are none", "at least one");
  if (codes.length !== labels.length * latents) {
    throw refuse(`${codes.length} numbers for ${labels.length} labels`, `${latents} latents for each label`);
  }
  const odd = codes.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0)
    throw refuse(`latent ${odd % latents} of picture ${Math.floor(odd / latents)} is ${codes[odd]}`, "a number");
  for (let i = 0; i < labels.length; i++) {
    if (!(labels[i] >= 0 && labels[i] < count))
      throw refuse(`picture ${i} has label ${labels[i]}`, `0 to ${count - 1}`);
  }
}
