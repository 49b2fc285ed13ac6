/** @file openThought: what a run, two files, or a model and a layer are as a thought space; what makes none is refused. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeModel } from "@noema/engine";
import {
  architectureOf,
  autoencoderTask,
  classifierTask,
  fullWeights,
  initialWeights,
  type Task,
  xcovTask,
} from "@noema/lenses";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openThought, type ThoughtChoice } from "./open-thought.js";

const picture = { channels: 1, height: 8, width: 8 } as const;
const labels = ["glad", "sad"];
let folder: string;
const at = (...names: string[]) => join(folder, ...names);

/** A run as noema train leaves it, of untrained weights. */
function writeRun(name: string, task: string, made: Task, latents: number): void {
  mkdirSync(at(name));
  for (const [model, signature] of Object.entries(made.models(fullWeights(initialWeights(made.nets, 1))))) {
    writeFileSync(at(name, `${model}.onnx`), writeModel(signature, { batchAxis: "N" }).bytes);
  }
  const data = { count: 2, training: 1, test: 1, manner: "stratified", examples: 1, skipped: [], hash: "" };
  const common = {
    noema: "0",
    command: "",
    options: {},
    parameters: 1,
    steps: 1,
    seconds: 1,
    history: [],
    figures: {},
  };
  const own = {
    task,
    picture,
    latents,
    data,
    ...(task === "autoencoder" ? { label: "", labels: [] } : { label: "mood", labels }),
  };
  writeFileSync(at(name, "run.json"), JSON.stringify({ ...common, ...own }));
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "noema-thought-"));
  writeRun("plain", "autoencoder", autoencoderTask({ picture, hidden: [4, 8], latents: 5 }), 5);
  writeRun("other", "autoencoder", autoencoderTask({ picture, hidden: [4, 8], latents: 6 }), 6);
  writeRun(
    "spread",
    "autoencoder",
    autoencoderTask({ picture, hidden: [4, 8], latents: 5, variational: { beta: 1, warmUp: 0 } }),
    5,
  );
  const nets = architectureOf("conv").build({ picture, labels: 2, latents: 3, hidden: [4, 8] });
  const weights = { alpha: 1, beta: 1, gamma: 1, zeta: 0 };
  writeRun("labelled", "xcov", xcovTask({ nets, picture, labels: 2, latents: 3, weights, pairs: false }), 3);
  writeRun("judge", "classifier", classifierTask({ picture, labels: 2, hidden: [4, 8] }), 0);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const inside = ({ model, decoder, ...rest }: ThoughtChoice): ThoughtChoice => ({
  ...rest,
  ...(model !== undefined && { model: at(model) }),
  ...(decoder !== undefined && { decoder: at(decoder) }),
  threads: 1,
});
const shown = Float32Array.from({ length: 3 * 64 }, (_, i) => (i % 7) / 7);

/** What it is, and pictures that came through it. */
async function through(choice: ThoughtChoice) {
  const { space, name, run } = await openThought(inside(choice));
  const vectors = await space.encode?.(shown);
  const drawn = vectors && (await space.decode?.(vectors));
  const { latents, undecoded } = space;
  expect(space.picture).toEqual(picture);
  await space.dispose();
  return { name, task: run?.file.task, latents, undecoded, vectors, drawn };
}

describe("a run", () => {
  test.each(["plain", "spread"])("of an autoencoder, %s: its codes and what is drawn of them", async (model) => {
    const found = await through({ model });
    expect(found).toMatchObject({ name: model, task: "autoencoder", latents: 5, undecoded: undefined });
    expect([found.vectors!.length, found.drawn!.length]).toEqual([15, 192]);
  });

  test("of XCov: its latents, drawn with one label, or with all as much", async () => {
    const [even, sad, glad] = [
      await through({ model: "labelled" }),
      await through({ model: "labelled", label: "sad" }),
      await through({ model: "labelled", label: "glad" }),
    ];
    expect(even).toMatchObject({ task: "xcov", latents: 3 });
    expect(sad.vectors).toEqual(glad.vectors);
    expect(sad.drawn).not.toEqual(glad.drawn);
    expect(even.drawn).not.toEqual(glad.drawn);
  });

  test("of a classifier, at a layer: no pictures are drawn of it", async () => {
    const found = await through({ model: "judge", layer: "logits" });
    expect(found).toMatchObject({ task: "classifier", latents: 2, drawn: undefined });
    expect(found.undecoded).toMatch(/not in a picture/);
  });

  test("of the zoo, by its name", async () => {
    const { space, run } = await openThought({ model: "avatars", threads: 1 });
    expect([run?.file.task, space.latents]).toEqual(["xcov", run?.file.latents]);
    const { channels, height, width } = space.picture;
    expect(await space.decode!(new Float32Array(space.latents))).toHaveLength(channels * height * width);
    await space.dispose();
  });
});

describe("files", () => {
  test("an encoder and a decoder, or the decoder alone", async () => {
    const run = await through({ model: "plain" });
    const two = await through({ model: "plain/encoder.onnx", decoder: "plain/decoder.onnx" });
    expect([two.drawn, two.task]).toEqual([run.drawn, undefined]);
    const { space } = await openThought(inside({ decoder: "plain/decoder.onnx" }));
    expect([space.encode, space.latents]).toEqual([undefined, 5]);
    await space.dispose();
  });

  test("an encoder that is cut", async () => {
    const found = await through({ model: "plain/encoder.onnx", layer: "latents" });
    expect([found.latents, found.vectors!.length]).toEqual([5, 15]);
  });
});

test.each<[string, ThoughtChoice, RegExp]>([
  ["nothing", {}, /nothing was named.*THOUGHT_PARTS/],
  ["a model alone", { model: "plain/encoder.onnx" }, /nothing says what of it is a vector.*THOUGHT_PARTS/],
  [
    "a layer and a decoder",
    { model: "plain", layer: "latents", decoder: "plain/decoder.onnx" },
    /both are given.*THOUGHT_PARTS/,
  ],
  ["a classifier without a layer", { model: "judge" }, /it is a classifier.*THOUGHT_PARTS/],
  [
    "the decoder of another",
    { model: "plain", decoder: "other/decoder.onnx" },
    /takes vectors of 6 numbers, the encoder gives 5.*THOUGHT_SHAPE/,
  ],
  ["a label that is not there", { model: "labelled", label: "angry" }, /"angry".*LABEL_UNKNOWN/],
  ["a label where there is none", { model: "plain", label: "sad" }, /OPTION_UNUSED/],
  ["a layer that is not there", { model: "plain", layer: "latent" }, /Nearest: "latents".*LAYER_UNKNOWN/],
  ["a folder that is no run", { model: "." }, /RUN_MISSING/],
  ["a path where nothing is", { model: "gone.onnx", layer: "x" }, /MODEL_MISSING/],
])("%s is refused", async (_, choice, message) => {
  await expect(openThought(inside(choice))).rejects.toThrow(message);
});
