import { readdirSync, readFileSync } from "node:fs";
import { build } from "@noema/engine";
import { describe, expect, test } from "vitest";
import type { PictureSize } from "../../preprocessing.js";
import { plainRgb, tinyNetwork } from "../../tiny-network.testing.js";
import { Dream, type DreamOptions } from "../dream.js";
import { expectGolden, goldenDifference, goldenTolerance } from "../golden.testing.js";
import type { Image } from "../images/image.js";
import { pixels } from "../images/pixels.js";
import { evaluate, materials, pictureLength, randomPictures, side } from "./evaluate.testing.js";
import { objectives } from "./index.js";
import { parseObjective } from "./parse-objective.js";

/** Texts of each objective, on the small network of the tests. */
const examples: Readonly<Record<string, readonly string[]>> = {
  "activation-difference": ["activation-difference:features:photo"],
  alignment: ["alignment:features"],
  blur: ["blur"],
  boundary: ["boundary", "boundary:3"],
  caricature: ["caricature:features:photo", "caricature:features:photo:2"],
  channel: ["channel:features:3", "channel:logits:4"],
  class: ["class:2"],
  "class-difference": ["class-difference:2:4"],
  deepdream: ["deepdream:features", "deepdream:logits"],
  direction: ["direction:features:v", "direction:features:v:2"],
  "direction-neuron": ["direction-neuron:features:v", "direction-neuron:features:v:1.5:4,5"],
  diversity: ["diversity:features"],
  group: ["group:features:1,3,5", "group:features:1*0.5,3*-2"],
  interpolation: ["interpolation:features:3:logits:1"],
  l1: ["l1:0.1", "l1"],
  l2: ["l2:0.9", "l2"],
  logit: ["logit:logits:3"],
  neuron: ["neuron:features:5", "neuron:features:2:3,4", "neuron:logits:2"],
  opacity: ["opacity"],
  "photograph-difference": ["photograph-difference:photo"],
  style: ["style:features:photo", "style:features,logits:photo"],
  "total-variation": ["total-variation"],
};

/** Those whose number depends on the other pictures of the batch. */
const comparing = new Set(["alignment", "diversity"]);

/** Those whose number depends on the place in the batch. */
const placed = new Set(["interpolation"]);

/** What golden pictures add to a channel, where the objective alone would leave them empty. */
const goldenWeight: Readonly<Record<string, number>> = {
  "activation-difference": -10,
  alignment: 0.1,
  blur: -3,
  boundary: -0.1,
  diversity: 30,
  l1: -0.1,
  l2: -0.1,
  opacity: -0.1,
  "photograph-difference": -0.3,
  style: -20,
  "total-variation": -0.1,
};

