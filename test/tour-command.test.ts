import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { build, constant, emit, input, Tensor, writeModel } from "@noema/engine";
import type { Browser } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "./browser/chromium.js";
import { type Ended, noema, runNoema } from "./run-noema.js";

/** Names that would be markup, and run, if they were not written as text. */
const layer = `</script><b id="broken">colours`;
const hostileFile = `"><img src=x onerror=document.title='broken'>.png`;

const colours = { red: [230, 30, 40], green: [40, 190, 60], blue: [40, 60, 220], grey: [128, 128, 128] } as const;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "noema-tour-"));
  // Channels that answer to red, green and blue beyond their mean, to darkness, to nothing, and to all alike.
  const rows = [
    [2, -1, -1],
    [-1, 2, -1],
    [-1, -1, 2],
    [-1, -1, -1],
    [0, 0, 0],
    [0, 0, 0],
  ];
  const weights = rows.flatMap((row) => row.flatMap((w) => Array.from({ length: 9 }, () => w / 9)));
  const pixels = input("pixels", [1, 3, 32, 32]);
  const kernel = constant(Tensor.of("float32", [6, 3, 3, 3], Float32Array.from(weights)));
  const bias = constant(Tensor.of("float32", [6], Float32Array.of(0, 0, 0, 1.2, -1, 1)));
  const features = build.relu(emit("Conv", [pixels, kernel, bias], { strides: [2, 2] })[0]);
  features.name = layer;
  const total = build.reduceSum(features, undefined, { keepdims: false });
  total.name = "total";
  writeFileSync(
    join(folder, "small.onnx"),
    writeModel({ inputs: { pixels }, outputs: { [layer]: features, total } }).bytes,
  );
  const sidecar = { layout: "NCHW", channels: "RGB", range: [0, 1], mean: [0, 0, 0], scale: [1, 1, 1] };
  writeFileSync(join(folder, "small.noema.json"), JSON.stringify(sidecar));
  const pictures = join(folder, "pictures");
  for (const [name, [r, g, b]] of Object.entries(colours)) {
    mkdirSync(join(pictures, name), { recursive: true });
    for (const i of [1, 2, 3]) {
      // A spot of the colour in the lower right, the stronger the higher its number.
      const spot = { create: { width: 16, height: 16, channels: 3, background: { r, g, b } } } as const;
      const ground = { create: { width: 64, height: 64, channels: 3, background: { r: 60, g: 60, b: 60 } } } as const;
      const top = await sharp(spot)
        .png()
        .ensureAlpha(i / 3)
        .png()
        .toBuffer();
      await sharp(ground)
        .composite([{ input: top, left: 44, top: 40 }])
        .png()
        .toFile(join(pictures, name, `${i}.png`));
    }
  }
  cpSync(join(pictures, "blue", "1.png"), join(pictures, "blue", hostileFile));
  writeFileSync(join(pictures, "red", "half.png"), readFileSync(join(pictures, "red", "1.png")).subarray(0, 90));
  writeFileSync(join(pictures, "red", "empty.jpg"), "");
  writeFileSync(join(pictures, "notes.txt"), "not a picture");
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = (args: readonly string[], during?: Parameters<typeof runNoema>[2]) =>
  runNoema(folder, ["dream", ...args], during);

const tour = (out: string, ...more: string[]) => ["small.onnx", "--layer", layer, "--all", "--out", out, ...more];
const quick = ["--steps", "8", "--threads", "1"];
const withImages = ["--images", "pictures", "--top", "4"];

/** All files of a folder, by name. */
const bytesOf = (path: string) =>
  Object.fromEntries(
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [relative(path, file), readFileSync(file).toString("base64")]),
  );

