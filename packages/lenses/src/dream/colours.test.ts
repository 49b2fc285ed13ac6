import { compile, input } from "@noema/engine";
import { expect, test } from "vitest";
import { colours, imagenetColours } from "./colours.js";

test("mixes by Lucid's matrix over its longest column, then bounds by a sigmoid", async () => {
  const values = input("values", [1, 3, 1, 1]);
  const pictures = colours(3, imagenetColours).picture(values);
  const program = await compile({ inputs: { values }, outputs: { pictures } }, { threads: 1 });
  const found = (await program.run({ values: [1, -2, 0.5] })).pictures.toNumbers();
  await program.dispose();
  const longest = Math.sqrt(0.26 ** 2 + 0.27 ** 2 + 0.27 ** 2);
  const red = (0.26 - 2 * 0.09 + 0.5 * 0.02) / longest;
  expect(found[0]).toBeCloseTo(1 / (1 + Math.exp(-red)), 6);
  expect(found[2]).toBeCloseTo(1 / (1 + Math.exp(-(0.27 + 2 * 0.09 + 0.5 * 0.03) / longest)), 6);
});

test("refuses a matrix of another size, or without an inverse", () => {
  expect(() => colours(3, [[1]])).toThrowError(/COLOURS_SHAPE/);
  expect(() =>
    colours(2, [
      [1, 2],
      [2, 4],
    ]),
  ).toThrowError(/COLOURS_SINGULAR/);
});
