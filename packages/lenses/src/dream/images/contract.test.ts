import { readdirSync } from "node:fs";
import { adam, adamRate, build, compile, gradient, input, type Program, seededRandom } from "@noema/engine";
import { describe, expect, test } from "vitest";
import type { PictureSize } from "../../preprocessing.js";
import { plainRgb, tinyNetwork } from "../../tiny-network.testing.js";
import { colours, imagenetColours } from "../colours.js";
import { Dream } from "../dream.js";
import { expectGolden } from "../golden.testing.js";
import { parseObjective } from "../objectives/parse-objective.js";
import type { Image } from "./image.js";
import { images } from "./index.js";

const sizes: PictureSize[] = [
  { batch: 2, channels: 3, height: 8, width: 12 },
  { batch: 1, channels: 1, height: 7, width: 5 },
  { batch: 1, channels: 4, height: 13, width: 11 },
  { batch: 2, channels: 2, height: 1, width: 6 },
];
const onePixel: PictureSize = { batch: 1, channels: 3, height: 1, width: 1 };

/** Kinds whose pictures share parameters with the others of their batch. */
const sharing = new Set(["shared"]);

/** Kinds that cannot be every picture: of what they can be, they find the parameters by ascent, or by a formula. */
const constrained: Readonly<Record<string, "ascent" | "formula">> = { cppn: "ascent", maco: "formula" };

/** How many parameters of a plane change nothing: imaginary parts of what is real; waves that have a mirror image. */
const idle: Readonly<Record<string, (size: PictureSize) => number>> = {
  fourier: () => 4,
  shared: () => 4,
  alpha: () => 4,
  maco: ({ width }) => 1 + 2 * Math.floor((width - 1) / 2),
};

const randoms = (size: PictureSize) => Array.from({ length: size.batch }, (_, i) => seededRandom(1 + i));

/** How many channels the values have. */
const depth = (image: Image, { channels }: PictureSize) => channels + (image.transparent ? 1 : 0);

async function running<T>(program: Promise<Program>, use: (program: Program) => Promise<T>): Promise<T> {
  const opened = await program;
  try {
    return await use(opened);
  } finally {
    await opened.dispose();
  }
}

function valuesOf(image: Image, parameters: Float32Array): Promise<Float32Array> {
  const given = input("parameters", image.shape);
  const outputs = { values: build.identity(image.values(given)) };
  return running(compile({ inputs: { given }, outputs }, { threads: 1 }), async (program) => {
    return (await program.run({ given: parameters })).values.data as Float32Array;
  });
}

test("every file of the folder is in its index", () => {
  const files = readdirSync(new URL(".", import.meta.url)).filter((file) => !/test|index|^image[.]/.test(file));
  expect(images.map((kind) => `${kind.name}.ts`)).toEqual(files.sort());
});

