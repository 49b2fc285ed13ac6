/** @file Every operator in these folders: shapes and values against ONNX Runtime, gradients against finite differences. */
import { describe, expect, test } from "vitest";
import { gradient } from "../autodiff/gradient.js";
import { constant, emit, input } from "../graph/emit.js";
import { NoemaError } from "../graph/error.js";
import { type Nd, nd } from "../graph/nd.js";
import { allOps, type Case, type OpDefinition } from "../graph/op.js";
import { Tensor } from "../graph/tensor.js";
import type { Value } from "../graph/value.js";
import { compile } from "../runtime/compile.js";
import { evaluate } from "./evaluate.js";
import "./index.js";

interface Built {
  readonly inputs: readonly (Value | null)[];
  /** Inputs that gradients are taken of: float, whether fed or known when building. */
  readonly smooth: readonly Value[];
  readonly outputs: readonly Value[];
  readonly feeds: Map<Value, Nd>;
}

/** A small generator of reproducible numbers in 0…1 (mulberry32, Tommy Ettinger 2017). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function build(op: OpDefinition, example: Case): Built {
  const random = generator(1);
  const feeds = new Map<Value, Nd>();
  const smooth: Value[] = [];
  const inputs = example.inputs.map((spec, i) => {
    if (spec === null) return null;
    const tensor = Tensor.ofNumbers(spec.dtype, spec.dims, spec.draw(random));
    const value = spec.constant ? constant(tensor) : input(`x${i}`, spec.dims, spec.dtype);
    if (!spec.constant) feeds.set(value, nd(spec.dims, tensor.toNumbers()));
    if (spec.dtype === "float32" && !spec.fixed) smooth.push(value);
    return value;
  });
  const options = { outputs: example.outputs ?? 1, domain: op.domain ?? "" };
  return { inputs, smooth, outputs: emit(op.name, inputs, example.attributes ?? {}, options), feeds };
}

async function runOnRuntime(outputs: readonly Value[], feeds: Map<Value, Nd>): Promise<Nd[]> {
  const named = Object.fromEntries([...feeds.keys()].map((v) => [v.name, v]));
  const program = await compile(
    { inputs: named, outputs: Object.fromEntries(outputs.map((y, i) => [`y${i}`, y])) },
    { threads: 1 },
  );
  const given = Object.fromEntries([...feeds].map(([v, x]) => [v.name, Tensor.ofNumbers(v.dtype, x.dims, x.data)]));
  const results = await program.run(given);
  await program.dispose();
  return outputs.map((_, i) => nd(results[`y${i}`].dims, results[`y${i}`].toNumbers()));
}

function expectClose(found: Nd, expected: Nd, tolerance: number, what: string): void {
  expect([...found.dims], `${what}: shape`).toEqual([...expected.dims]);
  const scale = 1 + expected.data.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), 0);
  for (let i = 0; i < expected.data.length; i++) {
    const [a, b] = [found.data[i], expected.data[i]];
    if (Object.is(a, b) || a === b) continue;
    if (!(Math.abs(a - b) <= tolerance * scale)) {
      expect.fail(`${what}: element ${i} is ${a}, expected ${b} (tolerance ${tolerance} × ${scale})`);
    }
  }
}

/** Gradient of Σ weights·f by central differences, with respect to one array. */
function finiteDifferences(f: () => readonly Nd[], weights: readonly Nd[], x: Nd, step: number): Nd {
  const objective = () => f().reduce((sum, y, k) => sum + y.data.reduce((s, v, i) => s + v * weights[k].data[i], 0), 0);
  const out = new Float64Array(x.data.length);
  for (let i = 0; i < out.length; i++) {
    const at = x.data[i];
    x.data[i] = at + step;
    const up = objective();
    x.data[i] = at - step;
    const down = objective();
    x.data[i] = at;
    out[i] = (up - down) / (2 * step);
  }
  return nd(x.dims, out);
}

function seedsOf(weights: readonly Nd[]): Value[] {
  return weights.map((w) => constant(Tensor.ofNumbers("float32", w.dims, w.data)));
}

