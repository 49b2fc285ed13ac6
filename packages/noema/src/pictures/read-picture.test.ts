import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPicture, readSides } from "./read-picture.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "noema-read-picture-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function file(name: string, picture: Sharp | Uint8Array): Promise<string> {
  const path = join(folder, name);
  writeFileSync(path, picture instanceof Uint8Array ? picture : await picture.toBuffer());
  return path;
}

type Colour = readonly [red: number, green: number, blue: number];
const orange: Colour = [200, 100, 50];

/** A picture drawn point by point. */
function drawn(width: number, height: number, at: (x: number, y: number) => readonly number[]): Sharp {
  const pixels = Array.from({ length: width * height }, (_, i) => at(i % width, Math.floor(i / width)));
  const channels = pixels[0].length as 3 | 4;
  return sharp(Uint8Array.from(pixels.flat()), { raw: { width, height, channels } });
}
const plain = (colour: readonly number[] = orange, width = 24, height = 16) => drawn(width, height, () => colour);
const speckled = (width: number, height: number) =>
  drawn(width, height, (x, y) => [(x * 7919 + y * 104729) % 251, (x * 31) % 256, (y * 17) % 256]);

/** The colour at a place, 0 … 255. */
function colourAt({ width, height, data }: Awaited<ReturnType<typeof readPicture>>, x = 0, y = 0): number[] {
  const plane = width * height;
  return Array.from({ length: data.length / plane }, (_, c) =>
    Number((255 * data[c * plane + y * width + x]).toFixed(3)),
  );
}

function near(found: readonly number[], wanted: readonly number[], tolerance: number): void {
  expect(found.length).toBe(wanted.length);
  const gap = Math.max(...found.map((v, i) => Math.abs(v - wanted[i])));
  expect(gap, `${found} for ${wanted}`).toBeLessThanOrEqual(tolerance);
}

