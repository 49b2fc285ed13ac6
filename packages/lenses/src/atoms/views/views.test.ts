import { describe, expect, test } from "vitest";
import type { Panel } from "../../panel.js";
import { byAtom } from "../by-atom.js";
import { axes, codesOf, linearDecoder } from "../linear-decoder.testing.js";
import { atomSheet } from "./atom-sheet.js";
import { attribute } from "./attribute.js";
import { contribution } from "./contribution.js";
import { highCoefficient } from "./high-coefficient.js";
import { steer } from "./steer.js";
import { truncate } from "./truncate.js";

/** Pictures are vectors over mid grey; atoms lie along the axes; the mean is (1, 0, 0). */
const decoder = linearDecoder(3);
const dictionary = axes([1, 0, 0]);
const mean = [1.5, 0.5, 0.5];

/** A cell as a vector: what was decoded, less the grey. */
const cell = ({ pictures, columns }: Panel, row: number, column: number) =>
  Array.from(
    pictures.subarray((row * columns.length + column) * 3, (row * columns.length + column + 1) * 3),
    (v) => Number((v - 0.5).toFixed(5)) + 0,
  );
const texts = (captions: Panel["rows"]) => captions.map(({ text }) => text);
const notes = (captions: Panel["rows"]) => captions.map(({ note }) => note);

describe("atomSheet", () => {
  /** Atom 1 in four of five vectors, at −1 … −3 and 8; atom 0 in one; atom 2 in none. */
  const codes = byAtom(
    codesOf([
      [[1, -1]],
      [
        [1, -2],
        [0, 4],
      ],
      [[1, -3]],
      [[1, 8]],
      [],
    ]),
    3,
  );

  test("adds and takes away what one in twenty vectors have more of; the most frequent first", async () => {
    const { panels, atoms, amounts } = await atomSheet(decoder, dictionary, { codes });
    expect([atoms, amounts]).toEqual([
      [1, 0],
      [8, 4],
    ]);
    expect(texts(panels[0].rows)).toEqual(["atom 1", "atom 0"]);
    expect(notes(panels[0].rows)).toEqual(["±8, in 80 %, 25 % of them +", "±4, in 20 %, 100 % of them +"]);
    expect(texts(panels[0].columns)).toEqual(["−", "mean", "+", "difference"]);
    expect([0, 1, 2, 3].map((column) => cell(panels[0], 0, column))).toEqual([
      [1, -8, 0],
      [1, 0, 0],
      [1, 8, 0],
      [0, 8, 0],
    ]);
  });

  test("the quantile can be chosen, and so can atoms: of one that none has, what others have is shown", async () => {
    const { amounts, panels } = await atomSheet(decoder, dictionary, { codes, quantile: 0.5, atoms: [2, 1] });
    expect(amounts).toEqual([3, 2]);
    expect(panels[0].rows[0].note).toBe("±3, in none");
  });

  test("around a picture; non-negative atoms are not taken away", async () => {
    const vector = Float32Array.of(5, 5, 5);
    const { panels } = await atomSheet(
      decoder,
      { ...dictionary, nonNegative: true },
      { codes, around: { vector, name: "Kim" } },
    );
    expect(texts(panels[0].columns)).toEqual(["Kim", "+", "difference"]);
    expect([cell(panels[0], 1, 0), cell(panels[0], 1, 1), cell(panels[0], 1, 2)]).toEqual([
      [5, 5, 5],
      [9, 5, 5],
      [4, 0, 0],
    ]);
  });

  test("many as a grid, + over −, each column an atom", async () => {
    const { panels } = await atomSheet(decoder, dictionary, { codes, atoms: [2, 1, 0], as: "grid", columns: 2 });
    expect(panels.map(({ columns }) => texts(columns))).toEqual([["2", "1"], ["0"]]);
    expect(texts(panels[0].rows)).toEqual(["+", "−"]);
    expect([cell(panels[0], 0, 1), cell(panels[0], 1, 1), cell(panels[1], 1, 0)]).toEqual([
      [1, 8, 0],
      [1, -8, 0],
      [-3, 0, 0],
    ]);
    const many = axes(new Array(13).fill(0));
    const used = byAtom(codesOf(Array.from({ length: 13 }, (_, atom) => [[atom, 1] as const])), 13);
    expect((await atomSheet(linearDecoder(13), many, { codes: used })).panels[0].rows).toHaveLength(2);
  });

  test.each<[string, object, RegExp]>([
    ["an atom that there is not", { atoms: [0, 3] }, /atom 3: there are 3, 0 to 2.*ATOMS_RANGE/],
    ["half an atom", { atoms: [0.5] }, /atom 0.5.*ATOMS_RANGE/],
    ["no atoms", { atoms: [] }, /none was named.*ATOMS_EMPTY/],
    ["codes of no atoms", { codes: byAtom(codesOf([[], []]), 3) }, /no vector has any atom.*ATOMS_EMPTY/],
    [
      "codes of another dictionary",
      { codes: byAtom(codesOf([[[0, 1]]]), 4) },
      /there are 4, 3 are needed.*ATOMS_COUNT/,
    ],
    ["a quantile beyond 1", { quantile: 95 }, /quantile: 95.*ATOMS_RANGE/],
    [
      "two pictures to stand around",
      { around: { vector: new Float32Array(6) } },
      /around: vectors: there are 2.*ATOMS_COUNT/,
    ],
    ["no columns", { columns: 0 }, /ATOMS_RANGE/],
  ])("refuses %s", async (_, wrong, message) => {
    await expect(atomSheet(decoder, dictionary, { codes, ...wrong })).rejects.toThrowError(message);
  });

  test("a quantile is a coefficient that there is", () => {
    expect([0, 0.25, 0.26, 0.75, 1].map((quantile) => highCoefficient(codes, 1, quantile))).toEqual([1, 1, 2, 3, 8]);
  });
});

