import { build, emit, input, readModel, type Value, writeModel } from "@noema/engine";
import { expect, test } from "vitest";
import { beforeSoftmax, logitsOf } from "./logits.js";

const scores = input("scores", [2, 5, 1, 1]);
const flat = build.reshape(scores, [2, 5]);
const scaled = build.mul(build.softmax(flat), 2);

test.each<[string, Value, Value]>([
  ["a softmax", build.softmax(flat), flat],
  ["a sigmoid", build.sigmoid(flat), flat],
  ["a softmax that is flattened afterwards", build.reshape(build.softmax(scores, 1), [2, 5]), scores],
  ["no softmax", flat, flat],
  ["a softmax that something follows", scaled, scaled],
])("what is before %s", (_, value, before) => {
  expect(beforeSoftmax(value)).toBe(before);
});

test("the first output that is one number per class", () => {
  const pixels = input("pixels", [1, 3, 8, 8]);
  const features = build.relu(pixels);
  const pooled = build.reshape(emit("GlobalAveragePool", [features])[0], [1, 3]);
  pooled.name = "pooled";
  const inputs = { pixels };
  const model = readModel(writeModel({ inputs, outputs: { features, probabilities: build.softmax(pooled) } }).bytes);
  expect(logitsOf(model).name).toBe("pooled");
  const without = readModel(writeModel({ inputs, outputs: { features } }).bytes);
  expect(() => logitsOf(without)).toThrowError(/"features".*logit:LAYER:CLASS.*CLASS_OUTPUT/);
});
