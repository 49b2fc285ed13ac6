/** @file noema train autoencoder, as it is run: on pictures without labels, what it writes, and that it goes on to the same bytes. */
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readModel } from "@noema/engine";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runNoema } from "./run-noema.js";
import { writeShapes } from "./training-data.js";

vi.setConfig({ testTimeout: 240_000 });

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "noema-autoencoder-"));
  await writeShapes(at("sorted"), 20);
  // The same pictures in one folder: nothing is known of them.
  mkdirSync(at("plain"));
  for (const shape of readdirSync(at("sorted"))) {
    for (const name of readdirSync(at("sorted", shape))) {
      renameSync(at("sorted", shape, name), at("plain", `${shape}-${name}`));
    }
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

type During = Parameters<typeof runNoema>[2];
const run = (words: readonly string[], during?: During) =>
  runNoema(folder, ["train", "autoencoder", "--data", "plain", ...words], during);
const bytes = (...names: string[]) => readFileSync(at(...names));
const json = (...names: string[]) => JSON.parse(bytes(...names).toString());

const small = ["--hidden", "6,8,32", "--latents", "6", "--batch", "6", "--threads", "1"];
const files = ["decoder.onnx", "encoder.onnx", "log.jsonl", "reconstructions.png", "run.json", "training.state"];

describe("a run", () => {
  test("of pictures without labels writes two models, figures and a picture of what comes back", async () => {
    const { status, out, err } = await run([...small, "--epochs", "60", "--rate", "0.004", "--out", "a"]);
    expect({ status, err }).toEqual({ status: 0, err: expect.stringMatching(/To look at: a.reconstructions\.png\n$/) });
    expect(out).toMatch(
      /\nOn 6 pictures set apart \(stratified\): squared error [\d.]+ a picture, [\d.]+ % of the variance of pixels explained\.\n$/,
    );
    expect(readdirSync(at("a")).sort()).toEqual(files);
    const file = json("a", "run.json");
    expect(file).toMatchObject({
      task: "autoencoder",
      label: "",
      labels: [],
      latents: 6,
      data: { count: 60, test: 6 },
    });
    const errors = file.history.map(({ training }: { training: Record<string, number> }) => training["squared-error"]);
    expect(errors.at(-1)).toBeLessThan(errors[0] / 3);
    // The figure is taken of the models as written, the history of the graph that trained: the same pictures, all in one batch.
    expect(file.figures["squared-error"] / file.history.at(-1).held["squared-error"]).toBeCloseTo(1, 4);
    expect(file.figures["explained-variance"]).toBeLessThan(1);
    const [encoder, decoder] = [readModel(bytes("a", "encoder.onnx")), readModel(bytes("a", "decoder.onnx"))];
    expect(encoder.input("picture").shape.slice(1)).toEqual([1, 16, 16]);
    expect(encoder.outputs.map(({ name }) => name)).toEqual(["latents"]);
    expect(decoder.output("picture").shape.slice(1)).toEqual([1, 16, 16]);
    const { width, height } = await sharp(bytes("a", "reconstructions.png")).metadata();
    // Six pictures over what was made of them, each enlarged to 64 pixels.
    expect(width).toBeGreaterThan(6 * 64);
    expect(height).toBeGreaterThan(2 * 64);
    expect(height).toBeLessThan(5 * 64);
  });

  test("that is variational tells variances and nats too", async () => {
    const { status, out } = await run([...small, "--epochs", "5", "--variational", "--out", "b"]);
    expect(status).toBe(0);
    expect(out).toMatch(/ nats of latents\.\n$/);
    const file = json("b", "run.json");
    expect(file.figures["kl-divergence"]).toBeGreaterThan(0);
    expect(file.options).toMatchObject({ variational: true, betaKl: 1, klWarmUp: 5 });
    const encoder = readModel(bytes("b", "encoder.onnx"));
    expect(encoder.outputs.map(({ name }) => name).sort()).toEqual(["latents", "log-variance"]);
  });
});

test("a spatial one has latents of places, and is another run than one without", async () => {
  const words = ["--hidden", "4,8", "--batch", "6", "--threads", "1", "--epochs", "1", "--out", "map"];
  expect(await run([...words, "--spatial"])).toMatchObject({ status: 0 });
  // By itself the next multiple of its 16 places.
  expect(json("map", "run.json")).toMatchObject({ latents: 128, options: { spatial: true, hidden: [4, 8] } });
  const { out, err } = await run([...words, "--spatial", "--latents", "128"]);
  expect({ out, err }).toEqual({ out: expect.any(String), err: expect.stringContaining("this training is finished") });
  const other = await run(words);
  expect(other).toMatchObject({ status: 2, err: expect.stringMatching(/with --spatial, this one has no --spatial/) });
});

test("killed and stopped, a variational one goes on to the same bytes", async () => {
  const words = [...small, "--variational", "--epochs", "150", "--save-every", "0"];
  const whole = run([...words, "--out", "whole"]);
  const during =
    (signal: NodeJS.Signals): During =>
    (child: ChildProcess, err) => {
      // Once it has begun to tell of its steps.
      if (/\d of \d+ steps/.test(err)) child.kill(signal);
    };
  const ends = [];
  for (const signal of ["SIGKILL", "SIGINT"] as const)
    ends.push(await run([...words, "--out", "broken"], during(signal)));
  expect(ends.map(({ status }) => status)).not.toContain(0);
  const end = await run([...words, "--out", "broken"]);
  expect([end.status, (await whole).status]).toEqual([0, 0]);
  expect(end.err).toMatch(/Going on after step \d+;/);
  for (const name of ["encoder.onnx", "decoder.onnx", "log.jsonl", "reconstructions.png"]) {
    if (!bytes("broken", name).equals(bytes("whole", name))) expect.fail(`${name} differs`);
  }
  const [a, b] = [json("broken", "run.json"), json("whole", "run.json")];
  expect([a.history, a.figures, a.steps]).toEqual([b.history, b.figures, b.steps]);
});

test.each([
  [["--label", "class"], /--label: training autoencoder has no use for it.* code: OPTION_UNUSED\n$/],
  [["--gamma", "1"], /--gamma.* code: OPTION_UNUSED\n$/],
  [["--beta-kl", "2"], /--beta-kl: training autoencoder without --variational has no use.* code: OPTION_UNUSED\n$/],
  [["--variational", "--beta-kl", "-1"], /--beta-kl.* code: OPTION_VALUE\n$/],
  [["--latents", "0"], /--latents.* code: OPTION_VALUE\n$/],
  [
    ["--spatial", "--hidden", "4,8", "--latents", "40"],
    /latents: 40.*a multiple of 16, the places of the 4×4 map.*Nearest: 48\..* code: AUTOENCODER_OPTION\n$/,
  ],
  [["--hidden", "8"], /at least two.* code: ARCHITECTURE_SHAPE\n$/],
])("%s is refused, and nothing is written", async (words, message) => {
  const { status, out, err } = await run([...words, "--out", "never"]);
  expect({ status, out, err }).toEqual({ status: 2, out: "", err: expect.stringMatching(message) });
  expect(readdirSync(folder)).not.toContain("never");
});

test("a run that tells nothing apart is no run for noema factors", async () => {
  await run([...small, "--epochs", "1", "--out", "c"]);
  const { status, err } = await runNoema(folder, ["factors", "measure", "c"]);
  expect(status).not.toBe(0);
  expect(err).toMatch(/an autoencoder of no label/);
  expect(err).toMatch(/code: RUN_TASK\n$/);
});
