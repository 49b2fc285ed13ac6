/** @file Representation: latents of pictures whose factors are known; and the checks that every metric begins with. */
import { NoemaError } from "@noema/engine";

/** Something that is known of every picture: its label, the person, a position. */
export interface KnownFactor {
  readonly name: string;
  /** Names of its values. */
  readonly values: readonly string[];
  /** Which value each picture has: N, 0 … values − 1. */
  readonly of: Int32Array;
  /** What each value amounts to, where the factor is a quantity, such as pixels to the right: one number per value. */
  readonly numbers?: readonly number[] | undefined;
}

export interface Representation {
  /** N×Z: what an encoder made of N pictures. */
  readonly latents: Float32Array;
  readonly factors: readonly KnownFactor[];
}

/** A factor of which these pictures have two values at least. */
export interface VaryingFactor {
  readonly name: string;
  /** How many of its values these pictures have. */
  readonly count: number;
  /** N, 0 … count − 1: values that no picture has are left out. */
  readonly of: Int32Array;
  /** The amount in each picture: N. */
  readonly amounts?: Float64Array;
}

export interface Checked {
  readonly pictures: number;
  /** One array of N per latent. */
  readonly columns: readonly Float32Array[];
  readonly factors: readonly VaryingFactor[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

/** As many pictures as the bins of the metrics by mutual information, 20: with fewer every picture has a bin of its own. */
const fewestPictures = 20;

/**
 * Latents by column, and the factors that vary. A factor of one value says nothing about the latents (its entropy is 0, by
 * which MIG divides): it is left out, and a note says so.
 *
 * @param fewestFactors 2 for metrics that compare factors with each other
 * @throws NoemaError FACTORS_NONE, FACTOR_LENGTH, FACTOR_VALUE, FACTOR_NUMBERS, FACTORS_CONSTANT, FACTORS_FEW, PICTURES_FEW,
 *   LATENTS_LENGTH, LATENTS_NOT_FINITE
 */
export function checked({ latents, factors }: Representation, fewestFactors = 1): Checked {
  if (factors.length === 0) {
    throw new NoemaError("FACTORS_NONE", {
      where: "the factors of the pictures",
      found: "none are known",
      needed: "at least one, such as the label",
      remedy: "Metrics of disentanglement compare latents with factors that are known.",
    });
  }
  const pictures = factors[0].of.length;
  for (const factor of factors) checkFactor(factor, pictures, factors[0].name);
  if (pictures < fewestPictures) {
    throw new NoemaError("PICTURES_FEW", {
      where: "the pictures",
      found: `${pictures}`,
      needed: `at least ${fewestPictures}`,
      remedy: "Measure on more pictures; a few thousand are better.",
    });
  }
  const size = latents.length / pictures;
  if (size < 1 || !Number.isInteger(size)) {
    throw new NoemaError("LATENTS_LENGTH", {
      where: "latents",
      found: `${latents.length} numbers for ${pictures} pictures`,
      needed: "as many for each picture, and one at least",
    });
  }
  const bad = latents.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) {
    throw new NoemaError("LATENTS_NOT_FINITE", {
      where: `picture ${Math.floor(bad / size)}, latent ${bad % size}`,
      found: `${latents[bad]}`,
      needed: "finite numbers",
      remedy: "The encoder gives no numbers for this picture: has its training gone wrong?",
    });
  }
  const varying: VaryingFactor[] = [];
  const notes: string[] = [];
  for (const factor of factors) {
    const found = varyingFactor(factor);
    if (found.count > 1) varying.push(found);
    else notes.push(`"${factor.name}" is the same in all pictures and was left out.`);
  }
  if (varying.length === 0) {
    throw new NoemaError("FACTORS_CONSTANT", {
      where: factors.map(({ name }) => `"${name}"`).join(", "),
      found: "the same in all pictures",
      needed: "a factor with two values at least",
    });
  }
  if (varying.length < fewestFactors) {
    throw new NoemaError("FACTORS_FEW", {
      where: `"${varying[0].name}"`,
      found: "the only factor that varies",
      needed: `${fewestFactors} at least, since this metric compares factors with each other`,
    });
  }
  return { pictures, columns: columnsOf(latents, pictures, size), factors: varying, notes };
}

/** Whether all pictures have the same value of this latent. */
export function isConstant(column: Float32Array): boolean {
  return column.every((v) => v === column[0]);
}

function checkFactor({ name, values, of, numbers }: KnownFactor, pictures: number, first: string): void {
  if (of.length !== pictures) {
    throw new NoemaError("FACTOR_LENGTH", {
      where: `"${name}"`,
      found: `known of ${of.length} pictures`,
      needed: `${pictures}, as "${first}" is`,
    });
  }
  const bad = of.findIndex((value) => !Number.isInteger(value) || value < 0 || value >= values.length);
  if (bad >= 0) {
    throw new NoemaError("FACTOR_VALUE", {
      where: `"${name}", picture ${bad}`,
      found: `value ${of[bad]}`,
      needed: `0 to ${values.length - 1}, since it has ${values.length} values`,
      remedy: "Leave out pictures of which a factor is not known.",
    });
  }
  if (numbers !== undefined && (numbers.length !== values.length || !numbers.every(Number.isFinite))) {
    throw new NoemaError("FACTOR_NUMBERS", {
      where: `"${name}"`,
      found: `${numbers.filter(Number.isFinite).length} finite numbers for ${values.length} values`,
      needed: "one for each value",
    });
  }
}

function varyingFactor({ name, values, of, numbers }: KnownFactor): VaryingFactor {
  const codes = new Int32Array(values.length).fill(-1);
  for (const value of of) codes[value] = 0;
  let count = 0;
  codes.forEach((code, value) => {
    if (code === 0) codes[value] = count++;
  });
  const amounts = numbers && Float64Array.from(of, (value) => numbers[value]);
  // A quantity whose numbers are all the same does not vary, whatever its values are called.
  if (amounts?.every((amount) => amount === amounts[0])) count = 1;
  return { name, count, of: of.map((value) => codes[value]), ...(amounts && { amounts }) };
}

function columnsOf(latents: Float32Array, pictures: number, size: number): Float32Array[] {
  const columns = Array.from({ length: size }, () => new Float32Array(pictures));
  for (let i = 0, at = 0; i < pictures; i++) for (let j = 0; j < size; j++) columns[j][i] = latents[at++];
  return columns;
}