describe.each(images.map((kind) => [kind.name, kind] as const))("%s", (name, kind) => {
  test.each(sizes)("starts from a faint random picture of the size asked for: %o", async (size) => {
    const image = kind.create(size);
    const values = await valuesOf(image, image.initial(randoms(size)));
    expect(values.length).toBe(size.batch * depth(image, size) * size.height * size.width);
    expect(values.every(Number.isFinite)).toBe(true);
    const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    expect(largest).toBeGreaterThan(0);
    expect(largest).toBeLessThan(name === "maco" ? 6 : 1);
    expect(image.initial(randoms(size))).toEqual(image.initial(randoms(size)));
  });

  test("may be of one pixel", async () => {
    const image = kind.create(onePixel);
    const values = await valuesOf(image, image.initial(randoms(onePixel)));
    expect(values.length).toBe(depth(image, onePixel));
    expect(values.every(Number.isFinite)).toBe(true);
  });

  test("a picture starts alike, whatever batch it is in", async () => {
    const size = sizes[0];
    const image = kind.create(size);
    const both = await valuesOf(image, image.initial([seededRandom(1), seededRandom(2)]));
    const alone = kind.create({ ...size, batch: 1 });
    for (const [i, seed] of [1, 2].entries()) {
      const own = await valuesOf(alone, alone.initial([seededRandom(seed)]));
      if (i > 0 && sharing.has(name)) continue;
      own.forEach((v, k) => {
        expect(both[i * own.length + k]).toBeCloseTo(v, 5);
      });
    }
  });

  test.each(sizes.slice(0, 2))("every parameter matters, by the slope that the values show: %o", async (size) => {
    const image = kind.create(size);
    const parameters = input("parameters", image.shape);
    const values = image.values(parameters);
    const random = seededRandom(9);
    const count = values.shape.reduce((a, b) => a * b);
    const weights = input("weights", values.shape);
    const axes = [...values.shape.keys()];
    const total = build.reduceSum(build.mul(values, weights), axes, { keepdims: false });
    const [slope] = gradient(total, [parameters]);
    await running(
      compile({ inputs: { parameters, weights }, outputs: { total, slope } }, { threads: 1 }),
      async (program) => {
        const weighing = Float32Array.from({ length: count }, () => random.normal());
        const at = image.initial(randoms(size));
        const slopes = (await program.run({ parameters: at, weights: weighing })).slope.data as Float32Array;
        const largest = slopes.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
        const still = slopes.filter((v) => Math.abs(v) < 1e-10 * largest).length;
        const planes = size.batch * depth(image, size);
        expect(still).toBeLessThanOrEqual(planes * (idle[name]?.(size) ?? 0));

        const towards = Float32Array.from(at, () => random.normal());
        const step = name === "cppn" ? 1e-4 : 1e-3;
        const moved = async (by: number) => {
          const there = at.map((v, i) => v + by * towards[i]);
          const result = await program.run({ parameters: there, weights: weighing });
          return (result.total.data as Float32Array)[0];
        };
        const found = ((await moved(step)) - (await moved(-step))) / (2 * step);
        const wanted = slopes.reduce((sum, v, i) => sum + v * towards[i], 0);
        const scale = Math.hypot(...slopes);
        expect(Math.abs(found - wanted)).toBeLessThan(0.02 * scale);
      },
    );
  });

  if (constrained[name] === "ascent") {
    test("comes near a smooth photograph by ascent", async () => {
      const size = { batch: 1, channels: 3, height: 16, width: 16 };
      const goal = Float32Array.from({ length: 3 * 256 }, (_, i) => {
        const [c, y, x] = [Math.floor(i / 256), Math.floor(i / 16) % 16, i % 16];
        return 1.5 * Math.sin((2 * Math.PI * (x + c)) / 16) * Math.cos((2 * Math.PI * (y - c)) / 16);
      });
      // The mean square of the goal is 0.56.
      expect(await errorByAscent(kind.create(size), goal, 150)).toBeLessThan(0.05);
    });
  } else if (constrained[name] === "formula") {
    test.each(sizes)("gives its own pictures back: %o", async (size) => {
      const image = kind.create(size);
      const values = await valuesOf(image, image.initial(randoms(size)));
      const again = await valuesOf(image, image.fit!(values));
      again.forEach((v, i) => {
        expect(Math.abs(v - values[i])).toBeLessThan(1e-3);
      });
    });
  } else {
    test.each(sizes)("fits a photograph: %o", async (size) => {
      const image = kind.create(size);
      const palette = colours(size.channels, size.channels === 3 ? imagenetColours : undefined);
      const random = seededRandom(2);
      const photograph = Float32Array.from({ length: size.batch * size.channels * size.height * size.width }, () =>
        Math.min(0.98, Math.max(0.02, 0.5 + 0.3 * random.normal())),
      );
      const parameters = image.fit!(palette.values(photograph, size));
      const given = input("parameters", image.shape);
      const values = image.values(given);
      const coloured = image.transparent ? build.split(values, [size.channels, 1], 1)[0] : values;
      const outputs = { pictures: build.identity(palette.picture(coloured)) };
      const found = await running(compile({ inputs: { given }, outputs }, { threads: 1 }), async (program) => {
        return (await program.run({ given: parameters })).pictures.data as Float32Array;
      });
      const worst = found.reduce((most, v, i) => Math.max(most, Math.abs(v - photograph[i])), 0);
      expect(worst).toBeLessThan(1e-3);
    });
  }

  test("draws its golden picture", async () => {
    const size = { batch: 2, channels: 3, height: 32, width: 32 };
    const dream = await Dream.open({
      model: tinyNetwork(size.batch, size.height, size.width),
      preprocessing: plainRgb,
      objective: parseObjective("caricature:features:disc:4"),
      photographs: { disc: disc(size) },
      seed: 0,
      image: kind.create,
      compile: { threads: 1 },
    });
    for (let i = 0; i < 24; i++) await dream.advance();
    const pictures = await dream.pictures();
    await dream.dispose();
    await expectGolden(`image-${name}`, pictures, { ...size, channels: dream.channels });
  });
});

/** A red disc before a blue that grows darker downwards. */
function disc({ height, width }: PictureSize): Float32Array {
  return Float32Array.from({ length: 3 * height * width }, (_, i) => {
    const [c, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    const isInside = Math.hypot(y - height / 2, x - width / 2) < height / 3;
    return isInside ? [0.9, 0.2, 0.1][c] : [0.2, 0.4, 0.9][c] * (1 - y / height);
  });
}

/** Mean square of what is left of a goal after steps of Adam at the image's own rate. */
async function errorByAscent(image: Image, goal: Float32Array, steps: number): Promise<number> {
  const state = {
    parameters: input("p", image.shape),
    mean: input("m", image.shape),
    variance: input("v", image.shape),
  };
  const values = image.values(state.parameters);
  const wanted = input("wanted", values.shape);
  const rate = input("rate", []);
  const apart = build.sub(values, wanted);
  const error = build.reduceMean(build.mul(apart, apart), [0, 1, 2, 3], { keepdims: false });
  const next = adam(state, gradient(build.neg(error), [state.parameters])[0], rate);
  const outputs = { parameters: next.parameters, mean: next.mean, variance: next.variance, error };
  return running(
    compile(
      { inputs: { p: state.parameters, m: state.mean, v: state.variance, rate, wanted }, outputs },
      { threads: 1 },
    ),
    async (program) => {
      let parameters = image.initial([seededRandom(3)]);
      let mean: Float32Array = parameters.map(() => 0);
      let variance: Float32Array = mean;
      let left = Number.POSITIVE_INFINITY;
      for (let step = 1; step <= steps; step++) {
        const feeds = { p: parameters, m: mean, v: variance, wanted: goal, rate: [adamRate(step, image.rate ?? 0.05)] };
        const result = await program.run(feeds);
        [parameters, mean, variance] = ["parameters", "mean", "variance"].map(
          (key) => result[key].data as Float32Array,
        );
        left = (result.error.data as Float32Array)[0];
      }
      return left;
    },
  );
}