test("every objective of the folder is in its index, and has an example", () => {
  const folder = new URL(".", import.meta.url);
  const files = readdirSync(folder).filter((file) =>
    / = defineObjective\(/.test(readFileSync(new URL(file, folder), "utf8")),
  );
  expect(objectives.map(({ name }) => `${name}.ts`).sort()).toEqual(files.filter((file) => !/test/.test(file)).sort());
  expect(Object.keys(examples).sort()).toEqual(objectives.map(({ name }) => name).sort());
});

const see = (kind: string) => (kind === "opacity" ? transparent : undefined);

/** Pixels with opacity: what stands here for the images that have it. */
function transparent(size: PictureSize): Image {
  const image = pixels.create({ ...size, channels: size.channels + 1 });
  return { ...image, transparent: true };
}

function open(options: Pick<DreamOptions, "objective"> & Partial<DreamOptions>, batch = 2): Promise<Dream> {
  const model = tinyNetwork(batch, side, side);
  return Dream.open({ model, preprocessing: plainRgb, seed: 1, compile: { threads: 1 }, ...materials, ...options });
}

describe.each(
  objectives.flatMap(({ name, penalty }) => examples[name].map((text) => ({ text, name, penalty: penalty === true }))),
)("$text", ({ text, name, penalty }) => {
  const objective = parseObjective(text);
  const opaque = (count: number) => Float32Array.from({ length: count * side * side }, (_, i) => (i % 7) / 7);
  const evaluated = (pictures: Float32Array) =>
    evaluate(objective, pictures, name === "opacity" ? { opacity: opaque(pictures.length / pictureLength) } : {});

  test(penalty ? "descent lowers it" : "ascent raises it", async () => {
    const image = see(name);
    const start = image ? {} : { start: randomPictures(5, 6) };
    const dream = await open({
      objective: penalty ? parseObjective(`-${text}`) : objective,
      transforms: [],
      ...start,
      ...(image && { image }),
    });
    const first = (await dream.advance()).objective;
    for (let i = 0; i < 30; i++) await dream.advance();
    const last = (await dream.advance()).objective;
    await dream.dispose();
    expect(first.length).toBe(2);
    first.forEach((v, i) => {
      expect(last[i]).toBeGreaterThan(v);
      if (penalty) expect(v).toBeLessThan(0);
    });
  });

  test("is written as it is read", () => {
    expect(objective.text).toBe(text);
  });

  test("gives each picture of a batch its own number", async () => {
    const [{ values: own }, { values: changed }, { values: swapped }] = await Promise.all(
      [randomPictures(1, 2), randomPictures(1, 3), randomPictures(2, 1)].map(evaluated),
    );
    expect(own.length).toBe(2);
    expect(own.every(Number.isFinite)).toBe(true);
    if (name === "opacity") return;
    if (comparing.has(name)) {
      expect(changed[0]).not.toBeCloseTo(own[0], 5);
      return;
    }
    expect(own[0]).not.toBeCloseTo(own[1], 6);
    expect(changed[0]).toBeCloseTo(own[0], 5);
    if (!placed.has(name)) expect([...swapped]).toEqual([...own].reverse().map((v) => expect.closeTo(v, 5)));
  });

  test.each([0, 0.5])("has a finite slope on a picture that is %d throughout", async (grey) => {
    const { values, slope } = await evaluated(new Float32Array(2 * pictureLength).fill(grey));
    expect(values.every(Number.isFinite)).toBe(true);
    expect(slope.every(Number.isFinite)).toBe(true);
  });
});

const golden = (name: string) => `objective-${name}`;

/** Alone, or added to a channel. */
function goldenText(name: string): string {
  const [text] = examples[name];
  const weight = goldenWeight[name];
  return weight === undefined ? text : `channel:features:1 ${weight < 0 ? "-" : "+"} ${Math.abs(weight)}*${text}`;
}

test.each(objectives.map(({ name }) => name))("the golden picture of %s", async (name) => {
  const image = see(name);
  const size = { channels: image ? 4 : 3, height: 32, width: 32 };
  const dream = await open({
    model: tinyNetwork(comparing.has(name) || placed.has(name) ? 3 : 1, size.height, size.width),
    objective: parseObjective(goldenText(name)),
    photographs: { photo: waves(size.height, size.width) },
    steps: 24,
    ...(image && { image }),
  });
  for (let i = 0; i < 24; i++) await dream.advance();
  const pictures = await dream.pictures();
  await dream.dispose();
  await expectGolden(golden(name), pictures, size);
});

test("golden pictures of different objectives differ by clearly more than is tolerated", async () => {
  const alone = objectives.filter(({ name }) => name !== "opacity" && !comparing.has(name) && !placed.has(name));
  for (const [i, a] of alone.entries()) {
    for (const b of alone.slice(i + 1)) {
      const { mean } = await goldenDifference(golden(a.name), golden(b.name));
      expect(mean, `${a.name} and ${b.name}`).toBeGreaterThan(1.5 * goldenTolerance.meanTolerance);
    }
  }
});

/** A photograph of its own kind: coloured waves, 3×H×W. */
function waves(height: number, width: number): Float32Array {
  return Float32Array.from({ length: 3 * height * width }, (_, i) => {
    const [channel, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    return 0.5 + 0.4 * Math.sin((x * (1 + channel)) / 4 + y / (3 + channel));
  });
}

test("an objective of its own kind is as good as one of these", async () => {
  const { values } = await evaluate(
    { text: "brightness", build: ({ pictures }) => build.reduceMean(pictures, [1, 2, 3], { keepdims: false }) },
    new Float32Array(pictureLength).fill(0.25),
  );
  expect([...values]).toEqual([0.25]);
});
