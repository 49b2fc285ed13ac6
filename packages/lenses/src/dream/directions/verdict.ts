/** @file The verdict: what a comparison of kinds of directions supports, in words, and what it does not. */
import type { Comparison, Difference, Estimate, Measure } from "./comparison.js";

/** What the kinds are called in sentences. */
const phrases: Readonly<Record<string, string>> = {
  unit: "the basis (single channels)",
  random: "random directions",
  standardised: "random directions in standardised channels",
  matched: "random directions of the layer's own covariance",
  pca: "principal directions (PCA)",
  ica: "independent directions (ICA)",
  nmf: "non-negative directions (NMF)",
};

/** A kind's name as it stands in a sentence. */
export function phrase(kind: string): string {
  return phrases[kind] ?? kind;
}

/** 1: higher, −1: lower, 0: the interval of all differences together holds 0, so that neither is shown. */
export function shown({ low, high }: Estimate): 1 | 0 | -1 {
  if (low > 0) return 1;
  return high < 0 ? -1 : 0;
}

/**
 * Sentences, the answer to the question first. A difference counts as shown only if its interval among all differences
 * together leaves 0 out.
 */
export function verdict({ kinds, differences }: Comparison): string[] {
  const meanOf = (name: string) => kinds.find((kind) => kind.name === name)!.means.precision.value;
  const ofBasis = differences.filter(({ of }) => of === "unit");
  const others = differences.filter(({ of }) => of !== "unit");
  const [question] = ofBasis.filter(({ from }) => from === "random");
  return [
    ...(question === undefined ? [] : [answer(question, meanOf("unit"), meanOf("random"))]),
    ...[...ofBasis.filter((difference) => difference !== question), ...others].map(sentence),
    ...(question === undefined ? [] : [byEntropy(question)]),
  ];
}

function answer({ together }: Difference, unit: number, random: number): string {
  const values = `${number(unit)} beyond chance for single channels, ${number(random)} for random directions`;
  const difference = `difference ${interval(together.precision)}`;
  const sign = shown(together.precision);
  if (sign > 0) return `The basis is more selective than random directions: ${values}; ${difference}.`;
  if (sign < 0) return `The basis is less selective than random directions: ${values}; ${difference}.`;
  return `No difference between the basis and random directions is shown: ${values}; ${difference}, which holds 0. That does not show that they are equal.`;
}

function sentence(difference: Difference): string {
  const [of, from] = [phrase(difference.of), phrase(difference.from)];
  const size = interval(difference.together.precision);
  const sign = shown(difference.together.precision);
  if (sign > 0) return `${capital(of)} did better than ${from}: ${size}.`;
  if (sign < 0) return `${capital(of)} did worse than ${from}: ${size}.`;
  return `Between ${of} and ${from} no difference is shown: ${size}.`;
}

function byEntropy({ together }: Difference): string {
  const bits = interval(together.purity, " bits");
  const sign: Record<Measure, 1 | 0 | -1> = { precision: shown(together.precision), purity: shown(together.purity) };
  const found =
    sign.purity > 0
      ? `the first pictures of single channels are purer in their labels than those of random directions: ${bits}`
      : sign.purity < 0
        ? `the first pictures of single channels are more mixed in their labels than those of random directions: ${bits}`
        : `between single channels and random directions no difference is shown: ${bits}`;
  const agrees =
    sign.purity === sign.precision ? "agrees" : sign.purity === 0 ? "does not settle it" : "says otherwise";
  return `The label entropy of the first pictures ${agrees}: ${found}.`;
}

/** "+0.12 (0.05 to 0.19)". */
function interval({ value, low, high }: Estimate, unit = ""): string {
  return `${value >= 0 ? "+" : ""}${number(value)}${unit} (${number(low)} to ${number(high)})`;
}

/** With a minus sign proper, and no "−0.000". */
function number(value: number): string {
  const text = value.toFixed(3);
  return Number(text) === 0 ? "0.000" : text.replace("-", "−");
}

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);
