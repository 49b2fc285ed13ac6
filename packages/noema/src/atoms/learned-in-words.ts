/** @file learnedInWords: what came of learning, a line each. */
import type { LearnedAtoms } from "./learn-atoms.js";

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const count = (n: number) => n.toLocaleString("en-US");

export function learnedInWords({ file, dictionary }: LearnedAtoms): string[] {
  const { figures, sparsity } = dictionary;
  const { split } = file;
  const explained = percent(figures.explained);
  const of =
    split.test > 0
      ? `explain ${explained} of the variance of ${count(split.test)} vectors set apart${split.manner === "held out" ? ", whole values held out" : ""}, ${percent(figures.explainedOfTraining)} of the ${count(split.training)} that taught`
      : `explain ${explained} of the variance of all ${count(split.training)} vectors`;
  return [
    `${count(dictionary.count)} atoms of ${count(dictionary.length)} numbers, by ${String(dictionary.options.method)}; at most ${sparsity} of each vector ${of}`,
    `${count(figures.used)} are used, ${count(figures.rare)} of them hardly ever; ${count(figures.dead)} are not`,
  ];
}
