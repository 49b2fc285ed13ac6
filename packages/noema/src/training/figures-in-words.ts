/** @file figuresInWords: what came of a training, in a few lines. */
import { duration } from "../terminal/progress.js";
import type { RunFile } from "./run-file.js";

export function figuresInWords({
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
  const percent = `${(100 * figures.accuracy).toFixed(2)} %`;
  const lines = [
    `${history.length} epochs, ${steps} steps in ${duration(1000 * seconds)}${bestEpoch === undefined ? "" : `; the best was epoch ${bestEpoch}`}.`,
    `On ${on}: ${label} right on ${percent} (${labels.length} labels)`,
  ];
  if (figures["squared-error"] === undefined) return [lines[0], `${lines[1]}.`];
  const error = figures["squared-error"].toPrecision(4);
  return [
    lines[0],
    `${lines[1]}, squared error ${error} a picture, cross-covariance ${figures["cross-covariance"].toPrecision(3)}.`,
  ];
}
