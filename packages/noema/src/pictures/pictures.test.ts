import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawSvg } from "./lettering.js";
import { encodePng, pixelsOf } from "./png.js";
import { drawSheet } from "./sheet.js";
import { checkOutput, writeBeside } from "./write-beside.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "noema-pictures-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("pictures come back from their PNG as they were, rounded to 8 bits", async () => {
  const size = { batch: 2, channels: 3, height: 2, width: 1 };
  const pictures = Float32Array.of(0, 0, 0, 0, 0, 0, 0, 1, 0.5, 0.25, 1.2, -1);
  const png = await encodePng(pixelsOf(pictures, size, 1));
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([1, 2, 3]);
  expect([...data]).toEqual([0, 128, 255, 255, 64, 0]);
  expect(await encodePng(pixelsOf(pictures, size, 1))).toEqual(png);
});

const dark = (data: Uint8Array) => data.reduce((count, v) => count + (v < 128 ? 1 : 0), 0);

test("letters are drawn in our own font", () => {
  const svg = (family: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text x="5" y="30" font-family="${family}" font-size="28">conv 4/e</text></svg>`;
  const drawn = drawSvg(svg("Atkinson Hyperlegible")).data;
  expect(dark(drawn)).toBeGreaterThan(500);
  // Whatever the machine has installed, a font that is not ours is not found, and ours takes its place.
  expect(drawSvg(svg("DejaVu Sans")).data).toEqual(drawn);
});

test("a sheet shows each picture in full, with labels under it", () => {
  const picture = (shade: number) => ({
    width: 60,
    height: 50,
    channels: 3 as const,
    data: new Uint8Array(60 * 50 * 3).fill(shade),
  });
  const sections = (title: string, heading: string) => [
    {
      heading,
      note: heading,
      rows: [[10, 20], [30]].map((shades) => ({
        entries: shades.map((shade) => ({ picture: picture(shade), title, note: title })),
      })),
    },
  ];
  const sheet = drawSheet(sections("a < b & c", "Heading"), { title: "Title", subtitle: "Subtitle" });
  for (const shade of [10, 20, 30]) {
    expect(sheet.data.reduce((count, v) => count + (v === shade ? 1 : 0), 0)).toBeGreaterThanOrEqual(60 * 50 * 3);
  }
  const bare = drawSheet(sections("", ""), { title: "", subtitle: "" });
  expect(dark(sheet.data)).toBeGreaterThan(dark(bare.data) + 500);
});

describe("files are whole or not there", () => {
  test("a folder that is missing is made, and nothing else is left", async () => {
    const path = join(folder, "deep", "er", "a.png");
    checkOutput(path, ".png");
    await writeBeside(path, Uint8Array.of(1, 2));
    await writeBeside(path, Uint8Array.of(3));
    expect([...readFileSync(path)]).toEqual([3]);
    expect(readdirSync(join(folder, "deep", "er"))).toEqual(["a.png"]);
  });

  test("a write that fails leaves what was there", async () => {
    const path = join(folder, "taken.png");
    mkdirSync(path);
    await expect(writeBeside(path, Uint8Array.of(1))).rejects.toThrowError(/OUT_PATH/);
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("what cannot work is refused before the work", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => checkOutput(join(folder, "a.jpg"), ".png")).toThrowError(/must end in \.png.*OUT_FORMAT/);
    expect(() => checkOutput(join(folder, "file", "a.png"), ".png")).toThrowError(/is not a folder.*OUT_PATH/);
    mkdirSync(join(folder, "b.png"));
    expect(() => checkOutput(join(folder, "b.png"), ".png")).toThrowError(/OUT_PATH/);
  });
});