/** Computed by the first test that needs it, so that one broken operator fails its own tests only. */
function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Feeds in which known floats can be moved too. */
function withConstants(built: Built): Map<Value, Nd> {
  const feeds = new Map(built.feeds);
  for (const v of built.smooth) if (v.constant !== null) feeds.set(v, nd(v.shape, v.constant.toNumbers()));
  return feeds;
}

function caseName(example: Case, i: number): string {
  return `case ${i}${example.note ? ` (${example.note})` : example.attributes ? ` ${JSON.stringify(example.attributes)}` : ""}`;
}

describe.each(allOps().map((op) => [op.domain ? `${op.domain}::${op.name}` : op.name, op] as const))("%s", (_, op) => {
  test("has cases", () => {
    expect(op.cases.length).toBeGreaterThan(0);
  });

  describe.each(op.cases.map((example, i) => [caseName(example, i), example] as const))("%s", (_name, example) => {
    const prepared = lazy(() => {
      const built = build(op, example);
      return { built, floats: built.outputs.filter((y) => y.dtype === "float32") };
    });

    test("gives the shape and values that ONNX Runtime gives", async () => {
      const { built } = prepared();
      const found = await runOnRuntime(built.outputs, built.feeds);
      const expected = evaluate(built.outputs, built.feeds);
      built.outputs.forEach((y, i) => {
        expect([...y.shape], "inferred shape").toEqual([...found[i].dims]);
        expectClose(found[i], expected[i], example.tolerance ?? 2e-5, `output ${i}`);
      });
    });

    if (op.gradient === "zero") {
      test("passes no gradient", () => {
        const { built, floats } = prepared();
        for (const y of floats) {
          if (built.smooth.length === 0) continue;
          const [g] = evaluate(gradient(y, [built.smooth[0]]), built.feeds);
          expect(g.data.every((v) => v === 0)).toBe(true);
        }
      });
      return;
    }
    if (typeof op.gradient === "object" && "undifferentiable" in op.gradient) {
      test("says that it has no gradient", () => {
        const { built, floats } = prepared();
        if (floats.length > 0 && built.smooth.length > 0 && floats[0].node !== null) {
          expect(() => gradient(floats, built.smooth)).toThrowError(/GRADIENT_UNDEFINED/);
        }
      });
      return;
    }
    if (!example.inputs.some((spec) => spec?.dtype === "float32" && !spec.fixed)) return;

    const firstOrder = lazy(() => {
      const { built, floats } = prepared();
      const random = generator(2);
      const weightsFor = (values: readonly Value[]) =>
        values.map((v) =>
          nd(
            v.shape,
            Float64Array.from({ length: v.size }, () => Math.fround(2 * random() - 1)),
          ),
        );
      const weights = weightsFor(floats);
      const first = gradient(floats, built.smooth, { outputGradients: seedsOf(weights) });
      return { built, floats, weights, first, again: weightsFor(first) };
    });

    test("has the gradient that finite differences give", async () => {
      const { built, floats, weights, first } = firstOrder();
      const found = await runOnRuntime(first, built.feeds);
      const feeds = withConstants(built);
      built.smooth.forEach((x, i) => {
        const expected = finiteDifferences(() => evaluate(floats, feeds), weights, feeds.get(x)!, 1e-5);
        expectClose(found[i], expected, 10 * (example.tolerance ?? 2e-5), `gradient of input ${i}`);
      });
    });

    test("has the second gradient that finite differences give, where its rule is differentiable", () => {
      const { built, first, again } = firstOrder();
      let second: Value[];
      try {
        second = gradient(first, built.smooth, { outputGradients: seedsOf(again) });
      } catch (error) {
        if (error instanceof NoemaError && error.code === "GRADIENT_UNDEFINED") return;
        throw error;
      }
      const feeds = withConstants(built);
      const found = evaluate(second, feeds);
      built.smooth.forEach((x, i) => {
        const expected = finiteDifferences(() => evaluate(first, feeds), again, feeds.get(x)!, 1e-5);
        expectClose(found[i], expected, 1e-4, `second gradient of input ${i}`);
      });
    });
  });
});
