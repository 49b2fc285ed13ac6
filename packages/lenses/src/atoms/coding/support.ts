/** @file Support: the atoms chosen for one vector, and the coefficients of least squares, kept up as atoms come and go. */

/** How short, squared, a unit atom may be beside those that were chosen before it: what single precision tells from nothing. */
const leastHeight = 1e-6;

/**
 * G·c = a for the chosen atoms: G their products with each other, a theirs with the vector. G = L·Lᵀ is factored row by row
 * (Cholesky) in double precision.
 */
export class Support {
  count = 0;
  readonly atoms: Int32Array;
  /** Those of least squares after `solve`. */
  readonly coefficients: Float64Array;
  /** Squared length of the projection of the vector on the chosen atoms. */
  explained = 0;
  readonly #most: number;
  readonly #factor: Float64Array;
  /** L⁻¹·a */
  readonly #half: Float64Array;
  readonly #products: Float64Array;
  readonly #solution: Float64Array;
  readonly #gram: (atom: number, other: number) => number;

  /**
   * @param most how many atoms there may be at a time
   * @param gram the product of two atoms
   */
  constructor(most: number, gram: (atom: number, other: number) => number) {
    this.#most = most;
    this.#gram = gram;
    this.atoms = new Int32Array(most);
    this.coefficients = new Float64Array(most);
    this.#factor = new Float64Array(most * most);
    this.#half = new Float64Array(most);
    this.#products = new Float64Array(most);
    this.#solution = new Float64Array(most);
  }

  clear(): void {
    this.count = 0;
    this.explained = 0;
  }

  has(atom: number): boolean {
    for (let i = 0; i < this.count; i++) if (this.atoms[i] === atom) return true;
    return false;
  }

  /**
   * One atom more, with a coefficient of 0 until the next solution.
   *
   * @param product of the atom and the vector
   * @returns false, and nothing is changed, where the atom lies among those that are chosen
   */
  add(atom: number, product: number): boolean {
    const [row, at] = [this.count * this.#most, this.count];
    const factor = this.#factor;
    let height = this.#gram(atom, atom);
    const least = leastHeight * height;
    let half = product;
    for (let j = 0; j < at; j++) {
      const other = j * this.#most;
      let sum = this.#gram(atom, this.atoms[j]);
      for (let m = 0; m < j; m++) sum -= factor[row + m] * factor[other + m];
      sum /= factor[other + j];
      factor[row + j] = sum;
      height -= sum * sum;
      half -= sum * this.#half[j];
    }
    if (!(height > least)) return false;
    const diagonal = Math.sqrt(height);
    factor[row + at] = diagonal;
    this.#half[at] = half / diagonal;
    this.#products[at] = product;
    this.atoms[at] = atom;
    this.coefficients[at] = 0;
    this.explained += this.#half[at] ** 2;
    this.count++;
    return true;
  }

  /** Coefficients of any sign. */
  solve(): void {
    this.#backSubstitute(this.coefficients);
  }

  /**
   * Coefficients that are at least 0: from those that there are towards the solution, and where one would pass 0 on the way, its
   * atom is given up (the inner loop of Lawson and Hanson 1974). Those given up have no part in what follows.
   */
  solveNonNegative(): void {
    const { coefficients } = this;
    for (;;) {
      this.#backSubstitute(this.#solution);
      let [step, blocking] = [1, -1];
      for (let i = 0; i < this.count; i++) {
        if (this.#solution[i] > 0) continue;
        const share = coefficients[i] / (coefficients[i] - this.#solution[i]);
        // One that is 0 and stays 0 has no share.
        if (!(share >= step)) [step, blocking] = [share > 0 ? share : 0, i];
      }
      for (let i = 0; i < this.count; i++) coefficients[i] += step * (this.#solution[i] - coefficients[i]);
      if (blocking < 0) return;
      this.#remove(blocking);
    }
  }

  #backSubstitute(into: Float64Array): void {
    for (let i = this.count - 1; i >= 0; i--) {
      let sum = this.#half[i];
      for (let j = i + 1; j < this.count; j++) sum -= this.#factor[j * this.#most + i] * into[j];
      into[i] = sum / this.#factor[i * this.#most + i];
    }
  }

  /** What was factored before the atom stays; what came after it is factored again. */
  #remove(position: number): void {
    const { atoms, coefficients, count } = this;
    const kept = coefficients.slice(position + 1, count);
    const later = atoms.slice(position + 1, count);
    const products = this.#products.slice(position + 1, count);
    this.count = position;
    this.explained = 0;
    for (let i = 0; i < position; i++) this.explained += this.#half[i] ** 2;
    later.forEach((atom, i) => {
      if (this.add(atom, products[i])) coefficients[this.count - 1] = kept[i];
    });
  }
}
