import { type Value, writeModel } from "@noema/engine";
import { expect, test } from "vitest";
import { plainRgb, tinyNetwork } from "../../tiny-network.testing.js";
import { colours } from "../colours.js";
import { pixels } from "../images/pixels.js";
import { stepGraph } from "../step-graph.js";
import { channel } from "./channel.js";
import { each } from "./each.js";
import { evaluate, materials, randomPictures, side } from "./evaluate.testing.js";
import type { Objective } from "./objective.js";
import { parseObjective } from "./parse-objective.js";

const texts = ["channel:features:2", "class:1 - 0.5*l1", "caricature:features:photo", "diversity:features"];
const pictures = randomPictures(1, 2, 3, 4);

test("picture i has the number of objective i", async () => {
  const objectives = texts.map((text) => parseObjective(text));
  const { values } = await evaluate(each(objectives), pictures);
  for (const [i, objective] of objectives.entries()) {
    const { values: alone } = await evaluate(objective, pictures);
    expect(values[i]).toBeCloseTo(alone[i], 5);
  }
});

test("is written as a sum of which each term counts for one picture, and asks for what its objectives ask for", async () => {
  const objective = each(texts.map((text) => parseObjective(text)));
  expect(objective.text).toBe(
    "channel:features:2@0 + (class:1 - 0.5*l1)@1 + caricature:features:photo@2 + diversity:features@3",
  );
  expect(objective.photographs).toEqual(["photo"]);
  const [{ values }, { values: read }] = await Promise.all(
    [objective, parseObjective(objective.text)].map((one) => evaluate(one, pictures)),
  );
  expect([...read]).toEqual([...values].map((v) => expect.closeTo(v, 5)));
});

test("there is one for each picture", async () => {
  await expect(evaluate(each([channel({ layer: "features", unit: 1 })]), pictures)).rejects.toThrowError(/EACH_COUNT/);
  const { values } = await evaluate(each([channel({ layer: "features", unit: 1 })]), randomPictures(1));
  expect(values.length).toBe(1);
});

function graphOf(objective: Objective, batch: number) {
  const model = tinyNetwork(batch, side, side);
  const size = { batch, channels: 3, height: side, width: side };
  const image = pixels.create(size);
  const parts = { model, input: model.input(), preprocessing: plainRgb, size, image, objective, materials };
  return stepGraph({ ...parts, colours: colours(3), transforms: [], overrides: [] });
}

test("what the objectives share is computed once, and the program is the same for other units", () => {
  const units = (first: number) =>
    Array.from({ length: 4 }, (_, i) => channel({ layer: "features", unit: (first + i) % 6 }));
  const [one, other] = [0, 3].map((first) => graphOf(each(units(first)), 4).step);
  expect(nodesOf(Object.values(one.outputs)).filter((op) => op === "ReduceMean").length).toBe(
    nodesOf(Object.values(graphOf(units(0)[0], 4).step.outputs)).filter((op) => op === "ReduceMean").length,
  );
  expect(writeModel(one).bytes).toEqual(writeModel(other).bytes);
});

function nodesOf(outputs: readonly Value[]): string[] {
  const seen = new Set<NonNullable<Value["node"]>>();
  const visit = (value: Value | null) => {
    if (!value?.node || seen.has(value.node)) return;
    seen.add(value.node);
    value.node.inputs.forEach(visit);
  };
  outputs.forEach(visit);
  return [...seen].map(({ op }) => op);
}
