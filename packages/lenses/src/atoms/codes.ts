/** @file Codes: vectors as few atoms each, row by row. */
import { NoemaError } from "@noema/engine";

export interface Codes {
  /** N. */
  readonly vectors: number;
  /** N + 1: where the parts of each vector begin, and where the last one's end. */
  readonly starts: Uint32Array;
  /** Which atom each part is, in the order in which they were chosen. */
  readonly atoms: Uint32Array;
  /** How much of it. */
  readonly coefficients: Float32Array;
}

/** Codes of some vectors, then those of others: for what is coded part by part. */
export function joinCodes(parts: readonly Codes[]): Codes {
  const vectors = parts.reduce((sum, part) => sum + part.vectors, 0);
  const entries = parts.reduce((sum, { starts, vectors: count }) => sum + starts[count], 0);
  const starts = new Uint32Array(vectors + 1);
  const [atoms, coefficients] = [new Uint32Array(entries), new Float32Array(entries)];
  let [row, at] = [0, 0];
  for (const part of parts) {
    for (let i = 0; i < part.vectors; i++) starts[row + i] = at + part.starts[i];
    const end = part.starts[part.vectors];
    atoms.set(part.atoms.subarray(0, end), at);
    coefficients.set(part.coefficients.subarray(0, end), at);
    row += part.vectors;
    at += end;
  }
  starts[vectors] = at;
  return { vectors, starts, atoms, coefficients };
}

/**
 * @param atoms how many the dictionary has
 * @throws NoemaError CODES_SHAPE where arrays do not fit each other, or a part is of an atom that is not there
 */
export function checkCodes({ vectors, starts, atoms, coefficients }: Codes, count: number): void {
  const refuse = (found: string, needed: string) => new NoemaError("CODES_SHAPE", { where: "codes", found, needed });
  if (starts.length !== vectors + 1 || starts[0] !== 0 || starts[vectors] !== atoms.length) {
    throw refuse(`${starts.length} starts for ${vectors} vectors and ${atoms.length} parts`, "one each, and the end");
  }
  if (coefficients.length !== atoms.length) {
    throw refuse(`${coefficients.length} coefficients for ${atoms.length} atoms`, "one for each is needed");
  }
  for (let n = 0; n < vectors; n++) {
    if (starts[n + 1] < starts[n]) throw refuse(`vector ${n} ends before it begins`, "starts must not fall");
  }
  const odd = atoms.findIndex((atom) => atom >= count);
  if (odd >= 0) throw refuse(`part ${odd} is of atom ${atoms[odd]}`, `there are ${count}`);
}
