/** @file Every optimizer of this folder: thirty steps beside the published update in plain double precision, and beside PyTorch. */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { input } from "../../graph/emit.js";
import { nd } from "../../graph/nd.js";
import { evaluate } from "../../ops/evaluate.js";
import "../../ops/index.js";
import { adamOptimizer, adamW } from "./adam.js";
import type { Optimizer } from "./optimizer.js";
import { type SgdOptions, sgd } from "./sgd.js";

/** One number's course: what it carries is up to the reference. */
type Reference = (start: number, decays: boolean) => (gradient: number, rate: number) => number;

interface Example {
  readonly file: string;
  readonly name: string;
  readonly optimizer: Optimizer;
  readonly reference: Reference;
  /** Where PyTorch 1.13 has the three weights after thirty steps, in double precision. */
  readonly pytorch: readonly number[];
}

/** As PyTorch documents SGD, dampening 0. */
const sgdReference =
  ({ momentum = 0, nesterov = false, weightDecay = 0 }: SgdOptions): Reference =>
  (start, decays) => {
    let [p, buffer] = [start, 0];
    return (gradient, rate) => {
      const g = gradient + (decays ? weightDecay * p : 0);
      buffer = momentum * buffer + g;
      p -= rate * (nesterov ? g + momentum * buffer : buffer);
      return p;
    };
  };

