/** @file Every loss of this folder: values against plain loops in double precision, gradients against finite differences. */
import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gradient } from "../../autodiff/gradient.js";
import type { DType } from "../../graph/dtype.js";
import { input } from "../../graph/emit.js";
import { type Nd, nd } from "../../graph/nd.js";
import { sizeOf, Tensor } from "../../graph/tensor.js";
import { ancestors } from "../../graph/topology.js";
import type { Value } from "../../graph/value.js";
import { evaluate } from "../../ops/evaluate.js";
import "../../ops/index.js";
import { seededRandom } from "../../random.js";
import { compile } from "../../runtime/compile.js";
import * as losses from "./index.js";

/** An input of a loss; floats are differentiated. */
interface Given {
  readonly dims: readonly number[];
  readonly data: readonly number[];
  readonly dtype: DType;
}

interface Example {
  readonly file: string;
  readonly note?: string;
  readonly inputs: readonly Given[];
  readonly build: (...inputs: Value[]) => Value;
  /** The published formula, in plain loops over the inputs' numbers. */
  readonly oracle: (...inputs: (readonly number[])[]) => number;
  /** How many operators the gradient by the first input may add to the loss. */
  readonly mostOperators?: number;
}

const floats = (seed: number, dims: readonly number[], [low, high] = [-2, 2]): Given => {
  const random = seededRandom(seed);
  const data = Array.from({ length: sizeOf(dims) }, () => Math.fround(low + (high - low) * random.uniform()));
  return { dims, data, dtype: "float32" };
};

const classesOf = (data: readonly number[], dtype: DType = "int64"): Given => ({ dims: [data.length], data, dtype });

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const rowsOf = (x: readonly number[], count: number) =>
  Array.from({ length: x.length / count }, (_, n) => x.slice(n * count, (n + 1) * count));

function logProbabilities(logits: readonly number[]): number[] {
  const top = Math.max(...logits);
  const all = top + Math.log(sum(logits.map((v) => Math.exp(v - top))));
  return logits.map((v) => v - all);
}

/** With smoothing and weights as PyTorch's CrossEntropyLoss documents them, written per example. */
function crossEntropyOracle(
  logits: readonly number[],
  classes: readonly number[],
  count: number,
  smoothing = 0,
  weights: readonly number[] = new Array(count).fill(1),
): number {
  let [loss, whole] = [0, 0];
  rowsOf(logits, count).forEach((row, n) => {
    const c = classes[n];
    if (c < 0) return;
    const each = logProbabilities(row).map((v, i) => -v * weights[i]);
    loss += (1 - smoothing) * each[c] + (smoothing / count) * sum(each);
    whole += weights[c];
  });
  return loss / whole;
}

const elementwise =
  (f: (a: number, b: number) => number, per: number) => (a: readonly number[], b: readonly number[]) =>
    sum(a.map((v, i) => f(v, b[i]))) / per;

const squared = (a: number, b: number) => (a - b) ** 2;
const absolute = (a: number, b: number) => Math.abs(a - b);
const huberOf = (delta: number) => (a: number, b: number) =>
  Math.abs(a - b) <= delta ? (a - b) ** 2 / 2 : delta * (Math.abs(a - b) - delta / 2);
const binary = (x: number, t: number) => {
  const p = 1 / (1 + Math.exp(-x));
  return -t * Math.log(p) - (1 - t) * Math.log(1 - p);
};

function crossCovarianceOracle(a: readonly number[], b: readonly number[], rows: number): number {
  const [as, bs] = [rowsOf(a, a.length / rows), rowsOf(b, b.length / rows)];
  const mean = (matrix: readonly (readonly number[])[], i: number) => sum(matrix.map((row) => row[i])) / rows;
  let out = 0;
  for (let i = 0; i < as[0].length; i++) {
    for (let j = 0; j < bs[0].length; j++) {
      const [meanA, meanB] = [mean(as, i), mean(bs, j)];
      out += (sum(as.map((row, n) => (row[i] - meanA) * (bs[n][j] - meanB))) / rows) ** 2 / 2;
    }
  }
  return out;
}

function accuracyOracle(logits: readonly number[], classes: readonly number[], count: number): number {
  const labelled = rowsOf(logits, count).flatMap((row, n) =>
    classes[n] < 0 ? [] : [row.indexOf(Math.max(...row)) === classes[n] ? 1 : 0],
  );
  return sum(labelled) / labelled.length;
}