describe("what files hold", () => {
  const shades = () => sharp(new Uint16Array(24 * 16 * 3).fill(40000), { raw: { width: 24, height: 16, channels: 3 } });
  test.each<[string, () => Sharp, Colour, number]>([
    ["a.jpg", () => plain().jpeg({ quality: 100, chromaSubsampling: "4:4:4" }), orange, 2],
    ["progressive.jpg", () => plain().jpeg({ quality: 100, progressive: true }), orange, 2],
    ["a.png", () => plain().png(), orange, 0],
    ["interlaced.png", () => plain().png({ progressive: true }), orange, 0],
    ["palette.png", () => plain().png({ palette: true }), orange, 0],
    ["a.webp", () => plain().webp({ lossless: true }), orange, 0],
    ["a.gif", () => plain().gif(), orange, 0],
    ["a.tif", () => plain().tiff({ compression: "lzw" }), orange, 0],
    ["lab.tif", () => plain().toColourspace("lab").tiff({ compression: "none" }), orange, 1],
    ["a.avif", () => plain().avif({ lossless: true, chromaSubsampling: "4:4:4" }), orange, 2],
    ["grey.png", () => plain([90, 90, 90]).toColourspace("b-w").png(), [90, 90, 90], 0],
    ["bilevel.tif", () => plain([255, 255, 255]).toColourspace("b-w").tiff({ bitdepth: 1 }), [255, 255, 255], 0],
    ["16.png", () => shades().toColourspace("rgb16").png(), [156, 156, 156], 0.01],
    ["16.tif", () => shades().toColourspace("rgb16").tiff({ compression: "none" }), [156, 156, 156], 0.01],
    ["grey16.png", () => shades().toColourspace("grey16").png(), [156, 156, 156], 0.01],
    ["cmyk.jpg", () => plain([120, 130, 140]).toColourspace("cmyk").jpeg({ quality: 100 }), [120, 130, 140], 8],
    [
      "cmyk-profile.jpg",
      () => plain([120, 130, 140]).toColourspace("cmyk").withIccProfile("cmyk").jpeg({ quality: 100 }),
      [120, 130, 140],
      8,
    ],
    ["p3.png", () => plain().withIccProfile("p3").png(), orange, 2],
    ["p3-16.png", () => plain().toColourspace("rgb16").withIccProfile("p3").png(), orange, 2],
    // The name is of no account.
    ["png.jpg", () => plain().png(), orange, 0],
  ])("%s", async (name, make, colour, tolerance) => {
    const path = await file(name, make());
    const picture = await readPicture(path, { channels: 3 });
    expect([picture.width, picture.height, picture.data.length]).toEqual([24, 16, 24 * 16 * 3]);
    expect(picture.notes).toEqual([]);
    for (const [x, y] of [
      [0, 0],
      [23, 0],
      [11, 15],
    ])
      near(colourAt(picture, x, y), colour, tolerance);
  });

  test("a profile changes the colours: the same numbers mean something else in Display P3", async () => {
    const path = await file("p3-numbers.png", plain().withIccProfile("p3").png());
    const { data } = await sharp(path, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
    expect(data[0]).toBeLessThan(orange[0] - 5);
  });

  test.each(["b-w", "grey16"])("grey by a profile of its own, %s: half of the light is 188 of 255", async (space) => {
    const bytes = await plain([128, 128, 128]).toColourspace(space).png().toBuffer();
    const path = await file(`linear-${space}.png`, withProfile(bytes, linearGrey()));
    near(colourAt(await readPicture(path, { channels: 3 })), [188, 188, 188], 1);
  });

  test("planes: channels first, rows from the top", async () => {
    const path = await file("corners.png", drawn(3, 2, (x, y) => [x * 100, y * 100, 7]).png());
    const { data } = await readPicture(path, { channels: 3 });
    expect([...data].map((v) => Math.round(v * 255))).toEqual([
      ...[0, 100, 200, 0, 100, 200],
      ...[0, 0, 0, 100, 100, 100],
      ...[7, 7, 7, 7, 7, 7],
    ]);
  });

  test("grey weighs colours as PIL does, and leaves grey as it is", async () => {
    near(colourAt(await readPicture(await file("g1.png", plain().png()), { channels: 1 })), [124.2], 0.01);
    const grey = await readPicture(await file("g2.png", plain([77, 77, 77]).png()), { channels: 1 });
    near(colourAt(grey), [77], 1e-4);
  });

  test("1×1", async () => {
    const path = await file("1.png", plain(orange, 1, 1).png());
    near(colourAt(await readPicture(path, { channels: 3, width: 5, height: 4 }), 4, 3), orange, 0);
  });

  // Where the upper left corner of what is stored is shown, and the upper right one (EXIF 2.3, 4.6.4, tag 274).
  test.each<[number, [number, number], [number, number]]>([
    [1, [0, 0], [1, 0]],
    [2, [1, 0], [0, 0]],
    [3, [1, 1], [0, 1]],
    [4, [0, 1], [1, 1]],
    [5, [0, 0], [0, 1]],
    [6, [1, 0], [1, 1]],
    [7, [1, 1], [1, 0]],
    [8, [0, 1], [0, 0]],
  ])("is turned as its EXIF orientation %i says", async (orientation, red, green) => {
    const [width, height] = [48, 32];
    const corners = drawn(width, height, (x, y) =>
      y >= 8 ? [0, 0, 0] : x < 8 ? [255, 0, 0] : x >= 40 ? [0, 255, 0] : [0, 0, 0],
    );
    const path = await file(
      `turned${orientation}.jpg`,
      corners.withMetadata({ orientation }).jpeg({ quality: 100, chromaSubsampling: "4:4:4" }),
    );
    for (const [given, w, h] of [
      [{}, ...(orientation < 5 ? [48, 32] : [32, 48])],
      [{ width: 24 }, ...(orientation < 5 ? [24, 16] : [24, 36])],
    ] as [object, number, number][]) {
      const picture = await readPicture(path, { channels: 3, ...given });
      expect([picture.width, picture.height]).toEqual([w, h]);
      near(colourAt(picture, red[0] * (w - 1), red[1] * (h - 1)), [255, 0, 0], 12);
      near(colourAt(picture, green[0] * (w - 1), green[1] * (h - 1)), [0, 255, 0], 12);
    }
  });

  test.each(["gif", "webp"] as const)("of an animated %s the first frame, and a note", async (format) => {
    const frames = await Promise.all([orange, [0, 255, 0]].map((colour) => plain(colour).png().toBuffer()));
    const animation = sharp(frames, { join: { animated: true } });
    const path = await file(
      `moving.${format}`,
      format === "gif" ? animation.gif() : animation.webp({ lossless: true }),
    );
    const picture = await readPicture(path, { channels: 3 });
    expect([picture.width, picture.height]).toEqual([24, 16]);
    near(colourAt(picture), orange, 0);
    expect(picture.notes).toEqual([`${path}: the first of 2 frames is read`]);
  });
});

describe("transparent pictures", () => {
  const half = () => file("half.png", plain([255, 0, 0, 51]).png());
  test("are laid on the background, white if none is given", async () => {
    near(colourAt(await readPicture(await half(), { channels: 3 })), [255, 204, 204], 1);
    near(colourAt(await readPicture(await half(), { channels: 3, background: [0, 0, 1] })), [51, 0, 204], 1);
    near(colourAt(await readPicture(await half(), { channels: 1, background: [0, 0, 0] })), [51 * 0.299], 1);
  });

  test("keep how opaque they are where four channels are asked for", async () => {
    near(colourAt(await readPicture(await half(), { channels: 4 })), [255, 0, 0, 51], 0);
    near(colourAt(await readPicture(await file("o.png", plain().png()), { channels: 4 })), [...orange, 255], 0);
  });

  test("of 16 bits too", async () => {
    const pixels = Uint16Array.from({ length: 24 * 16 * 4 }, (_, i) =>
      i % 4 === 3 ? 32768 : 65535 * Number(i % 4 === 0),
    );
    const path = await file(
      "half16.png",
      sharp(pixels, { raw: { width: 24, height: 16, channels: 4 } })
        .toColourspace("rgb16")
        .png(),
    );
    near(colourAt(await readPicture(path, { channels: 3, background: [0, 0, 0] })), [128, 0, 0], 1);
  });

  test("resizing does not draw hidden colours into sight", async () => {
    const edge = drawn(32, 8, (x) => (x < 17 ? [0, 0, 255, 0] : [255, 0, 0, 255]));
    const picture = await readPicture(await file("edge.png", edge.png()), { channels: 4, width: 9 });
    for (let x = 0; x < 9; x++) {
      const [, , blue, opaque] = colourAt(picture, x, 1);
      if (opaque > 8) expect(blue).toBeLessThan(8);
    }
  });
});

describe("sizes", () => {
  const wide = () =>
    file("wide.png", drawn(60, 20, (x) => (x < 20 ? [255, 0, 0] : x < 40 ? [0, 255, 0] : [0, 0, 255])).png());

  test("cover cuts off what stands out, contain shows all on the background, fill distorts", async () => {
    const options = { channels: 3, width: 10, height: 10 } as const;
    const cover = await readPicture(await wide(), { ...options });
    near(colourAt(cover, 0, 5), [0, 255, 0], 25);
    const contain = await readPicture(await wide(), { ...options, fit: "contain", background: [0, 0, 0] });
    expect([0, 2, 7, 9].flatMap((y) => colourAt(contain, 5, y))).toEqual(new Array(12).fill(0));
    near(colourAt(contain, 0, 5), [255, 0, 0], 25);
    const fill = await readPicture(await wide(), { ...options, fit: "fill" });
    near([...colourAt(fill, 0, 0), ...colourAt(fill, 9, 9)], [255, 0, 0, 0, 0, 255], 25);
    for (const { width, height, data } of [cover, contain, fill]) {
      expect([width, height, data.length]).toEqual([10, 10, 300]);
    }
  });

  test("a contained picture's background is transparent where four channels are asked for, and grey where one is", async () => {
    const options = { width: 10, height: 10, fit: "contain" } as const;
    expect(colourAt(await readPicture(await wide(), { ...options, channels: 4 }), 5, 0)).toEqual([255, 255, 255, 0]);
    const grey = await readPicture(await wide(), { ...options, channels: 1, background: [0.5, 0.5, 0.5] });
    near(colourAt(grey, 5, 0), [127.5], 1e-3);
  });

  test("of the middle alone: the square in it, then its size; turned pictures too", async () => {
    // 40×20, with a red square of 10 in the middle, whose lower left quarter is blue.
    const marked = drawn(40, 20, (x, y) =>
      x < 15 || x >= 25 || y < 5 || y >= 15 ? [0, 255, 0] : x < 20 && y >= 10 ? [0, 0, 255] : [255, 0, 0],
    );
    const path = await file("marked.png", marked.png());
    const square = await readPicture(path, { channels: 3, middle: 0.5 });
    expect([square.width, square.height]).toEqual([10, 10]);
    for (const [x, y] of [
      [0, 0],
      [9, 0],
      [9, 9],
    ])
      near(colourAt(square, x, y), [255, 0, 0], 0);
    near(colourAt(square, 0, 9), [0, 0, 255], 0);
    const turned = await file("marked-6.png", marked.withMetadata({ orientation: 6 }).png());
    const small = await readPicture(turned, { channels: 3, middle: 0.5, width: 2, height: 2 });
    near(colourAt(small, 0, 0), [0, 0, 255], 50);
    near(colourAt(small, 1, 0), [255, 0, 0], 50);
    expect(await readSides(turned)).toEqual({ width: 20, height: 40 });
    await expect(readPicture(path, { channels: 3, middle: 0 })).rejects.toThrow(/PICTURE_SIZE/);
  });

  test("one side alone: the other follows", async () => {
    const { width, height } = await readPicture(await wide(), { channels: 3, height: 5 });
    expect([width, height]).toEqual([15, 5]);
    expect((await readPicture(await wide(), { channels: 3, width: 1 })).height).toBe(1);
  });

  test("a picture 30,000 pixels wide is read", async () => {
    const path = await file(
      "30000.png",
      sharp({ create: { width: 30_000, height: 300, channels: 3, background: "#c86432" } }).png(),
    );
    near(colourAt(await readPicture(path, { channels: 3, width: 224, height: 224 })), orange, 0);
  });

  test("made smaller, fine stripes become the mean of what is stored, not a moiré", async () => {
    for (const [name, format] of [
      ["stripes.jpg", "jpeg"],
      ["stripes.png", "png"],
    ] as const) {
      const stripes = drawn(512, 64, (x) => (x % 2 === 0 ? [0, 0, 0] : [255, 255, 255]));
      const picture = await readPicture(await file(name, stripes.toFormat(format, { quality: 100 })), {
        channels: 1,
        width: 100,
      });
      for (let x = 2; x < 98; x++) near(colourAt(picture, x, 5), [127.5], 4);
    }
  });
});

describe("what is refused", () => {
  const refused = async (path: string, message: RegExp, options = {}) =>
    expect(readPicture(path, { channels: 3, ...options })).rejects.toThrowError(message);

  test("files that are no pictures, with what they are instead", async () => {
    await refused(join(folder, "none.jpg"), /none\.jpg: there is no such file\. code: PICTURE_MISSING/);
    await refused(join(await file("a-file", Uint8Array.of(1)), "inside.jpg"), /PICTURE_MISSING/);
    await refused(await file("empty.jpg", new Uint8Array(0)), /PICTURE_EMPTY/);
    mkdirSync(join(folder, "folder.png"));
    await refused(join(folder, "folder.png"), /it is a folder.*PICTURE_UNREADABLE/);
    const text = (name: string, words: string) => file(name, new TextEncoder().encode(words));
    await refused(await text("text.jpg", "Dear diary"), /none of JPEG, .* whatever its name says.*PICTURE_UNREADABLE/);
    await refused(await text("drawing.png", '<svg xmlns="http://www.w3.org/2000/svg"/>'), /SVG.*PICTURE_UNREADABLE/);
    await refused(await text("x.jpg", "%PDF-1.7"), /PDF.*PICTURE_UNREADABLE/);
    await refused(await text("x.heic", "\0\0\0\x18ftypheic\0\0\0\0"), /HEIC.*PICTURE_UNREADABLE/);
  });

  const formats = {
    jpg: (picture: Sharp) => picture.jpeg(),
    "progressive.jpg": (picture: Sharp) => picture.jpeg({ progressive: true }),
    png: (picture: Sharp) => picture.png(),
    "interlaced.png": (picture: Sharp) => picture.png({ progressive: true }),
    webp: (picture: Sharp) => picture.webp(),
    gif: (picture: Sharp) => picture.gif(),
    tif: (picture: Sharp) => picture.tiff({ compression: "lzw", tile: true }),
    avif: (picture: Sharp) => picture.avif({ effort: 0 }),
  };
  test.each(Object.entries(formats))("a truncated %s, wherever it ends", async (name, encode) => {
    const whole = await encode(speckled(150, 100)).toBuffer();
    for (const share of [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98]) {
      const path = await file(`cut${share}.${name}`, whole.subarray(0, Math.ceil(whole.length * share)));
      await refused(path, /code: PICTURE_(UNREADABLE)/);
      await refused(path, /code: PICTURE_(UNREADABLE)/, { width: 20, height: 20 });
    }
  });

  test("bytes that were changed on the way are an error of ours or a picture, never anything else", async () => {
    for (const [name, encode] of Object.entries(formats)) {
      const whole = await encode(speckled(40, 30)).toBuffer();
      for (let i = 0; i < 12; i++) {
        const broken = Uint8Array.from(whole);
        broken[(i * 7919 + 5) % whole.length] ^= 0x55;
        const path = await file(`broken.${name}`, broken);
        const outcome = await readPicture(path, { channels: 3, width: 8, height: 8 }).catch((error) => error);
        if (outcome instanceof Error) expect(outcome).toMatchObject({ name: "NoemaError", code: /^PICTURE_/ });
        else expect(outcome.data.every((v: number) => v >= 0 && v <= 1)).toBe(true);
      }
    }
  });

  test("numbers that are no colours", async () => {
    const floats = sharp(new Float32Array(8 * 8 * 3).fill(Number.NaN), { raw: { width: 8, height: 8, channels: 3 } });
    const path = await file("floats.tif", floats.toColourspace("scrgb").tiff({ compression: "none" }));
    await refused(path, /of the kind float.*PICTURE_UNREADABLE/);
  });

  test("more pixels than there is memory for, before anything is decoded", async () => {
    // A PNG whose header promises 65,000×65,000 pixels.
    const bomb = new Uint8Array(await plain().png().toBuffer());
    const header = new DataView(bomb.buffer, bomb.byteOffset);
    header.setUint32(16, 65_000);
    header.setUint32(20, 65_000);
    header.setUint32(29, crc32(bomb.subarray(12, 29)));
    await refused(await file("bomb.png", bomb), /65000×65000 pixels, at most 268 million.*PICTURE_TOO_LARGE/);
    const small = await file("small.png", plain().png());
    await refused(small, /30000×20000 pixels, at most 67 million.*PICTURE_TOO_LARGE/, { width: 30_000 });
  });

  test.each([0, -3, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("a side of %d pixels", async (width) => {
    await refused(await file("small.png", plain().png()), /PICTURE_SIZE/, { width });
  });
});

/** Of the PNG format (ISO 3309). */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** A PNG with an iCCP chunk after its header, which ends at byte 33. */
function withProfile(png: Uint8Array, profile: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from("iCCPgrey\0\0", "latin1"), deflateSync(profile)]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4);
  chunk.set(body, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}

/** The smallest ICC profile of a grey whose numbers are proportional to light (ICC.1:2001-04, version 2.1). */
function linearGrey(): Uint8Array {
  const bytes = Buffer.alloc(188);
  // The white of the profile connection space, D50, as 16.16 fixed-point numbers.
  const white = [0.9642, 1, 0.8249].map((v) => Math.round(v * 65536));
  const header = { 0: bytes.length, 8: 0x02100000, 68: white[0], 72: white[1], 76: white[2], 128: 2 };
  const tags = { 136: 156, 140: 20, 148: 176, 152: 12 };
  const values = { 164: white[0], 168: white[1], 172: white[2] };
  for (const [at, value] of Object.entries({ ...header, ...tags, ...values })) bytes.writeUInt32BE(value, Number(at));
  const words = { 12: "mntrGRAYXYZ ", 36: "acsp", 132: "wtpt", 144: "kTRC", 156: "XYZ ", 176: "curv" };
  for (const [at, word] of Object.entries(words)) bytes.write(word, Number(at), "latin1");
  return bytes;
}
