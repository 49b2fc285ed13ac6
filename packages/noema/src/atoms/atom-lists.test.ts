import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAtoms, readSides, readSums } from "./atom-lists.js";

const atom = fc.nat(499);
const amount = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });

test("sums are read as they are written", () => {
  const sum = fc.array(fc.record({ atom, amount }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(sum, { minLength: 1, maxLength: 4 }), (sums) => {
      const text = sums.map((parts) => parts.map((one) => `${one.atom}:${one.amount}`).join(",")).join("/");
      const found = readSums(text, 500).map((parts) => parts.map((one) => ({ ...one, amount: one.amount + 0 })));
      expect(found).toEqual(sums.map((parts) => parts.map((one) => ({ ...one, amount: one.amount + 0 }))));
    }),
  );
  expect(readSums("7", 8)).toEqual([[{ atom: 7, amount: 1 }]]);
});

test("lists and sides are, too", () => {
  fc.assert(
    fc.property(fc.array(atom, { minLength: 1, maxLength: 9 }), fc.boolean(), (list, minus) => {
      expect(readAtoms(list.join(","), 500)).toEqual(list);
      const sides = readSides(list.map((one) => `${minus ? "-" : ""}${one}`).join(","), 500);
      expect(sides).toEqual(list.map((one) => ({ atom: one, sign: minus ? -1 : 1 })));
    }),
  );
});

test("whatever is typed, it is read or refused with a code", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const read of [readAtoms, readSums, readSides]) {
        try {
          const found = read(text, 500).flat();
          expect(found.every((one) => (typeof one === "number" ? one : one.atom) < 500)).toBe(true);
        } catch (error) {
          expect(String(error)).toMatch(/code: (OPTION_VALUE|ATOM_UNKNOWN)/);
        }
      }
    }),
  );
});

describe("refuses", () => {
  test.each([
    [() => readAtoms("", 5), /OPTION_VALUE/],
    [() => readAtoms("1,,2", 5), /OPTION_VALUE/],
    [() => readAtoms("-1", 5), /OPTION_VALUE/],
    [() => readAtoms("5", 5), /no atom 5, there are 5: 0 to 4.*ATOM_UNKNOWN/],
    [() => readAtoms("1,".repeat(5000).slice(0, -1), 5), /OPTION_VALUE/],
    [() => readSums("1:", 5), /"1:"/],
    [() => readSums("1:1e999", 5), /OPTION_VALUE/],
    [() => readSums("1//2", 5), /OPTION_VALUE/],
    [() => readSides("--1", 5), /OPTION_VALUE/],
    [() => readSides("-7", 5), /no atom 7/],
  ])("%s", (read, message) => {
    expect(read).toThrowError(message);
  });
});