describe("truncate", () => {
  const vectors = Float32Array.of(1 + 4, 2, 0, 1, 0, 3);
  const steps = [
    codesOf([[[0, 5]], [[2, 3]]]),
    codesOf([
      [
        [0, 4],
        [1, 2],
      ],
      [[2, 3]],
    ]),
  ];

  test("from the mean to all atoms, with what each step adds, changes and leaves", async () => {
    const { panels } = await truncate(decoder, dictionary, { vectors, steps, names: ["Kim", "Lee"] });
    const [kim] = panels;
    expect([kim.heading?.text, texts(kim.columns)]).toEqual(["Kim", ["mean", "0 +5", "1 +2"]]);
    // Of 4² + 2² = 20, after one atom 1² + 2² = 5.
    expect(notes(kim.columns)).toEqual(["100 % left", "25 % left", "0 % left"]);
    expect([0, 1, 2].map((column) => cell(kim, 0, column))).toEqual([
      [1, 0, 0],
      [6, 0, 0],
      [5, 2, 0],
    ]);
    expect([0, 1, 2].map((column) => cell(kim, 1, column))).toEqual([
      [1, 0, 0],
      [6, 0, 0],
      [1, 2, 0],
    ]);
    // The first coefficient is another one at the second step.
    expect([0, 1, 2].map((column) => cell(kim, 2, column))).toEqual([
      [0, 0, 0],
      [5, 0, 0],
      [-1, 2, 0],
    ]);
    expect(kim.from?.map(({ text }) => text)).toEqual(["whole vector"]);
  });

  test("a vector that takes no more atoms ends early; one that is the mean has nothing left", async () => {
    const { panels } = await truncate(decoder, dictionary, { vectors, steps, pictures: new Float32Array(6) });
    expect(texts(panels[1].columns)).toEqual(["mean", "2 +3"]);
    expect(panels[1].from?.map(({ text }) => text)).toEqual(["picture", "whole vector"]);
    const none = await truncate(decoder, dictionary, { vectors: dictionary.mean, steps: [codesOf([[]])] });
    expect(notes(none.panels[0].columns)).toEqual(["0 % left"]);
  });

  test("steps of several atoms at once, and an atom that is given up", async () => {
    const several = [
      codesOf([[[2, 1]]]),
      codesOf([
        [
          [0, 4],
          [1, 2],
        ],
      ]),
      codesOf([[[0, 4]]]),
    ];
    const { panels } = await truncate(decoder, dictionary, { vectors: vectors.slice(0, 3), steps: several });
    expect(texts(panels[0].columns)).toEqual(["mean", "2 +1", "2 atoms", "fewer"]);
    expect(cell(panels[0], 1, 2)).toEqual([5, 2, 0]);
  });

  test.each<[string, object, RegExp]>([
    ["no codes", { steps: [] }, /ATOMS_EMPTY/],
    ["codes of fewer vectors", { steps: [codesOf([[]])] }, /there is 1, 2 are needed.*ATOMS_COUNT/],
    ["atoms that there are not", { steps: [codesOf([[[9, 1]], []])] }, /atom 9, there are 3.*CODES_SHAPE/],
    ["names of others", { names: ["Kim"] }, /names of pictures: there is 1, 2 are needed.*ATOMS_COUNT/],
  ])("refuses %s", async (_, wrong, message) => {
    await expect(truncate(decoder, dictionary, { vectors, steps, ...wrong })).rejects.toThrowError(message);
  });
});

