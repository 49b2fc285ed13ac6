import { readdirSync } from "node:fs";
import {
  build,
  compile,
  constant,
  emit,
  type GradientRules,
  gradient,
  input,
  type Model,
  readModel,
  seededRandom,
  Tensor,
  type Value,
  writeModel,
} from "@noema/engine";
import { describe, expect, test } from "vitest";
import { plainRgb } from "../../tiny-network.testing.js";
import { Dream, type DreamOptions } from "../dream.js";
import { channel } from "../objectives/channel.js";
import type { Objective } from "../objectives/objective.js";
import { overrides } from "./index.js";
import { redirectedRelu } from "./redirected-relu.js";
import { smoothMaxPool } from "./smooth-max-pool.js";

const random = seededRandom(11);
const normals = (count: number) => Float32Array.from({ length: count }, random.normal);
const sizeOf = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);
const weight = (dims: readonly number[], values = normals(sizeOf(dims))) =>
  constant(Tensor.of("float32", dims, values));

test("every file of the folder defines an override that the index lists, with a name that can be written in a list", () => {
  const files = readdirSync(new URL(".", import.meta.url)).filter((file) => !/test|^(index|override)[.]/.test(file));
  expect(overrides.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort());
  for (const { name, summary } of overrides) {
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(name).not.toBe("none");
    expect(summary).not.toBe("");
  }
});

/** What an operator answers, and the gradient of ⟨y, g⟩ with and without other rules. */
async function bothWays(
  op: (x: Value) => Value,
  dims: readonly number[],
  feeds: { x: Float32Array; g?: Float32Array; blocked?: readonly number[] },
  rules: (blocked: Value) => GradientRules,
) {
  const [x, blocked] = [input("x", dims), input("blocked", [dims[0]])];
  const y = op(x);
  const g = input("g", y.shape);
  const seeds = { outputGradients: [g] };
  const given = { x: feeds.x, g: feeds.g ?? normals(y.size), blocked: feeds.blocked ?? dims.slice(0, 1).map(() => 0) };
  const run = async (back: Value) => {
    const program = await compile({ inputs: { x, g, blocked }, outputs: { y, back } }, { threads: 1 });
    const result = await program.run({ ...given, blocked: Float32Array.from(given.blocked) });
    await program.dispose();
    return { y: result.y.data as Float32Array, back: result.back.data as Float32Array };
  };
  const plain = await run(gradient(y, [x], seeds)[0]);
  const other = await run(gradient(y, [x], { ...seeds, rules: rules(blocked) })[0]);
  return { plain, other, g: given.g };
}

describe.each(overrides.map((one) => [one.name, one] as const))("%s", (_, override) => {
  test("what the network answers stays as it is, byte for byte", async () => {
    const network = (x: Value) => {
      const features = build.relu(emit("Conv", [x, weight([6, 3, 3, 3])], { pads: [1, 1, 1, 1] })[0]);
      const pooled = emit("MaxPool", [features], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 })[0];
      return build.clip(emit("Conv", [pooled, weight([4, 6, 3, 3])])[0], 0, 6);
    };
    const dims = [2, 3, 13, 12];
    const feeds = { x: normals(sizeOf(dims)), blocked: [1, 0] };
    const { plain, other } = await bothWays(network, dims, feeds, (blocked) => override.rules({ blocked }));
    expect(Buffer.from(other.y.buffer).equals(Buffer.from(plain.y.buffer))).toBe(true);
  });

  test("leaves operators alone that it does not name", async () => {
    const leaky = (x: Value) => build.tanh(emit("LeakyRelu", [x], { alpha: 0.1 })[0]);
    const feeds = { x: normals(24).map((v) => -Math.abs(v)), blocked: [1, 1] };
    const { plain, other } = await bothWays(leaky, [2, 12], feeds, (blocked) => override.rules({ blocked }));
    expect(other.back).toEqual(plain.back);
  });
});