interface AdamNumbers {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** Algorithm 1 of Kingma and Ba 2015; decoupled, algorithm 2 of Loshchilov and Hutter 2019. */
const adamReference =
  ({ beta1, beta2, epsilon, weightDecay }: AdamNumbers, decoupled: boolean): Reference =>
  (start, decays) => {
    let [p, m, v, t] = [start, 0, 0, 0];
    return (gradient, rate) => {
      t++;
      const decay = decays ? weightDecay : 0;
      const g = decoupled ? gradient : gradient + decay * p;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      if (decoupled) p -= rate * decay * p;
      p -= (rate * (m / (1 - beta1 ** t))) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
      return p;
    };
  };

const defaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
const others = { beta1: 0.8, beta2: 0.95, epsilon: 1e-4, weightDecay: 0.1 };
const momentum = { momentum: 0.9, weightDecay: 0.1 };
const nesterov = { ...momentum, nesterov: true };

const examples: readonly Example[] = [
  { name: "plain", optimizer: sgd(), reference: sgdReference({}), pytorch: [0.484767997, -1.489474967, -0.00129] },
  {
    name: "weight decay",
    optimizer: sgd({ weightDecay: 0.1 }),
    reference: sgdReference({ weightDecay: 0.1 }),
    pytorch: [0.436776554, -1.340236409, -0.001250411],
  },
  {
    name: "momentum and weight decay",
    optimizer: sgd(momentum),
    reference: sgdReference(momentum),
    pytorch: [0.124251356, -0.646376582, -0.006158237],
  },
  {
    name: "nesterov and weight decay",
    optimizer: sgd(nesterov),
    reference: sgdReference(nesterov),
    pytorch: [0.125737839, -0.6210818, -0.006564259],
  },
]
  .map((each): Example => ({ file: "sgd", ...each }))
  .concat(
    [
      {
        name: "defaults",
        optimizer: adamOptimizer(),
        reference: adamReference(defaults, false),
        pytorch: [0.404470411, -1.468638666, -1.111048327],
      },
      {
        name: "weight decay and other numbers",
        optimizer: adamOptimizer(others),
        reference: adamReference(others, false),
        pytorch: [0.370363796, -0.995527807, -0.030710729],
      },
      {
        name: "AdamW",
        optimizer: adamW(),
        reference: adamReference({ ...defaults, weightDecay: 0.01 }, true),
        pytorch: [0.400106577, -1.453092862, -1.105720231],
      },
      {
        name: "AdamW with other numbers",
        optimizer: adamW(others),
        reference: adamReference(others, true),
        pytorch: [0.382546633, -1.328441837, -0.942593395],
      },
    ].map((each): Example => ({ file: "adam", ...each })),
  );

test("every optimizer of the folder is tried", () => {
  const own = ["check-options.ts", "contract.test.ts", "optimizer.ts"];
  const files = readdirSync(new URL(".", import.meta.url)).filter((file) => !own.includes(file));
  expect([...new Set(examples.map(({ file }) => `${file}.ts`))].sort()).toEqual(files.sort());
});

const steps = Array.from({ length: 30 }, (_, i) => i + 1);
const starts = [0.5, -1.5, 0];
/** Three courses: alternating, slow, and so small that epsilon counts. */
const gradientsAt = (t: number) => [Math.sin(1.7 * t), 0.3 * Math.cos(t), 1e-4 * t];
const rateAt = (t: number) => (t <= 15 ? 0.05 : 0.02);

/** The graph of an update, evaluated in double precision: what is left are constants rounded to single. */
function course(optimizer: Optimizer, decays: boolean): number[][] {
  const shape = [starts.length];
  const [parameter, gradient] = [input("parameter", shape), input("gradient", shape)];
  const slots = optimizer.slots.map((name) => input(name, shape));
  const scalars = Array.from({ length: optimizer.scalarCount }, (_, i) => input(`scalar ${i}`, [1]));
  const next = optimizer.update({ parameter, gradient, slots, scalars, decays });
  let now: readonly (readonly number[])[] = [starts, ...slots.map(() => starts.map(() => 0))];
  return steps.map((t) => {
    const given = optimizer.scalars(t, rateAt(t));
    expect(given).toHaveLength(optimizer.scalarCount);
    const feeds = new Map([
      ...[parameter, ...slots].map((value, i) => [value, nd(shape, now[i])] as const),
      ...scalars.map((value, i) => [value, nd([1], [given[i]])] as const),
      [gradient, nd(shape, gradientsAt(t))],
    ]);
    now = evaluate([next.parameter, ...next.slots], feeds).map(({ data }) => [...data]);
    return [...now[0]];
  });
}

describe.each(examples)("$file, $name", ({ optimizer, reference, pytorch }) => {
  test.each([true, false])("goes as published, weight decay acting: %s", (decays) => {
    const references = starts.map((start) => reference(start, decays));
    const wanted = steps.map((t) => references.map((move, i) => move(gradientsAt(t)[i], rateAt(t))));
    course(optimizer, decays).forEach((found, i) => {
      found.forEach((value, k) => {
        expect(Math.abs(value - wanted[i][k]), `weight ${k} after step ${i + 1}`).toBeLessThan(2e-7);
      });
    });
  });

  test("goes where PyTorch goes", () => {
    const found = course(optimizer, true).at(-1)!;
    found.forEach((value, k) => {
      expect(Math.abs(value - pytorch[k]), `weight ${k}`).toBeLessThan(2e-7);
    });
  });
});

const refused: readonly (readonly [string, () => Optimizer])[] = [
  ["a momentum of 1", () => sgd({ momentum: 1 })],
  ["a momentum below 0", () => sgd({ momentum: -0.1 })],
  ["nesterov without momentum", () => sgd({ nesterov: true })],
  ["a negative weight decay", () => sgd({ weightDecay: -1 })],
  ["a weight decay that is no number", () => adamW({ weightDecay: Number.NaN })],
  ["an infinite weight decay", () => adamOptimizer({ weightDecay: Number.POSITIVE_INFINITY })],
  ["beta1 of 1", () => adamOptimizer({ beta1: 1 })],
  ["beta2 that is no number", () => adamOptimizer({ beta2: Number.NaN })],
  ["a negative epsilon", () => adamW({ epsilon: -1e-8 })],
];

test.each(refused)("refuses %s", (_, make) => {
  expect(make).toThrow(expect.objectContaining({ code: "OPTIMIZER_OPTION" }));
});
