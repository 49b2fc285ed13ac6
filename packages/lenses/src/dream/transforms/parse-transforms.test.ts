import { NoemaError, seededRandom } from "@noema/engine";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { transforms as kinds } from "./index.js";
import { lucidTransforms } from "./lucid.js";
import { parseTransforms } from "./parse-transforms.js";
import type { AmountSpec, Transform } from "./transform.js";

const size = { batch: 1, channels: 3, height: 30, width: 8 };
const draws = (transforms: readonly Transform[], progress: number, seed: number) =>
  transforms.map((one) => one.draw(seededRandom(seed), { size, progress }));

test("words become transforms; moves beside each other become one", () => {
  const { transforms, text } = parseTransforms(
    "pad:12 jitter:8 scale:0.9..1.1 rotate:-10..10 jitter:4 blur:1..1.1 noise:0.1..0 flip crop:0.5..0.05",
  );
  expect(transforms.map((one) => Object.keys(one.draws(size)).join())).toEqual([
    "affine",
    "down,across",
    "noise",
    "down,across",
  ]);
  expect(text).toBe(
    "pad:12 jitter:8 scale:0.9..1.1 rotate:-10..10 jitter:4 blur:1..1.1 noise:0.1..0 flip crop:0.5..0.05",
  );
});

test("lucid and none", () => {
  expect(parseTransforms(" lucid ")).toEqual({ text: "lucid", transforms: lucidTransforms });
  expect(parseTransforms("none")).toEqual({ text: "none", transforms: [] });
});

test("what lies around the picture holds for the moves after it", () => {
  const { transforms, text } = parseTransforms("jitter:4 around:random jitter:2 pad:3 blur:1 around:mirrored flip");
  expect(transforms.map((one) => "colour" in one.draws(size))).toEqual([false, true, false, false]);
  expect(text).toBe("jitter:4 around:random jitter:2 pad:3 blur:1 around:mirrored flip");
});

test.each([
  ["  jitter:8   blur:1 ", "jitter:8 blur:1"],
  ["flip:0.5 flip:0.25", "flip flip:0.25"],
  ["scale:1.0,1.050,.5 rotate:5..5", "scale:1,1.05,0.5 rotate:5"],
  ["noise:1e-1..0 rotate:-0", "noise:0.1..0 rotate:0"],
  ["around:grey jitter:4 around:grey jitter:2", "jitter:4 jitter:2"],
  ["around:black blur:1 jitter:4", "blur:1 around:black jitter:4"],
])("%s is written %s", (given, text) => {
  expect(parseTransforms(given).text).toBe(text);
});

test("a range of a drawn number is a chance, a range of a course is a way", () => {
  const side = (text: string, progress: number, seed: number) => {
    const { down } = draws(parseTransforms(text).transforms, progress, seed)[0];
    // How many rows of the picture any shown row is made of.
    return Array.from({ length: size.height }, (_, row) => row).filter((row) =>
      Array.from({ length: size.height }, (_, i) => down[i * size.height + row]).some((weight) => weight > 0),
    ).length;
  };
  expect(side("crop:1..0.1", 0, 1)).toBe(30);
  expect(side("crop:1..0.1", 1, 1)).toBeLessThanOrEqual(5);
  expect(side("crop:1..0.1", 1, 1)).toBe(side("crop:0.1", 0.3, 1));
  expect(new Set([1, 2, 3, 4, 5].map((seed) => side("scale:1..4", 0, seed))).size).toBeGreaterThan(1);
});

