import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, constant, emit, input, Tensor, writeModel } from "@noema/engine";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runNoema } from "./run-noema.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "noema-deepdream-"));
  const pixels = input("pixels", [1, 3, 32, 32]);
  const weights = Float32Array.from({ length: 6 * 27 }, (_, i) => Math.sin(i * 12.9898));
  const conv = emit("Conv", [pixels, constant(Tensor.of("float32", [6, 3, 3, 3], weights))], { pads: [1, 1, 1, 1] });
  const features = build.relu(conv[0]);
  features.name = "features";
  // The square root of a negative number: no gradient at all.
  const roots = build.sqrt(build.sub(features, 1000));
  roots.name = "roots";
  writeFileSync(join(folder, "small.onnx"), writeModel({ inputs: { pixels }, outputs: { features, roots } }).bytes);
  writeFileSync(
    join(folder, "small.noema.json"),
    JSON.stringify({ layout: "NCHW", channels: "RGB", range: [0, 1], mean: [0, 0, 0], scale: [1, 1, 1] }),
  );
  const photo = Uint8Array.from({ length: 3 * 48 * 36 }, (_, i) => 128 + 60 * Math.sin(i / 11) * Math.cos(i / 700));
  await sharp(photo, { raw: { width: 48, height: 36, channels: 3 } })
    .png()
    .toFile(join(folder, "photo.png"));
  writeFileSync(join(folder, "cut.png"), readFileSync(join(folder, "photo.png")).subarray(0, 200));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = (args: readonly string[], during?: Parameters<typeof runNoema>[2]) =>
  runNoema(folder, ["deepdream", ...args, "--threads", "1"], during);

const quick = ["--octaves", "2", "--iterations", "2", "--jitter", "4"];
const bytes = (name: string) => readFileSync(join(folder, name));

test("the same command gives the same bytes, another seed others, of the photograph's size", async () => {
  const given = ["small.onnx", "photo.png", ...quick];
  const ended = await Promise.all([
    run([...given, "--out", "a.png"]),
    run([...given, "--out", "b.png"]),
    run([...given, "--out", "c.png", "--seed", "1"]),
  ]);
  expect(ended.map(({ status, out }) => [status, out])).toEqual(["a", "b", "c"].map((name) => [0, `${name}.png\n`]));
  expect(ended[0].err).toMatch(/^deepdream:\S+, 48×36 pixels, 2 octaves\n/);
  expect(bytes("a.png").equals(bytes("b.png"))).toBe(true);
  expect(bytes("a.png").equals(bytes("c.png"))).toBe(false);
  const { width, height } = await sharp(bytes("a.png")).metadata();
  expect([width, height]).toEqual([48, 36]);
}, 60_000);

test("a guide, a channel and a size", async () => {
  const ended = await Promise.all([
    run(["small.onnx", "photo.png", ...quick, "--guide", "photo.png", "--out", "guided.png"]),
    run(["small.onnx", "photo.png", ...quick, "--objective", "channel:features:2", "--out", "two.png", "--size", "64"]),
  ]);
  expect(ended.map(({ status }) => status)).toEqual([0, 0]);
  expect((await sharp(bytes("two.png")).metadata()).height).toBe(48);
}, 60_000);

test("a strip shows the photograph and a dream of each layer", async () => {
  const { status, out } = await run([
    "small.onnx",
    "photo.png",
    ...quick,
    "--layers",
    "features,features",
    "--out",
    "s.png",
  ]);
  expect([status, out]).toEqual([0, "s.png\n"]);
  expect((await sharp(bytes("s.png")).metadata()).height).toBeGreaterThan(3 * 36);
}, 60_000);

test("frames go on where they were stopped, with the bytes of a flight that was not", async () => {
  const flight = (frames: number, into: string) =>
    run(["small.onnx", "photo.png", ...quick, "--rotate", "1", "--frames", `${frames}`, "--frames-out", into]);
  const [whole, first] = await Promise.all([flight(3, "whole"), flight(1, "parts")]);
  expect([whole.status, first.status, whole.out]).toEqual([0, 0, "whole\n"]);
  const before = bytes("parts/frame-00001.png");
  const second = await flight(3, "parts");
  expect(second.err).toMatch(/^1 of 3 frames are there/m);
  expect(bytes("parts/frame-00001.png")).toEqual(before);
  expect(readdirSync(join(folder, "parts"))).toEqual(["frame-00001.png", "frame-00002.png", "frame-00003.png"]);
  for (const frame of readdirSync(join(folder, "whole"))) {
    expect(bytes(`parts/${frame}`).equals(bytes(`whole/${frame}`))).toBe(true);
  }
  const other = await run(["small.onnx", "photo.png", ...quick, "--frames", "4", "--frames-out", "parts"]);
  expect(other.status).toBe(2);
  expect(other.err).toMatch(/other options.*code: FRAMES_OTHER\n$/);
  const animated = await run(
    ["small.onnx", "photo.png", ...quick, "--rotate", "1", "--frames", "3", "--frames-out", "parts"].concat(
      "--out",
      "f.webp",
    ),
  );
  expect(animated.out).toBe("f.webp\n");
  expect((await sharp(bytes("f.webp"), { animated: true }).metadata()).pages).toBe(3);
}, 60_000);

test("Ctrl-C stops it and keeps the picture so far", async () => {
  let sent = false;
  const args = ["small.onnx", "photo.png", "--iterations", "10000", "--octaves", "1", "--out", "stopped.png"];
  const { status, err } = await run(args, (child, text) => {
    if (sent || !/megapixels, octave 1/.test(text)) return;
    sent = true;
    child.kill("SIGINT");
  });
  expect(err).toMatch(/Stopped in octave 1 of 1, iteration \d+ of 10000; stopped\.png holds the picture so far\.\n$/);
  expect(status).toBe(130);
  expect((await sharp(bytes("stopped.png")).metadata()).width).toBe(48);
}, 60_000);

describe("fails with status 2, one message with a code, and no file", () => {
  test.each<[string, string[], RegExp]>([
    ["a photograph that is not there", ["small.onnx", "none.png"], /none\.png.*code: PICTURE_MISSING\n$/],
    ["one that is not whole", ["small.onnx", "cut.png"], /cut\.png.*code: PICTURE_UNREADABLE\n$/],
    ["an unknown layer", ["small.onnx", "photo.png", "--layer", "feature"], /"features".*code: LAYER_UNKNOWN\n$/],
    ["a layer of no numbers", ["small.onnx", "photo.png", "--layer", "roots"], /iteration 1.*code: DREAM_DIVERGED\n$/],
    ["a layer and layers", ["small.onnx", "photo.png", "--layer", "a", "--layers", "b"], /both.*code: OPTION_VALUE\n$/],
    ["fps without frames", ["small.onnx", "photo.png", "--fps", "3"], /--fps.*code: OPTION_VALUE\n$/],
  ])(
    "%s",
    async (_, args, message) => {
      const { status, out, err } = await run([...args, "--out", "never.png"]);
      expect(err).toMatch(message);
      expect({ status, out }).toEqual({ status: 2, out: "" });
      expect(existsSync(join(folder, "never.png"))).toBe(false);
      expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
    },
    60_000,
  );

  test("an --out that cannot be written", async () => {
    mkdirSync(join(folder, "taken.png"));
    const { status, err } = await run(["small.onnx", "photo.png", "--out", "taken.png"]);
    expect(status).toBe(2);
    expect(err).toMatch(/code: OUT_PATH\n$/);
  });
});
