import { NoemaError } from "@noema/engine";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expandBraces } from "./expand-braces.js";

test.each<[string, string[]]>([
  ["l1", ["l1"]],
  ["", [""]],
  ["channel:a:{0..3,7}", ["channel:a:0", "channel:a:1", "channel:a:2", "channel:a:3", "channel:a:7"]],
  ["{3..0}", ["3", "2", "1", "0"]],
  ["{0..10..5}", ["0", "5", "10"]],
  ["{9..0..4}", ["9", "5", "1"]],
  ["{-1..1}", ["-1", "0", "1"]],
  ["{5}", ["5"]],
  ["{4..4}", ["4"]],
  ["{a,b}:{1,2}", ["a:1", "a:2", "b:1", "b:2"]],
  ["{a{1..2},b}x", ["a1x", "a2x", "bx"]],
  ["{a,{b,{c,d}}}", ["a", "b", "c", "d"]],
  ["group:a:3,5", ["group:a:3,5"]],
  ['channel:"{0..3}":{1,2}', ['channel:"{0..3}":1', 'channel:"{0..3}":2']],
  ['{"a,b",c}', ['"a,b"', "c"]],
  ["{0..3}..{1}", ["0..1", "1..1", "2..1", "3..1"]],
])("%s", (text, texts) => {
  expect(expandBraces(text)).toEqual(texts);
});

test("as many texts as the braces say, all different, in order", () => {
  const range = fc.tuple(fc.integer({ min: -30, max: 30 }), fc.integer({ min: -30, max: 30 }));
  fc.assert(
    fc.property(range, range, ([a, b], [c, d]) => {
      const texts = expandBraces(`x{${a}..${b}}:{${c}..${d}}`);
      expect(texts.length).toBe((Math.abs(a - b) + 1) * (Math.abs(c - d) + 1));
      expect(new Set(texts).size).toBe(texts.length);
      expect([texts[0], texts.at(-1)]).toEqual([`x${a}:${c}`, `x${b}:${d}`]);
    }),
  );
});

describe.each<[string, string, number]>([
  ["channel:a:{0..99999}", "BRACES_COUNT", 10],
  ["{0..999}{0..999}", "BRACES_COUNT", 0],
  ["{0..9007199254740991}", "BRACES_COUNT", 0],
  [`{0..9999}${"x".repeat(5000)}`, "BRACES_COUNT", 0],
  ["{0..99999999999999999999}", "BRACES_SYNTAX", 1],
  ["{0..5..0}", "BRACES_SYNTAX", 1],
  ["a{0..3", "BRACES_SYNTAX", 1],
  ["a0..3}", "BRACES_SYNTAX", 5],
  ["{}", "BRACES_SYNTAX", 1],
  ["{a,}", "BRACES_SYNTAX", 3],
  ["{,a}", "BRACES_SYNTAX", 1],
  ["{".repeat(100_000), "BRACES_SYNTAX", 16],
  [`${"{a,".repeat(12)}${"}".repeat(12)}`, "BRACES_SYNTAX", 36],
])("%s", (text, code, at) => {
  test(`is refused with ${code}, pointing at character ${at + 1}`, () => {
    let error: unknown;
    try {
      expandBraces(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(NoemaError);
    expect((error as NoemaError).code).toBe(code);
    expect((error as NoemaError).message).toContain(`character ${at + 1}:`);
  });
});