describe("redirected-relu", () => {
  /** Lucid's redirected_relu_grad and redirected_relu6_grad, of one picture; g points uphill, there it points downhill. */
  function reference(x: readonly number[], g: readonly number[], high: number): number[] {
    const own = g.map((v, i) => (x[i] > 0 && x[i] < high ? v : 0));
    if (own.some((v) => v !== 0)) return own;
    return g.map((v, i) => ((x[i] < 0 && v < 0) || (x[i] > high && v > 0) ? 0 : v));
  }

  test.each([
    ["Relu", build.relu, Number.POSITIVE_INFINITY],
    ["Clip to 0 … 6", (x: Value) => build.clip(x, 0, 6), 6],
    ["Clip from 0", (x: Value) => build.clip(x, 0, null), Number.POSITIVE_INFINITY],
  ] as const)("%s: redirects pictures that are blocked, and only those to which nothing comes", async (_, op, high) => {
    const dims = [5, 3, 2, 4];
    const each = sizeOf(dims) / dims[0];
    const [dead, drowned] = [normals(each).map((v) => -Math.abs(v)), normals(each).map((v) => 7 * Math.sign(v))];
    // Live; silent and blocked; silent, but some other way leads to the picture; live though called blocked; out of range.
    const x = Float32Array.from([...normals(each), ...dead, ...dead, ...normals(each), ...drowned]);
    const blocked = [0, 1, 0, 1, 1];
    const { plain, other, g } = await bothWays(op, dims, { x, blocked }, (flags) =>
      redirectedRelu.rules({ blocked: flags }),
    );
    for (let i = 0; i < dims[0]; i++) {
      const part = (values: Float32Array) => Array.from(values.subarray(i * each, (i + 1) * each), (v) => v + 0);
      expect(part(other.back)).toEqual(
        blocked[i] ? reference(part(x), part(g), high).map((v) => v + 0) : part(plain.back),
      );
    }
    // The test itself is alive: something was blocked, and something of it passes now.
    expect(plain.back.subarray(each, 2 * each).every((v) => v === 0)).toBe(true);
    expect(other.back.subarray(each, 2 * each).some((v) => v > 0)).toBe(true);
    expect(other.back.subarray(each, 2 * each).every((v) => v >= 0)).toBe(true);
  });

  test("no number per picture to reduce over, and pictures folded into another axis, change nothing else", async () => {
    const rules = (blocked: Value) => redirectedRelu.rules({ blocked });
    const vector = await bothWays(
      build.relu,
      [3],
      { x: Float32Array.of(-1, 2, -3), g: Float32Array.of(5, 5, -5), blocked: [1, 1, 1] },
      rules,
    );
    expect([...vector.other.back]).toEqual([5, 5, 0]);
    const folded = (x: Value) => build.relu(build.reshape(x, [8, 3]));
    const { plain, other } = await bothWays(folded, [2, 12], { x: normals(24), blocked: [1, 1] }, rules);
    expect(other.back).toEqual(plain.back);
  });
});

/**
 * Pictures through a convolution and a Relu, `features`. Channel 0 likes what is bright, from a threshold on: grey is 1.35.
 * The others are of random weights.
 */
function brightNetwork(batch: number, threshold: number): Model {
  const pixels = input("pixels", [batch, 3, 12, 12]);
  const own = seededRandom(5);
  const kernel = weight(
    [4, 3, 3, 3],
    Float32Array.from({ length: 108 }, (_, i) => (i < 27 ? 0.1 : 0.5 * own.normal())),
  );
  const edges = emit("Conv", [pixels, kernel, weight([4], Float32Array.of(-threshold, 0, 0, 0))], {
    pads: [1, 1, 1, 1],
  })[0];
  const features = build.relu(edges);
  features.name = "features";
  return readModel(writeModel({ inputs: { pixels }, outputs: { features } }).bytes);
}

const silent = channel({ layer: "features", unit: 0 });
async function dreaming(model: Model, options: Partial<DreamOptions>): Promise<Dream> {
  return Dream.open({
    ...{ model, preprocessing: plainRgb, objective: silent, seed: 0, transforms: [], compile: { threads: 1 } },
    ...options,
  });
}
async function advance(dream: Dream, steps: number): Promise<number[]> {
  let last: Float32Array = new Float32Array(0);
  for (let i = 0; i < steps; i++) last = (await dream.advance()).objective;
  return [...last];
}