const logits = floats(1, [5, 4]);
const classes = classesOf([3, 0, 1, 1, 2]);
const pictures = [floats(2, [3, 2, 2, 2]), floats(3, [3, 2, 2, 2])];
const shares = { ...floats(4, [5, 4], [0, 1]) };

const examples: readonly Example[] = [
  {
    file: "cross-entropy",
    inputs: [logits, classes],
    build: (x, c) => losses.crossEntropy(x, c),
    oracle: (x, c) => crossEntropyOracle(x, c, 4),
    mostOperators: 8,
  },
  {
    file: "cross-entropy",
    note: "smoothed, classes of 32 bits",
    inputs: [logits, { ...classes, dtype: "int32" }],
    build: (x, c) => losses.crossEntropy(x, c, { labelSmoothing: 0.125 }),
    oracle: (x, c) => crossEntropyOracle(x, c, 4, 0.125),
    mostOperators: 8,
  },
  {
    file: "cross-entropy",
    note: "weighted, smoothed, one unlabelled",
    inputs: [logits, classesOf([3, 0, -1, 1, 2])],
    build: (x, c) => losses.crossEntropy(x, c, { labelSmoothing: 0.25, weights: [1, 0, 2.5, 0.5] }),
    oracle: (x, c) => crossEntropyOracle(x, c, 4, 0.25, [1, 0, 2.5, 0.5]),
    mostOperators: 8,
  },
  {
    file: "soft-cross-entropy",
    inputs: [logits, shares],
    build: (x, p) => losses.softCrossEntropy(x, p),
    oracle: (x, p) => {
      const wanted = rowsOf(p, 4);
      return -sum(rowsOf(x, 4).map((row, n) => sum(logProbabilities(row).map((v, i) => v * wanted[n][i])))) / 5;
    },
    mostOperators: 6,
  },
  {
    file: "binary-cross-entropy",
    inputs: [floats(5, [3, 2, 2], [-4, 4]), floats(6, [3, 2, 2], [0, 1])],
    build: (x, t) => losses.binaryCrossEntropy(x, t),
    oracle: elementwise(binary, 3),
    mostOperators: 7,
  },
  {
    file: "binary-cross-entropy",
    note: "per element",
    inputs: [floats(5, [3, 2, 2], [-4, 4]), floats(6, [3, 2, 2], [0, 1])],
    build: (x, t) => losses.binaryCrossEntropy(x, t, { per: "element" }),
    oracle: elementwise(binary, 12),
  },
  {
    file: "squared-error",
    inputs: pictures,
    build: (x, t) => losses.squaredError(x, t),
    oracle: elementwise(squared, 3),
    mostOperators: 1,
  },
  {
    file: "squared-error",
    note: "per element",
    inputs: pictures,
    build: (x, t) => losses.squaredError(x, t, { per: "element" }),
    oracle: elementwise(squared, 24),
    mostOperators: 1,
  },
  {
    file: "absolute-error",
    inputs: pictures,
    build: (x, t) => losses.absoluteError(x, t),
    oracle: elementwise(absolute, 3),
    mostOperators: 2,
  },
  {
    file: "absolute-error",
    note: "per element",
    inputs: pictures,
    build: (x, t) => losses.absoluteError(x, t, { per: "element" }),
    oracle: elementwise(absolute, 24),
  },
  {
    file: "huber",
    inputs: pictures,
    build: (x, t) => losses.huber(x, t),
    oracle: elementwise(huberOf(1), 3),
  },
  {
    file: "huber",
    note: "per element, of another δ",
    inputs: pictures,
    build: (x, t) => losses.huber(x, t, { delta: 0.375, per: "element" }),
    oracle: elementwise(huberOf(0.375), 24),
  },
  {
    file: "cross-covariance",
    inputs: [floats(7, [6, 3], [0, 1]), floats(8, [6, 2])],
    build: (a, b) => losses.crossCovariance(a, b),
    oracle: (a, b) => crossCovarianceOracle(a, b, 6),
    mostOperators: 10,
  },
  {
    file: "cross-covariance",
    note: "one example",
    inputs: [floats(7, [1, 3]), floats(8, [1, 2])],
    build: (a, b) => losses.crossCovariance(a, b),
    oracle: () => 0,
  },
  {
    file: "kullback-leibler-to-normal",
    inputs: [floats(9, [4, 3]), floats(10, [4, 3])],
    build: (m, v) => losses.kullbackLeiblerToNormal(m, v),
    oracle: (m, v) => sum(m.map((mean, i) => (mean ** 2 + Math.exp(v[i]) - 1 - v[i]) / 2)) / 4,
    mostOperators: 1,
  },
  {
    file: "accuracy",
    inputs: [logits, classesOf([3, 0, -1, 1, 2])],
    build: (x, c) => losses.accuracy(x, c),
    oracle: (x, c) => accuracyOracle(x, c, 4),
  },
];

