import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { plainRgb, tinyNetwork } from "../../tiny-network.testing.js";
import { Dream } from "../dream.js";
import { objectives } from "./index.js";
import { parseObjective } from "./parse-objective.js";

/** Texts of each objective, on the small network of the tests. */
const examples: Readonly<Record<string, readonly string[]>> = {
  channel: ["channel:features:3", "channel:logits:4"],
};

test("every objective of the folder has an example", () => {
  const files = readdirSync(new URL(".", import.meta.url)).filter(
    (file) => !/test|index|^(objective|sum|parse-objective)[.]/.test(file),
  );
  expect(objectives.map(({ name }) => `${name}.ts`)).toEqual(files.sort());
  expect(Object.keys(examples).sort()).toEqual(objectives.map(({ name }) => name).sort());
});

describe.each(Object.values(examples).flat())("%s", (text) => {
  test("ascent raises it", async () => {
    const dream = await Dream.open({
      model: tinyNetwork(2, 16, 16),
      preprocessing: plainRgb,
      objective: parseObjective(text),
      seed: 1,
      transforms: [],
      compile: { threads: 1 },
    });
    const first = (await dream.advance()).objective;
    for (let i = 0; i < 30; i++) await dream.advance();
    const last = (await dream.advance()).objective;
    await dream.dispose();
    expect(first.length).toBe(2);
    first.forEach((v, i) => {
      expect(last[i]).toBeGreaterThan(v);
    });
  });

  test("is written as it is read", () => {
    expect(parseObjective(text).text).toBe(text);
  });
});
