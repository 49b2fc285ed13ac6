import { expect, test } from "vitest";
import { readNumbers } from "./number-lists.js";

const read = (text: string) => readNumbers(text, "--seeds", { least: 0, most: 100_000 });

test.each<[string, number[]]>([
  ["7", [7]],
  ["0..3", [0, 1, 2, 3]],
  ["3..1", [3, 2, 1]],
  ["5, 1..2,5", [5, 1, 2]],
])("reads %s", (text, numbers) => {
  expect(read(text)).toEqual(numbers);
});

test.each(["", "a", "1..", "1...3", "-1", "1.5", "1,,2", "100001", "0..100000", "99999999999999999999"])(
  "refuses %j",
  (text) => {
    expect(() => read(text)).toThrowError(/--seeds: .*OPTION_VALUE$/);
  },
);