describe("contribution", () => {
  const codes = codesOf([
    [
      [0, 1],
      [2, -3],
    ],
    [[1, 2]],
    [],
  ]);

  test("the picture without each atom, what that changes, and the atom alone; the strongest first", async () => {
    const { panels } = await contribution(decoder, dictionary, { codes, rows: [0] });
    expect(panels).toHaveLength(1);
    expect(panels[0].rows).toEqual([
      { text: "atom 2", note: "−3" },
      { text: "atom 0", note: "+1" },
    ]);
    expect([0, 1, 2].map((column) => cell(panels[0], 0, column))).toEqual([
      [2, 0, 0],
      [0, 0, -3],
      [1, 0, -3],
    ]);
    expect([...panels[0].from![0].picture!]).toEqual([2.5, 0.5, -2.5]);
  });

  test("of named atoms, also where a picture has none of it; differences may be enlarged", async () => {
    const { panels } = await contribution(decoder, dictionary, { codes, atoms: [1], gain: 10 });
    expect(panels.map(({ rows }) => rows[0].note)).toEqual(["not in this picture", "+2", "not in this picture"]);
    expect([cell(panels[0], 0, 1), cell(panels[1], 0, 1)]).toEqual([
      [0, 0, 0],
      [0, 20, 0],
    ]);
  });

  test("a picture without atoms says so", async () => {
    const { panels } = await contribution(decoder, dictionary, { codes, most: 1 });
    expect(panels.map(({ rows }) => rows.length)).toEqual([1, 1, 0]);
    expect(panels[2].heading).toEqual({ text: "picture 3", note: "has no atoms" });
    expect([...panels[2].from![0].picture!]).toEqual(mean);
  });

  test.each<[string, object, RegExp]>([
    ["a row that there is not", { rows: [3] }, /vector 3: there are 3, 0 to 2.*ATOMS_RANGE/],
    ["an atom that there is not", { atoms: [-1] }, /atom -1: there are 3.*ATOMS_RANGE/],
    ["no rows", { rows: [] }, /ATOMS_EMPTY/],
    ["an endless gain", { gain: Number.POSITIVE_INFINITY }, /gain.*ATOMS_NUMBER/],
  ])("refuses %s", async (_, wrong, message) => {
    await expect(contribution(decoder, dictionary, { codes, ...wrong })).rejects.toThrowError(message);
  });
});

describe("steer", () => {
  const vectors = Float32Array.of(0, 0, 0, 7, 8, 9);

  test("adds an atom, or several at once, to each picture; as it was is marked", async () => {
    const add = [
      1,
      [
        { atom: 0, amount: 1 },
        { atom: 2, amount: -0.5 },
      ],
    ];
    const { panels } = await steer(decoder, dictionary, { vectors, add, amounts: [-2, 0, 2], names: ["Kim", "Lee"] });
    expect(panels.map(({ heading }) => heading?.text)).toEqual(["atom 1", "atom 0 − 0.5 · atom 2"]);
    expect([texts(panels[0].rows), texts(panels[0].columns)]).toEqual([
      ["Kim", "Lee"],
      ["−2", "0", "+2"],
    ]);
    expect(panels[0].marked).toEqual([1, 4]);
    expect([cell(panels[0], 1, 0), cell(panels[0], 1, 1), cell(panels[1], 1, 2), cell(panels[1], 0, 0)]).toEqual([
      [7, 6, 9],
      [7, 8, 9],
      [9, 8, 8],
      [-2, 0, 1],
    ]);
  });

  test.each<[string, object, RegExp]>([
    ["an atom that there is not", { add: [3] }, /atom 3: there are 3, 0 to 2.*ATOMS_RANGE/],
    ["nothing to add", { add: [] }, /what is added: there are none.*ATOMS_EMPTY/],
    ["a sum of nothing", { add: [[]] }, /ATOMS_EMPTY/],
    ["NaN of an atom", { add: [[{ atom: 1, amount: Number.NaN }]] }, /amount of atom 1: NaN.*ATOMS_NUMBER/],
    ["no amounts", { amounts: [] }, /amounts: there are none.*ATOMS_EMPTY/],
    ["an endless amount", { amounts: [Number.POSITIVE_INFINITY] }, /ATOMS_NUMBER/],
  ])("refuses %s", async (_, wrong, message) => {
    await expect(steer(decoder, dictionary, { vectors, add: [0], amounts: [1], ...wrong })).rejects.toThrowError(
      message,
    );
  });
});