/** Files that are no loss of their own. */
const shared = ["class-mask", "index", "loss-inputs"];

test("every loss of the folder has an example", () => {
  const files = readdirSync(new URL(".", import.meta.url)).filter((file) => !file.endsWith(".test.ts"));
  const tried = new Set(examples.map(({ file }) => file));
  expect([...tried, ...shared].sort()).toEqual(files.map((file) => file.replace(/[.]ts$/, "")).sort());
});

function built({ inputs, build }: Pick<Example, "inputs" | "build">) {
  const values = inputs.map(({ dims, dtype }, i) => input(`x${i}`, dims, dtype));
  const feeds = new Map(inputs.map(({ dims, data }, i) => [values[i], nd(dims, data)] as const));
  return { values, feeds, loss: build(...values) };
}

async function onRuntime(outputs: readonly Value[], values: readonly Value[], inputs: readonly Given[]): Promise<Nd[]> {
  const program = await compile(
    {
      inputs: Object.fromEntries(values.map((v) => [v.name, v])),
      outputs: Object.fromEntries(outputs.map((y, i) => [`y${i}`, y])),
    },
    { threads: 1 },
  );
  const given = inputs.map(({ dtype, dims, data }, i) => [`x${i}`, Tensor.ofNumbers(dtype, dims, data)] as const);
  const results = await program.run(Object.fromEntries(given));
  await program.dispose();
  return outputs.map((_, i) => nd(results[`y${i}`].dims, results[`y${i}`].toNumbers()));
}

const isFigure = (file: string) => file === "accuracy";

describe.each(examples.map((example) => [`${example.file} ${example.note ?? ""}`, example] as const))("%s", (_, e) => {
  const expected = e.oracle(...e.inputs.map(({ data }) => data));

  test("is the published number, in double precision and on ONNX Runtime", async () => {
    const { values, feeds, loss } = built(e);
    expect(loss.shape).toEqual([]);
    expect(evaluate([loss], feeds)[0].data[0]).toBeCloseTo(expected, 9);
    const [found] = await onRuntime([loss], values, e.inputs);
    expect(Math.abs(found.data[0] - expected)).toBeLessThan(2e-6 * (1 + Math.abs(expected)));
  });

  if (isFigure(e.file)) return;

  test("has the slope of finite differences", async () => {
    const { values, feeds, loss } = built(e);
    const smooth = values.filter(({ dtype }) => dtype === "float32");
    const slopes = gradient(loss, smooth);
    const exact = evaluate(slopes, feeds);
    const found = await onRuntime(slopes, values, e.inputs);
    const numbers = e.inputs.map(({ data }) => [...data]);
    const step = 1e-5;
    smooth.forEach((value, k) => {
      const own = numbers[values.indexOf(value)];
      own.forEach((at, i) => {
        own[i] = at + step;
        const up = e.oracle(...numbers);
        own[i] = at - step;
        const slope = (up - e.oracle(...numbers)) / (2 * step);
        own[i] = at;
        expect(exact[k].data[i], `input ${k}, element ${i}`).toBeCloseTo(slope, 7);
        expect(found[k].data[i], `input ${k}, element ${i}, on ONNX Runtime`).toBeCloseTo(slope, 5);
      });
    });
  });

  test("costs little to differentiate", () => {
    const { values, loss } = built(e);
    const forward = new Set(ancestors([loss]));
    const back = ancestors(gradient(loss, [values[0]])).filter((node) => !forward.has(node));
    const names = back.map(({ op }) => op);
    expect(names.filter((name) => /Scatter|Gather|OneHot/.test(name))).toEqual([]);
    expect(names.length, names.join(" ")).toBeLessThanOrEqual(e.mostOperators ?? 12);
  });
});

/** A loss's value and its slope by the first input, as ONNX Runtime computes them. */
async function computed(build: (...inputs: Value[]) => Value, inputs: readonly Given[]) {
  const { values, loss } = built({ build, inputs });
  const [value, slope] = await onRuntime([loss, ...gradient(loss, [values[0]])], values, inputs);
  return { value: value.data[0], slope: [...slope.data] };
}

