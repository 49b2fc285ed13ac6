/** @file A classifier: it learns, and as a model file it answers for any number of pictures; what does not fit is refused. */
import { adamOptimizer, build, constant, input, seededRandom, Tensor, Trainer, writeModel } from "@noema/engine";
import { describe, expect, test } from "vitest";
import { classifierHidden, classifierTask } from "./classifier.js";
import { largest } from "./largest.js";
import { initialWeights } from "./net.js";
import { openClassifier } from "./open-classifier.js";
import { fullWeights } from "./weights.js";

const picture = { channels: 1, height: 9, width: 7 };
const each = 63;
const labels = ["top", "bottom", "left"];
const task = classifierTask({ picture, labels: 3, hidden: [6, 8, 16] });

/** Noise, and a bright bar where the label says. */
function drawPictures(count: number, seed: number) {
  const random = seededRandom(seed);
  const label = Int32Array.from({ length: count }, () => random.below(3));
  const pixels = Uint8Array.from({ length: count * each }, (_, i) => {
    const [row, column] = [Math.floor((i % each) / 7), i % 7];
    const inBar = [row < 2, row > 6, column < 2][label[Math.floor(i / each)]];
    return random.below(120) + (inBar ? 120 : 0);
  });
  return { label, pixels, pictures: Float32Array.from(pixels, (v) => v / 255) };
}

test("learns to tell bars apart, and does so as a model file, whatever the batch", async () => {
  const { label, pixels } = drawPictures(150, 1);
  const trainer = await Trainer.open({
    parameters: initialWeights(task.nets, 1),
    data: { pixels: Tensor.of("uint8", [150, 1, 9, 7], pixels), label: Tensor.of("int32", [150], label) },
    batch: 30,
    loss: task.loss,
    optimizer: adamOptimizer(),
    compile: { threads: 1 },
  });
  const rows = Int32Array.from({ length: 30 * 40 }, (_, i) => i % 150);
  const figures = await trainer.advance({ rows: [rows], rates: new Float64Array(40).fill(0.005) });
  expect(Object.keys(figures)).toEqual(["loss", "accuracy"]);
  const weights = trainer.parameters();
  await trainer.dispose();
  const model = writeModel(task.models(fullWeights(weights)).classifier, { batchAxis: "N" }).bytes;
  const fresh = drawPictures(50, 2);
  const answers: Float32Array[] = [];
  for (const batch of [1, 7, 64]) {
    const classifier = await openClassifier({ model, labels, batch, compile: { threads: 1 } });
    expect(classifier.picture).toEqual(picture);
    expect(classifier.labels).toEqual(labels);
    const found = await classifier.classes(fresh.pictures);
    expect(found.filter((one, i) => one === fresh.label[i]).length).toBeGreaterThanOrEqual(48);
    answers.push(await classifier.logits(fresh.pictures));
    expect(await classifier.logits(new Float32Array(0))).toHaveLength(0);
    await classifier.dispose();
  }
  for (const other of answers.slice(1)) {
    other.forEach((v, i) => {
      if (!(Math.abs(v - answers[0][i]) < 1e-4))
        expect.fail(`logit ${i} is ${v}, with a batch of one ${answers[0][i]}`);
    });
  }
});

test("labelSmoothing raises the loss of a right answer", async () => {
  const { label, pixels } = drawPictures(30, 3);
  const losses: number[] = [];
  for (const labelSmoothing of [0, 0.2]) {
    const { nets, loss } = classifierTask({ picture, labels: 3, hidden: [6, 8, 16], labelSmoothing });
    const trainer = await Trainer.open({
      parameters: initialWeights(nets, 1),
      data: { pixels: Tensor.of("uint8", [30, 1, 9, 7], pixels), label: Tensor.of("int32", [30], label) },
      ...{ batch: 30, loss, optimizer: adamOptimizer(), compile: { threads: 1 } },
    });
    const rows = Int32Array.from({ length: 30 * 50 }, (_, i) => i % 30);
    await trainer.advance({ rows: [rows], rates: new Float64Array(50).fill(0.005) });
    losses.push((await trainer.evaluate([rows.subarray(0, 30)])).loss);
    await trainer.dispose();
  }
  expect(losses[0]).toBeLessThan(0.05);
  // What no answer can be better than: the entropy of 1 − 0.2 + 0.2/3 and twice 0.2/3.
  const entropy = -[1 - 0.4 / 3, 0.2 / 3, 0.2 / 3].reduce((sum, p) => sum + p * Math.log(p), 0);
  expect(losses[1]).toBeGreaterThan(entropy - 1e-4);
});

test("the default sizes suit digits and small faces", () => {
  for (const side of [28, 64]) {
    const options = { picture: { channels: 3, height: side, width: side }, labels: 10, hidden: classifierHidden };
    expect(classifierTask(options).models(fullWeights(initialWeights(classifierTask(options).nets, 0)))).toHaveProperty(
      "classifier.outputs.logits.shape",
      [1, 10],
    );
  }
});

test("refuses a network without convolutions, or one class", () => {
  for (const odd of [{ hidden: [10] }, { hidden: [] }, { labels: 1 }]) {
    const options = { picture, labels: 3, hidden: [4, 8], ...odd };
    expect(() => classifierTask(options)).toThrow(expect.objectContaining({ code: "ARCHITECTURE_SHAPE" }));
  }
});

describe("a model file that is none", () => {
  const flat = input("picture", [1, 4]);
  const weight = constant(Tensor.ofNumbers("float32", [4, 3], new Array(12).fill(1)));
  const square = input("picture", [1, 1, 2, 2]);
  const logits = build.matmul(build.reshape(square, [1, 4]), weight);

  test.each([
    ["of rows", { picture: flat }, { logits: build.matmul(flat, weight) }, "CLASSIFIER_SHAPE"],
    ["of other numbers", { picture: square }, { logits: build.cast(logits, "int32") }, "CLASSIFIER_SHAPE"],
    ["of fewer classes", { picture: square }, { logits: build.slice(logits, [0], [2], [1]) }, "CLASSIFIER_SHAPE"],
    ["without logits", { picture: square }, { other: logits }, "OUTPUT_UNKNOWN"],
    ["without picture", { image: square }, { logits }, "INPUT_UNKNOWN"],
  ] as const)("%s", async (_, inputs, outputs, code) => {
    const { bytes } = writeModel({ inputs, outputs } as never);
    await expect(openClassifier({ model: bytes, labels, batch: 1 })).rejects.toThrow(expect.objectContaining({ code }));
  });

  test.each([
    ["empty", new Uint8Array(0)],
    ["text", new TextEncoder().encode("no model at all")],
    ["truncated", writeModel({ inputs: { picture: square }, outputs: { logits } }).bytes.slice(0, 60)],
  ])("%s", async (_, model) => {
    await expect(openClassifier({ model, labels })).rejects.toThrow(expect.objectContaining({ code: "MODEL_CORRUPT" }));
  });

  test("numbers that are no whole pictures", async () => {
    const classifier = await openClassifier({
      model: writeModel({ inputs: { picture: square }, outputs: { logits } }).bytes,
      labels,
      batch: 1,
    });
    await expect(classifier.logits(new Float32Array(6))).rejects.toThrow(
      expect.objectContaining({ code: "ROWS_COUNT" }),
    );
    await classifier.dispose();
  });
});

test("largest takes the first of equals", () => {
  expect(largest(Float32Array.of(1, 3, 3, -5, -7, -5), 3)).toEqual(Int32Array.of(1, 0));
  expect(largest(new Float32Array(0), 3)).toHaveLength(0);
});
