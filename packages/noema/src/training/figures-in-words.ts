/** @file figuresInWords: what came of a training, in a few lines. */
import { duration } from "../terminal/progress.js";
import type { RunFile } from "./run-file.js";

export function figuresInWords({
  task,
  data,
  figures,
  seconds,
  steps,
  label,
  labels,
  bestEpoch,
  history,
}: RunFile): string[] {
  const on =
    data.test > 0 ? `${data.test} pictures set apart (${data.manner})` : `the ${data.training} pictures learned from`;
  const done = `${history.length} epochs, ${steps} steps in ${duration(1000 * seconds)}${bestEpoch === undefined ? "" : `; the best was epoch ${bestEpoch}`}.`;
  if (task === "autoencoder") return [done, `On ${on}: ${autoencoderInWords(figures)}.`];
  const percent = `${(100 * figures.accuracy).toFixed(2)} %`;
  const lines = [done, `On ${on}: ${label} right on ${percent} (${labels.length} labels)`];
  if (figures["squared-error"] === undefined) return [lines[0], `${lines[1]}.`];
  const error = figures["squared-error"].toPrecision(4);
  return [
    lines[0],
    `${lines[1]}, squared error ${error} a picture, cross-covariance ${figures["cross-covariance"].toPrecision(3)}.`,
  ];
}

function autoencoderInWords(figures: RunFile["figures"]): string {
  const { "explained-variance": explained, "kl-divergence": divergence } = figures;
  return [
    `squared error ${figures["squared-error"].toPrecision(4)} a picture`,
    ...(explained === undefined ? [] : [`${(100 * explained).toFixed(2)} % of the variance of pixels explained`]),
    ...(divergence === undefined ? [] : [`${divergence.toFixed(1)} nats of latents`]),
  ].join(", ");
}