test("far from any probability the cross-entropies are still exact", async () => {
  const far: Given = { dims: [2, 3], data: [1e4, -1e4, 0, -3e4, 3e4, 2e4], dtype: "float32" };
  const entropy = await computed((x, c) => losses.crossEntropy(x, c), [far, classesOf([1, 1])]);
  expect(entropy.value).toBeCloseTo(1e4, 1);
  expect(entropy.slope).toEqual([0.5, -0.5, 0, 0, 0, 0]);
  const answers: Given = { dims: [1, 4], data: [1e4, -1e4, 1e4, -1e4], dtype: "float32" };
  const binaryEntropy = await computed(
    (x, t) => losses.binaryCrossEntropy(x, t),
    [answers, { dims: [1, 4], data: [1, 0, 0, 1], dtype: "float32" }],
  );
  expect(binaryEntropy.value).toBeCloseTo(2e4, 1);
  expect(binaryEntropy.slope).toEqual([0, 0, 1, -1]);
});

test("examples without a class count for nothing; a class that the network has not is no number", async () => {
  const none = await computed((x, c) => losses.crossEntropy(x, c), [logits, classesOf([-1, -1, -1, -7, -1])]);
  expect(none.value).toBeCloseTo(0, 12);
  expect(none.slope.every((v) => v === 0)).toBe(true);
  const outside = [logits, classesOf([3, 0, 4, 1, 2])];
  expect((await computed((x, c) => losses.crossEntropy(x, c), outside)).value).toBeNaN();
  const { values, loss } = built({ build: (x, c) => losses.accuracy(x, c), inputs: outside });
  expect((await onRuntime([loss], values, outside))[0].data[0]).toBeNaN();
  const bare = built({ build: (x, c) => losses.accuracy(x, c), inputs: [logits, classesOf([-1, -1, -1, -1, -1])] });
  expect(evaluate([bare.loss], bare.feeds)[0].data[0]).toBe(0);
});

test("cross-covariance finds what is left beside large means", async () => {
  const random = seededRandom(3);
  const rows = Array.from({ length: 128 }, () => [random.normal(), random.normal()]);
  const a: Given = { dims: [128, 1], data: rows.map(([u]) => Math.fround(1000 + u)), dtype: "float32" };
  const b: Given = { dims: [128, 1], data: rows.map(([u, v]) => Math.fround(1000 + 0.1 * u + v)), dtype: "float32" };
  const { value } = await computed((x, y) => losses.crossCovariance(x, y), [a, b]);
  const expected = crossCovarianceOracle(a.data, b.data, 128);
  expect(expected).toBeGreaterThan(1e-4);
  expect(Math.abs(value - expected)).toBeLessThan(0.01 * expected);
});

const number = fc.double({ min: -30, max: 30, noNaN: true });

test("equal logits tell nothing, adding to all of them changes nothing", () => {
  fc.assert(
    fc.property(fc.array(number, { minLength: 6, maxLength: 6 }), number, (data, more) => {
      const at = (numbers: readonly number[]) => {
        const { loss, feeds } = built({
          build: (x, c) => losses.crossEntropy(x, c),
          inputs: [{ dims: [2, 3], data: numbers, dtype: "float32" }, classesOf([2, 0])],
        });
        return evaluate([loss], feeds)[0].data[0];
      };
      expect(at(data)).toBeGreaterThanOrEqual(0);
      expect(at(data.map((v) => v + more))).toBeCloseTo(at(data), 9);
      expect(at(data.map(() => more))).toBeCloseTo(Math.log(3), 9);
    }),
    { numRuns: 50 },
  );
});

test("cross-covariance does not see shifts, and grows with the square of the scale", () => {
  fc.assert(
    fc.property(
      fc.array(number, { minLength: 12, maxLength: 12 }),
      number,
      fc.integer({ min: -4, max: 4 }),
      (data, shift, k) => {
        const at = (f: (v: number) => number) => {
          const { loss, feeds } = built({
            build: (a, b) => losses.crossCovariance(a, b),
            inputs: [
              { dims: [4, 2], data: data.slice(0, 8).map(f), dtype: "float32" },
              { dims: [4, 1], data: data.slice(8), dtype: "float32" },
            ],
          });
          return evaluate([loss], feeds)[0].data[0];
        };
        const own = at((v) => v);
        expect(Math.abs(at((v) => v + shift) - own)).toBeLessThan(1e-8 * (1 + own));
        expect(Math.abs(at((v) => v * k) - own * k * k)).toBeLessThan(1e-8 * (1 + own * k * k));
      },
    ),
    { numRuns: 50 },
  );
});
