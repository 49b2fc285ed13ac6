import { describe, expect, test } from "vitest";
import { readImage } from "./read-image.js";

const size = { batch: 1, channels: 3, height: 6, width: 8 };
const read = (text: string, alpha = false) => readImage(text, { alpha })(size);

test("a kind, and its numbers", () => {
  expect(read("pixels").shape).toEqual([1, 3, 6, 8]);
  expect(read("cppn:units=3,layers=1").shape).not.toEqual(read("cppn:units=3,layers=2").shape);
});

test("made transparent, whatever it is, once", () => {
  for (const kind of ["fourier", "pixels", "cppn", "alpha"]) expect(read(kind, true).transparent).toBe(true);
  expect(read("alpha", true).shape).toEqual(read("alpha").shape);
});

describe("refuses", () => {
  test.each([
    ["fourie", /"fourier".*IMAGE_UNKNOWN$/],
    ["", /IMAGE_UNKNOWN$/],
    ["fourier:", /fourier:deviation=N,decay=N.*OPTION_VALUE$/],
    ["fourier:decai=1", /"decai=1" after fourier.*OPTION_VALUE$/],
    ["fourier:decay=a", /OPTION_VALUE$/],
    ["fourier:decay=1e9", /from -4 to 8.*OPTION_VALUE$/],
    ["cppn:units=1.5", /a whole number from 1 to 256.*OPTION_VALUE$/],
    ["alpha:x=1", /it must be alpha\. code: OPTION_VALUE$/],
    ["pixels:__proto__=1", /OPTION_VALUE$/],
  ])("%s", (text, message) => {
    expect(() => read(text)).toThrowError(message);
  });
});
