import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, constant, emit, input, Tensor, writeModel } from "@noema/engine";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runNoema } from "./run-noema.js";

let folder: string;
let model: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "noema-dream-"));
  model = join(folder, "small.onnx");
  const pixels = input("pixels", [1, 3, 32, 32]);
  const weights = Float32Array.from({ length: 6 * 27 }, (_, i) => Math.sin(i * 12.9898));
  const conv = emit("Conv", [pixels, constant(Tensor.of("float32", [6, 3, 3, 3], weights))]);
  const features = build.relu(conv[0]);
  features.name = "features";
  writeFileSync(model, writeModel({ inputs: { pixels }, outputs: { features } }).bytes);
  writeFileSync(
    join(folder, "small.noema.json"),
    JSON.stringify({ layout: "NCHW", channels: "RGB", range: [0, 1], mean: [0, 0, 0], scale: [1, 1, 1] }),
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = (args: readonly string[], during?: Parameters<typeof runNoema>[2]) => runNoema(folder, [...args], during);

const dream = (name: string, ...more: string[]) =>
  run(["dream", model, "--objective", "channel:features:2", "--out", join(folder, name), "--steps", "4", ...more]);

test("the same command gives the same bytes, another seed others", async () => {
  const results = await Promise.all([dream("a.png"), dream("b.png"), dream("c.png", "--seed", "1")]);
  expect(results.map(({ status, err }) => ({ status, err }))).toEqual(
    results.map(() => ({ status: 0, err: expect.stringMatching(/^1 of 4 steps/) })),
  );
  expect(results[0].out).toBe(`${join(folder, "a.png")}\n`);
  const [a, b, c] = ["a.png", "b.png", "c.png"].map((name) => readFileSync(join(folder, name)));
  expect(a.equals(b)).toBe(true);
  expect(a.equals(c)).toBe(false);
});

test("a picture may have any size that the graph, cut at the layer, accepts", async () => {
  const { status, err } = await dream("wide.png", "--size", "40x24");
  expect({ status, err }).toMatchObject({ status: 0 });
  const { width, height } = await sharp(join(folder, "wide.png")).metadata();
  expect([width, height]).toEqual([40, 24]);
});

test("Ctrl-C stops it and keeps the picture so far", async () => {
  const args = ["dream", model, "--objective", "channel:features:2", "--out", "stopped.png", "--steps", "1000000"];
  let sent = false;
  const { status, err } = await run(args, (child, text) => {
    if (sent || !/^\d+ of 1000000 steps/m.test(text)) return;
    sent = true;
    child.kill("SIGINT");
  });
  expect(err).toMatch(
    /Stopped after \d+ of 1000000 steps; stopped\.png holds the picture so far\. The same command .*\n$/,
  );
  expect(status).toBe(130);
  expect((await sharp(join(folder, "stopped.png")).metadata()).width).toBe(32);
  rmSync(join(folder, ".noema"), { recursive: true });
});

test("killed at any moment, the same command goes on, to the same bytes", async () => {
  const words = ["dream", model, "--objective", "channel:features:{1,2}", "--steps", "150", "--save-every", "0"];
  const whole = run([...words, "--out", "whole.png"]);
  let kills = 0;
  // Milliseconds after the first sign of life.
  for (const waitMs of [0, 150, 400]) {
    const { status } = await run([...words, "--out", "killed.png"], (child) => {
      setTimeout(() => child.kill("SIGKILL"), waitMs);
    });
    if (status !== 0) kills++;
  }
  const last = await run([...words, "--out", "killed.png"]);
  expect([(await whole).status, last.status]).toEqual([0, 0]);
  expect(kills).toBeGreaterThan(0);
  const [a, b] = ["whole.png", "killed.png"].map((name) => readFileSync(join(folder, name)));
  expect(a.equals(b)).toBe(true);
  expect(existsSync(join(folder, ".noema"))).toBe(false);
}, 60_000);

describe("fails with status 2, one message with a code, and no file", () => {
  test.each<[string, string[], RegExp]>([
    ["an unknown command", ["drem"], /Nearest: .*dream.*code: COMMAND_UNKNOWN\n$/],
    [
      "an unknown option",
      ["dream", "--objectiv", "x"],
      /"--objectiv".*Nearest: "--objective".*code: OPTION_UNKNOWN\n$/,
    ],
    ["a missing option", ["dream", "small.onnx"], /--objective .* is missing.*code: OPTION_MISSING\n$/],
    ["a missing model", ["dream", "smal.onnx", "--objective", "channel:a:1"], /small\.onnx.*code: MODEL_MISSING\n$/],
    [
      "an unknown layer",
      ["dream", "small.onnx", "--objective", "channel:feature:1"],
      /"feature".*Nearest: "features".*code: LAYER_UNKNOWN\n$/,
    ],
    [
      "a unit beyond the layer's",
      ["dream", "small.onnx", "--objective", "channel:features:6"],
      /unit 6, it has 6 channels, 0 … 5\. code: UNIT_RANGE\n$/,
    ],
    [
      "an objective that cannot be read",
      ["dream", "small.onnx", "--objective", "channel:features"],
      /character 17:.*\n {2}channel:features\n {18}\^\n code: OBJECTIVE_FIELDS\n$/,
    ],
    [
      "a size that leaves nothing",
      ["dream", "small.onnx", "--objective", "channel:features:1", "--size", "2"],
      /code: [A-Z_]+\n$/,
    ],
  ])("%s", async (_, args, message) => {
    const { status, out, err } = await run(
      [...args, "--out", "never.png"].slice(0, args[0] === "drem" ? 1 : undefined),
    );
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(existsSync(join(folder, "never.png"))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("with --debug, where it comes from", async () => {
    const { status, err } = await run(["dream", "none.onnx", "--objective", "channel:a:1", "--debug"]);
    expect(status).toBe(2);
    expect(err).toMatch(/MODEL_MISSING.*\n\s+at /);
  });
});

test("the first sheet is drawn from what the install brought", async () => {
  const { status, out, err } = await run(["start", "--steps", "1", "--out", "sheets/first.png"]);
  expect({ status, out, err }).toEqual({
    status: 0,
    out: "sheets/first.png\nsheets/first-sweep.webp\n",
    err: expect.stringMatching(/One of them/),
  });
  const { width, height } = await sharp(join(folder, "sheets", "first.png")).metadata();
  expect(width).toBeGreaterThan(1000);
  expect(height).toBeGreaterThan(500);
}, 60_000);

test("help is there for all of it and for each command", async () => {
  const all = await run(["--help"]);
  expect(all).toMatchObject({ status: 0, out: expect.stringMatching(/ {2}dream .*\n/) });
  const one = await run(["dream", "--help"]);
  expect(one).toMatchObject({ status: 0, out: expect.stringContaining("--objective channel:LAYER:UNIT") });
});