describe("attribute", () => {
  /** The first two have 2 and 4 along the second axis; all have 1 along the third; the mean is (1, 0, 0). */
  const vectors = Float32Array.of(1, 2, 1, 1, 4, 1, 1, 0, 1, 1, 0, 1);
  const coded: number[][] = [];
  const code = (given: Float32Array) => {
    coded.push([...given]);
    return codesOf([
      [
        [2, given[2] - 0.5],
        [1, given[1]],
      ],
    ]);
  };

  test("is the mean of examples, decoded, as a sum of atoms, and added to pictures", async () => {
    const found = await attribute(decoder, dictionary, {
      ...{ vectors, chosen: [0, 1], code, name: "smile" },
      onto: { vectors: Float32Array.of(9, 9, 9), amounts: [0, 2], names: ["Kim"] },
    });
    expect([...found.direction]).toEqual([0, 3, 1]);
    // The mean is still in what is coded.
    expect(coded.at(-1)).toEqual([1, 3, 1]);
    expect(found.parts).toEqual([
      { atom: 1, amount: 3 },
      { atom: 2, amount: 0.5 },
    ]);
    // 0.5² of 3² + 1².
    expect(found.left).toBeCloseTo(0.025, 12);
    const [itself, onto] = found.panels;
    expect([texts(itself.columns), itself.heading?.note]).toEqual([
      ["mean", "smile", "its atoms", "atom 1", "atom 2"],
      "2 examples",
    ]);
    expect([0, 1, 2, 3, 4].map((column) => cell(itself, 0, column))).toEqual([
      [1, 0, 0],
      [1, 3, 1],
      [1, 3, 0.5],
      [1, 3, 0],
      [1, 0, 0.5],
    ]);
    expect([texts(onto.rows), texts(onto.columns), onto.marked]).toEqual([["Kim"], ["0", "+2"], [0]]);
    expect(cell(onto, 0, 1)).toEqual([9, 15, 11]);
  });

  test("told from the others it is without what all have", async () => {
    const found = await attribute(decoder, dictionary, { vectors, chosen: [0, 1], from: "others", code });
    expect([...found.direction]).toEqual([0, 3, 0]);
    expect(found.panels).toHaveLength(1);
  });

  test.each<[string, object, RegExp]>([
    ["no examples", { chosen: [] }, /ATOMS_EMPTY/],
    ["an example that there is not", { chosen: [4] }, /vector 4: there are 4, 0 to 3.*ATOMS_RANGE/],
    ["no others", { chosen: [0, 1, 2, 3], from: "others" }, /not chosen: there are none.*ATOMS_EMPTY/],
    [
      "examples that are as the rest",
      { chosen: [2], vectors: Float32Array.of(1, 0, 0, 1, 0, 0, 1, 0, 0) },
      /ATOMS_ALIKE/,
    ],
    [
      "a code of two vectors",
      { code: () => codesOf([[], []]) },
      /codes of the attribute: there are 2, 1 is needed.*ATOMS_COUNT/,
    ],
    ["a code of other atoms", { code: () => codesOf([[[3, 1]]]) }, /atom 3, there are 3.*CODES_SHAPE/],
    ["no amounts", { onto: { vectors, amounts: [] } }, /ATOMS_EMPTY/],
  ])("refuses %s", async (_, wrong, message) => {
    await expect(attribute(decoder, dictionary, { vectors, chosen: [0], code, ...wrong })).rejects.toThrowError(
      message,
    );
  });
});