describe("the page", () => {
  let browser: Browser;
  let ended: Ended;
  beforeAll(async () => {
    [ended, { browser }] = await Promise.all([run(tour("page", ...quick, ...withImages, "--both")), launchChromium()]);
  }, 120_000);
  afterAll(() => browser?.close());

  test("is written, and what was left out is told", () => {
    expect(ended.err).toMatch(/2 photographs were left out\. The first: .*empty\.jpg: the file is empty/);
    expect(ended).toMatchObject({ status: 0, out: `${join("page", "index.html")}\n` });
    expect(readdirSync(join(folder, "page", "dreams"))).toHaveLength(12);
  });

  test("shows every channel, finds by label, number and word, and opens one by its address", async () => {
    const page = await browser.newPage();
    const told: string[] = [];
    page.on("pageerror", (error) => told.push(error.message));
    page.on("console", (message) => told.push(message.text()));
    page.on("request", (request) => /^(file|blob):/.test(request.url()) || told.push(request.url()));
    await page.goto(pathToFileURL(join(folder, "page", "index.html")).href);
    const numbers = () =>
      page.$$eval(".card:not([hidden]) .number", (all) => all.map((element) => Number(element.textContent)));
    expect(await page.textContent("h1")).toBe(layer);
    expect(await numbers()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await page.$$eval(".dream img", (all) => all.length)).toBe(12);
    const search = async (text: string) => {
      await page.fill(".search", text);
      return numbers();
    };
    expect(await search("1-2 5")).toEqual([]);
    expect(await search("1-2")).toEqual([1, 2]);
    expect(await search("dead")).toEqual([4, 5]);
    // What is lit up are the photographs that are called so; the strongest of each come first.
    expect(await search("red 0")).toEqual([0]);
    expect(await page.$$eval(".found", (all) => all.map((one) => (one as HTMLElement).title))).toEqual([
      expect.stringMatching(/^red, /),
      expect.stringMatching(/^red, /),
      expect.stringMatching(/^red, /),
    ]);
    await search("");
    await page.selectOption("select", "selectivity");
    expect((await numbers()).at(-1)).toBe(4);
    await page.goto(`${pathToFileURL(join(folder, "page", "index.html")).href}#2`);
    await page.waitForSelector("dialog[open]");
    expect(await page.textContent("dialog h2")).toMatch(/^Channel 2blue ×\d/);
    expect(await page.textContent("dialog code")).toContain("noema dream small.onnx --objective ");
    // The spot lies in the lower right quarter, and so does the part that is framed.
    const frame = await page.$eval("dialog .whole i", (element) => (element as HTMLElement).style.cssText);
    expect(frame).toMatch(/left: (4|5|6|7|8)\d(\.\d+)?%; top: (4|5|6|7|8)\d/);
    await page.keyboard.press("ArrowLeft");
    expect(page.url()).toMatch(/#\d$/);
    await page.keyboard.press("Escape");
    expect(await page.$("dialog[open]")).toBeNull();
    // Names are texts.
    expect(await page.$("#broken")).toBeNull();
    expect(await page.title()).toContain(layer);
    expect(told).toEqual([]);
    await page.close();
  });

  test("its commands draw the same pictures", async () => {
    const html = readFileSync(join(folder, "page", "index.html"), "utf8");
    const data = JSON.parse(/id="tour">(.*?)<\/script>/s.exec(html)![1]) as {
      channels: { dreams: { command: string }[] }[];
    };
    const { command } = data.channels[0].dreams[0];
    const words = [...command.matchAll(/'((?:[^']|'\\'')*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
    expect(words.slice(0, 2)).toEqual(["noema", "dream"]);
    const { status, err } = await run([...words.slice(2)]);
    expect({ status, err }).toMatchObject({ status: 0 });
    const pixels = (path: string) => sharp(join(folder, path)).raw().toBuffer();
    expect((await pixels("channel-0.png")).equals(await pixels(join("page", "dreams", "0.png")))).toBe(true);
  });
});

test("killed and run again, it ends with the same bytes, and draws nothing twice", async () => {
  const options = ["--steps", "150", "--threads", "1", ...withImages];
  const whole = run(tour("whole", ...options));
  const ended = await new Promise<Ended>((done) => {
    const child = spawn(process.execPath, [noema, "dream", ...tour("cut", ...options)], { cwd: folder });
    const seen = setInterval(() => {
      if (existsSync(join(folder, "cut", "dreams", "1.png"))) child.kill("SIGKILL");
    }, 5);
    child.on("close", (status) => {
      clearInterval(seen);
      done({ status, out: "", err: "" });
    });
  });
  expect(ended.status).toBeNull();
  const before = bytesOf(join(folder, "cut"));
  expect(Object.keys(before)).toContain("index.html");
  expect(Object.keys(before)).not.toContain(join("dreams", "5.png"));
  await whole;
  const again = await run(tour("cut", ...options));
  expect(again.err).toMatch(/Going on: [2-5] of 6 dreams are there\./);
  expect(again.err).not.toMatch(/of 14 photographs,/);
  expect(bytesOf(join(folder, "cut"))).toEqual(bytesOf(join(folder, "whole")));
}, 60_000);

test("Ctrl-C ends it with a page of what there is; more channels are added to it later", async () => {
  let sent = false;
  const endless = tour("stopped", "--steps", "1000000", "--channels", "0..1");
  const { status, err } = await run(endless, (child, text) => {
    if (sent || !/^\d+ of \d+ steps/m.test(text)) return;
    sent = true;
    child.kill("SIGINT");
  });
  expect(err).toMatch(/Stopped: 0 of 2 dreams are drawn\. The same command goes on from here\.\n$/);
  expect(status).toBe(130);
  expect(readFileSync(join(folder, "stopped", "index.html"), "utf8")).toContain("0 of 2 are drawn so far");
  const few = await run(tour("more", ...quick, "--channels", "3,1"));
  const picture = readFileSync(join(folder, "more", "dreams", "3.png"));
  const more = await run(tour("more", ...quick, "--channels", "1..3"));
  expect([few.status, more.status, more.err]).toEqual([0, 0, expect.stringMatching(/^Going on: 2 of 3/)]);
  expect(readFileSync(join(folder, "more", "dreams", "3.png")).equals(picture)).toBe(true);
});

describe("is refused with status 2 and one message, and nothing is written:", () => {
  beforeAll(async () => {
    await run(tour("other", ...quick, "--channels", "0"));
    mkdirSync(join(folder, "taken"));
    writeFileSync(join(folder, "taken", "letter.txt"), "Dear");
    mkdirSync(join(folder, "nothing"));
    mkdirSync(join(folder, "broken"));
    writeFileSync(join(folder, "broken", "a.jpg"), "no picture");
  });
  const layerOf = (name: string) => ["small.onnx", "--layer", name, "--all", "--out", "never", ...quick];
  test.each<[string, () => string[], RegExp]>([
    ["an unknown layer, with near names", () => layerOf("totl"), /Nearest: "total".*code: LAYER_UNKNOWN\n$/],
    ["a layer without channels", () => layerOf("total"), /"total".*code: LAYER_NO_CHANNELS\n$/],
    [
      "an objective beside it",
      () => tour("never", "--objective", "channel:a:1"),
      /--objective.*beside --all.*code: OPTION_BESIDE_ALL\n$/,
    ],
    ["a channel beyond the layer's", () => tour("never", "--channels", "2..6"), /from 0 to 5.*code: OPTION_VALUE\n$/],
    ["a folder of other things", () => tour("taken"), /other files.*code: TOUR_FOLDER\n$/],
    [
      "a tour with other options",
      () => tour("other", "--steps", "9", "--threads", "1"),
      /steps 8 there, 9 now.*code: TOUR_OPTIONS\n$/,
    ],
    ["no photographs", () => tour("never", ...quick, "--images", "nothing"), /code: FOLDER_NO_PICTURES\n$/],
    ["no such folder", () => tour("never", ...quick, "--images", "nowhere"), /code: FOLDER_UNREADABLE\n$/],
    [
      "nothing but corrupt photographs",
      () => tour("never", ...quick, "--images", "broken"),
      /none of the 1 .*a\.jpg.*code: PICTURES_UNREADABLE\n$/s,
    ],
  ])("%s", async (_, args, message) => {
    const before = bytesOf(join(folder, "other"));
    const { status, out, err } = await run(args());
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(existsSync(join(folder, "never", "index.html"))).toBe(false);
    expect(readdirSync(join(folder, "taken"))).toEqual(["letter.txt"]);
    expect(bytesOf(join(folder, "other"))).toEqual(before);
  });
});
