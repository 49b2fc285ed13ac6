import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { encodePng } from "./png.js";
import { pngText, withPngTexts } from "./png-text.js";

const plain = encodePng({ width: 2, height: 2, channels: 3, data: Uint8Array.from({ length: 12 }, (_, i) => 20 * i) });

test("any text comes back as it was, and the picture stays", async () => {
  const png = await plain;
  const pixels = await sharp(png).raw().toBuffer();
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
      const written = withPngTexts(png, { Software: "x", noema: text });
      expect(pngText(written, "noema", "p")).toBe(text);
      expect((await sharp(written, { failOn: "warning" }).raw().toBuffer()).equals(pixels)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test("another program reads them", async () => {
  const { comments } = await sharp(withPngTexts(await plain, { Description: "Häuser → 家" })).metadata();
  expect(comments).toEqual([{ keyword: "Description", text: "Häuser → 家" }]);
});

test("a PNG without the text has none", async () => {
  expect(pngText(await plain, "noema", "p")).toBeUndefined();
  expect(pngText(withPngTexts(await plain, { noemata: "x" }), "noema", "p")).toBeUndefined();
});

test("wherever it is cut off or changed, it is refused or still right", async () => {
  const written = withPngTexts(await plain, { noema: "a text" });
  for (let length = 0; length < written.length; length++) {
    expect(() => pngText(written.subarray(0, length), "noema", "p")).toThrowError(/PNG_CORRUPT$/);
  }
  for (let at = 0; at < written.length; at++) {
    const changed = Uint8Array.from(written);
    changed[at] ^= 0x41;
    expect(() => pngText(changed, "noema", "p")).toThrowError(/PNG_CORRUPT$/);
  }
});
