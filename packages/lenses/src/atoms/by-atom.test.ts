import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byAtom, usesOf } from "./by-atom.js";
import { codesOf } from "./linear-decoder.testing.js";

const atoms = 6;
const someCodes = fc.array(
  fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: atoms - 1 }), fc.constantFrom(-2, -0.5, 0, 1, 3)), {
    selector: ([atom]) => atom,
  }),
  { minLength: 1, maxLength: 12 },
);

test("turns codes round: every part that is not 0 stands with its atom, vectors rising", () => {
  fc.assert(
    fc.property(someCodes, (vectors) => {
      const found = byAtom(codesOf(vectors), atoms);
      for (let atom = 0; atom < atoms; atom++) {
        const { rows, coefficients } = usesOf(found, atom);
        const wanted = vectors.flatMap((own, row) =>
          own.filter(([one, amount]) => one === atom && amount !== 0).map(([, amount]) => [row, amount]),
        );
        expect([...rows].map((row, i) => [row, coefficients[i]])).toEqual(wanted);
      }
    }),
  );
});

describe("refuses codes", () => {
  const good = codesOf([[[0, 1]], [[1, 2]]]);
  test.each<[string, object, RegExp]>([
    ["of no vectors", codesOf([]), /there are none.*ATOMS_EMPTY/],
    [
      "with an atom that there is not",
      { atoms: Uint32Array.of(0, 6) },
      /part 1 is of atom 6, there are 6.*CODES_SHAPE/,
    ],
    ["of NaN", { coefficients: Float32Array.of(1, Number.NaN) }, /number 1: NaN.*ATOMS_NUMBER/],
    ["with a start too few", { starts: Uint32Array.of(0, 2) }, /2 starts for 2 vectors.*CODES_SHAPE/],
    ["that are cut off", { atoms: Uint32Array.of(0), coefficients: Float32Array.of(1) }, /CODES_SHAPE/],
    ["that go back", { starts: Uint32Array.of(0, 5, 2) }, /vector 1 ends before it begins.*CODES_SHAPE/],
    ["with a gap before the first", { starts: Uint32Array.of(1, 1, 2) }, /CODES_SHAPE/],
  ])("%s", (_, wrong, message) => {
    expect(() => byAtom({ ...good, ...wrong }, atoms)).toThrowError(message);
  });

  test("with an atom twice in a vector", () => {
    const twice = codesOf([
      [[0, 1]],
      [
        [1, 2],
        [1, 3],
      ],
    ]);
    expect(() => byAtom(twice, atoms)).toThrowError(/vector 1 has atom 1 twice.*ATOMS_CODES/);
  });
});
