/** @file studyVerdict: what a study of a layer supports, in words, and what it does not. */
import type { ExplainedShare } from "./sparsity-curves.js";
import type { LayerStudy } from "./study-layer.js";

export interface StudyVerdict {
  /** Whether the layer is above its Gaussian and its shuffled control, by intervals that leave 0 out. */
  readonly exceeds: boolean;
  /** Whether it is so more than the same layer without training is; undefined where none was looked at. */
  readonly byTraining?: boolean;
  /** In a few words. */
  readonly answer: string;
  /** The answer first. */
  readonly sentences: readonly string[];
}

/** A layer counts as above a control where the interval of the difference, at all its atoms, leaves 0 out. */
export function studyVerdict(layer: string, { curves, above }: LayerStudy): StudyVerdict {
  const last = above.gaussian.length - 1;
  const own = curves.layer![last];
  const [gaussian, shuffled] = [above.gaussian[last], above.shuffled[last]];
  const exceeds = gaussian.low > 0 && shuffled.low > 0;
  const explains = `${layer}: ${last} atoms explain ${percent(own.value)} of the variance of vectors that taught nothing, ${percent(curves.gaussian![last].value)} of Gaussian vectors of the same covariance, ${percent(curves.shuffled![last].value)} where each coordinate is shuffled`;
  const answer = exceeds
    ? "sparse structure exceeds both controls"
    : gaussian.low > 0
      ? "it is above the Gaussian control only"
      : shuffled.low > 0
        ? "it is above the shuffled control only: what its covariance does not explain is not shown to be sparse"
        : "no sparse structure beyond the controls is shown";
  const sentences = [
    `${explains}: ${answer} (${points(gaussian)} above the first, ${points(shuffled)} above the second).`,
  ];
  if (above.untrained === undefined) return { exceeds, answer, sentences };
  const beyond = above.untrained[last];
  const untrained = `The same layer untrained: ${percent(curves.untrained![last].value)}, and ${percent(curves["untrained-gaussian"]![last].value)} of Gaussian vectors of its covariance`;
  const verdict =
    beyond.low > 0
      ? "training has added structure"
      : beyond.high < 0
        ? "the untrained layer has more of it"
        : "that training has added structure is not shown";
  return {
    exceeds,
    answer: exceeds && beyond.low <= 0 ? `${answer}, as in the untrained layer` : answer,
    byTraining: beyond.low > 0,
    sentences: [...sentences, `${untrained}: ${verdict} (${points(beyond)} beyond its excess).`],
  };
}

const percent = (share: number) => `${(100 * share).toFixed(1).replace("-", "−")} %`;

/** "+12.3 points (11.0 to 13.9)". */
function points({ value, low, high }: ExplainedShare): string {
  const [at, from, to] = [value, low, high].map((share) => {
    const text = (100 * share).toFixed(1);
    return Number(text) === 0 ? "0.0" : text.replace("-", "−");
  });
  return `${value >= 0 ? "+" : ""}${at} points (${from} to ${to})`;
}