describe("a channel that is silent on the first noise", () => {
  test("wakes up where its gradient is redirected, and stays silent where it is not", async () => {
    const [woken, silenced] = [
      await dreaming(brightNetwork(1, 1.4), {}),
      await dreaming(brightNetwork(1, 1.4), { overrides: [] }),
    ];
    expect(await advance(woken, 1)).toEqual([0]);
    expect((await advance(woken, 60))[0]).toBeGreaterThan(0.01);
    expect(await advance(silenced, 61)).toEqual([0]);
    expect(silenced.state.mean.every((v) => v === 0)).toBe(true);
    await woken.dispose();
    await silenced.dispose();
  });

  test("wakes up beside a penalty too, which reaches the picture on another way", async () => {
    const penalised: Objective = {
      text: "channel - contrast",
      build: (scene) => {
        const contrast = build.sub(scene.pictures, 0.5);
        const penalty = build.reduceMean(build.mul(contrast, contrast), [1, 2, 3], { keepdims: false });
        return build.sub(silent.build(scene), build.mul(penalty, 1e-3));
      },
    };
    const dream = await dreaming(brightNetwork(1, 1.4), { objective: penalised });
    expect((await advance(dream, 61))[0]).toBeGreaterThan(0.01);
    await dream.dispose();
  });

  test("is redirected in the first 16 steps alone", async () => {
    // So silent that nothing wakes it.
    const dream = await dreaming(brightNetwork(1, 1000), {});
    const moved = [];
    for (let step = 1; step <= 18; step++) {
      const before = dream.state.mean;
      await dream.advance();
      // Without a gradient, Adam's mean only decays.
      moved.push(dream.state.mean.some((v, i) => Math.abs(v - 0.9 * before[i]) > 1e-6 * Math.abs(v)));
    }
    expect(moved).toEqual([...new Array(16).fill(true), false, false]);
    await dream.dispose();
  });

  test("leaves a live picture beside it exactly as it would be by itself", async () => {
    const objective = channel({ layer: "features", unit: [1, 0] });
    const [beside, plain] = await Promise.all(
      [{}, { overrides: [] }].map((options) => dreaming(brightNetwork(2, 1.4), { ...options, objective })),
    );
    const values = [await advance(beside, 10), await advance(plain, 10)];
    const half = beside.state.parameters.length / 2;
    expect(beside.state.parameters.subarray(0, half)).toEqual(plain.state.parameters.subarray(0, half));
    expect(beside.state.parameters.subarray(half)).not.toEqual(plain.state.parameters.subarray(half));
    expect(values[0][0]).toBe(values[1][0]);
    await beside.dispose();
    await plain.dispose();
  });
});

describe("smooth-max-pool", () => {
  const epsilon = 0.01;
  interface Pool {
    readonly kernel: number;
    readonly stride: number;
    readonly pad: number;
    readonly ceil?: boolean;
    readonly dilation?: number;
  }

  /** Σ g · mean(x²) / (0.01 + mean|x|) over windows, in double precision; what lies outside does not count. */
  function smoothed(x: ArrayLike<number>, side: number, g: ArrayLike<number>, out: number, pool: Pool): number {
    const { kernel, stride, pad, dilation = 1 } = pool;
    let sum = 0;
    for (let plane = 0; plane < x.length / side ** 2; plane++) {
      for (let at = 0; at < out * out; at++) {
        let [squares, sizes, count] = [0, 0, 0];
        for (let tap = 0; tap < kernel * kernel; tap++) {
          const row = Math.floor(at / out) * stride - pad + Math.floor(tap / kernel) * dilation;
          const column = (at % out) * stride - pad + (tap % kernel) * dilation;
          if (row < 0 || column < 0 || row >= side || column >= side) continue;
          const v = x[plane * side * side + row * side + column];
          squares += v * v;
          sizes += Math.abs(v);
          count++;
        }
        sum += (g[plane * out * out + at] * (squares / count)) / (epsilon + sizes / count);
      }
    }
    return sum;
  }

  test.each<[string, Pool]>([
    ["2×2", { kernel: 2, stride: 2, pad: 0 }],
    ["3×3 that overlap", { kernel: 3, stride: 2, pad: 0 }],
    ["3×3 with padding", { kernel: 3, stride: 1, pad: 1 }],
    ["rounded up, as Caffe's are", { kernel: 3, stride: 2, pad: 0, ceil: true }],
    ["rounded up, with padding", { kernel: 3, stride: 2, pad: 1, ceil: true }],
    ["dilated", { kernel: 2, stride: 1, pad: 0, dilation: 2 }],
  ])("its gradient is that of mean(x²) / (0.01 + mean|x|): %s", async (_, pool) => {
    const side = 8;
    const { kernel, stride, pad, ceil, dilation = 1 } = pool;
    const attributes = {
      ...{ kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [pad, pad, pad, pad] },
      ...{ ceil_mode: ceil ? 1 : 0, dilations: [dilation, dilation] },
    };
    // Away from 0, where |x| has a corner.
    const x = normals(2 * side * side).map((v) => v + 0.1 * Math.sign(v));
    const op = (v: Value) => emit("MaxPool", [v], attributes)[0];
    const { other, g } = await bothWays(op, [1, 2, side, side], { x }, (blocked) => smoothMaxPool.rules({ blocked }));
    const out = Math.sqrt(g.length / 2);
    for (let i = 0; i < x.length; i++) {
      const at = (v: number) => smoothed(Object.assign(Float64Array.from(x), { [i]: x[i] + v }), side, g, out, pool);
      expect(other.back[i]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 3);
    }
  });

  test("a window of zeros gets a gradient of zeros", async () => {
    const op = (v: Value) => emit("MaxPool", [v], { kernel_shape: [2, 2], strides: [2, 2] })[0];
    const rules = (blocked: Value) => smoothMaxPool.rules({ blocked });
    const { other } = await bothWays(op, [1, 1, 4, 4], { x: new Float32Array(16) }, rules);
    expect(other.back.every((v) => v === 0)).toBe(true);
  });
});