describe("errors point at the character", () => {
  const pointer = (text: string) => {
    try {
      parseTransforms(text);
    } catch (error) {
      const { code, parts } = error as NoemaError;
      const mark = parts.remedy?.split("\n")[2] ?? "";
      return `${code} ${mark.length - 3}: ${parts.found}`;
    }
    return "none";
  };
  test.each([
    ["", /^TRANSFORM_SYNTAX 0: a transform is missing here; for none at all, say "none"/],
    ["jitter:8 rotat:5", /^TRANSFORM_UNKNOWN 9: no transform has this name; nearest: "rotate"/],
    ["jitter:8 toString:5", /^TRANSFORM_UNKNOWN 9/],
    ["jitter", /^TRANSFORM_AMOUNT 6: the number is missing: jitter:PIXELS/],
    ["flip:", /^TRANSFORM_AMOUNT 4: the number is missing/],
    ["blur:1 jitter:8.5", /^TRANSFORM_AMOUNT 14: a whole number belongs here/],
    ["scale:0.9..0", /^TRANSFORM_AMOUNT 11: the number must be from 0.01 to 100/],
    ["scale:0.9..x", /^TRANSFORM_AMOUNT 11: a number belongs here: scale:FACTORS/],
    ["scale:0.9..1..2", /^TRANSFORM_AMOUNT 12: nothing more belongs here/],
    ["scale:0.9,1..2", /^TRANSFORM_AMOUNT 11: nothing more belongs here/],
    ["jitter:1..2", /^TRANSFORM_AMOUNT 8: nothing more belongs here/],
    ["noise:1,2", /^TRANSFORM_AMOUNT 7: nothing more belongs here/],
    ["noise:1e999", /^TRANSFORM_AMOUNT 6: the number must be from 0 to 10/],
    ["jitter:4 lucid", /^TRANSFORM_SYNTAX 9: "lucid" stands alone/],
    ["none:4", /^TRANSFORM_SYNTAX 0: "none" stands alone/],
    [":4", /^TRANSFORM_SYNTAX 0: the name of a transform is missing/],
    ["jitter:4 around:green jitter:4", /^TRANSFORM_AMOUNT 9: around what\? One of black, grey/],
    ["around:black blur:1", /^TRANSFORM_SYNTAX 0: nothing that moves the picture comes after it/],
    ["around:black around:white jitter:1", /^TRANSFORM_SYNTAX 0: nothing that moves/],
  ])("%s", (text, message) => {
    expect(pointer(text)).toMatch(message);
  });
});

const amountText = ({ form, least, most, isWhole, otherwise }: AmountSpec): fc.Arbitrary<string> => {
  const number = isWhole ? fc.integer({ min: least, max: most }) : fc.double({ min: least, max: most, noNaN: true });
  const one = number.map((v) => `:${v}`);
  const range = fc.tuple(number, number).map(([a, b]) => `:${a}..${b}`);
  const list = fc.array(number, { minLength: 1, maxLength: 4 }).map((values) => `:${values.join(",")}`);
  const bare = otherwise === undefined ? [] : [fc.constant("")];
  return fc.oneof(one, ...(form === "one" ? [] : [range]), ...(form === "drawn" ? [list] : []), ...bare);
};
const moveNames = ["jitter", "scale", "rotate", "pad", "flip", "crop"];
const word = fc.constantFrom(...kinds).chain((kind) => amountText(kind.amount).map((amount) => kind.name + amount));
const surrounded = fc
  .tuple(fc.constantFrom("black", "grey", "white", "mirrored", "random"), word)
  .map(([around, next]) => (moveNames.includes(next.split(":")[0]) ? `around:${around} ${next}` : next));

test("what is written says the same when it is read again", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(word, surrounded), { minLength: 1, maxLength: 8 }), fc.integer(), (words, seed) => {
      const first = parseTransforms(words.join(" "));
      const again = parseTransforms(first.text);
      expect(again.text).toBe(first.text);
      const drawn = (transforms: readonly Transform[]) => JSON.stringify(draws(transforms, 0.3, seed));
      expect(drawn(again.transforms) === drawn(first.transforms)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test("any text is read or refused, with an error of ours", () => {
  const pieces = fc.constantFrom(
    ...kinds.map(({ name }) => name),
    "around",
    "lucid",
    ":",
    "..",
    ",",
    " ",
    "-",
    "1",
    "0.5",
    "e",
    "\t",
    "grey",
    "__proto__",
    "\u0000",
    "\ud800",
    "😀",
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(pieces).map((list) => list.join("")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parseTransforms(text);
      } catch (error) {
        if (!(error instanceof NoemaError && error.code.startsWith("TRANSFORM_"))) throw error;
      }
    }),
    { numRuns: 200 },
  );
});
