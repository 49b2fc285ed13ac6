import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { input } from "../../graph/emit.js";
import { flatIndex, forEachIndex, type Nd, nd, ndZeros, stridesOf } from "../../graph/nd.js";
import { sizeOf, Tensor } from "../../graph/tensor.js";
import { seededRandom } from "../../random.js";
import { compile } from "../../runtime/compile.js";
import { evaluate } from "../evaluate.js";
import "../index.js";
import { productsPay, weightGradientByProducts } from "./weight-products.js";
import { lookedAt, type Window, windowOf } from "./window.js";

interface Geometry {
  readonly batch: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly window: Window;
}

const axis = fc.record({
  size: fc.integer({ min: 1, max: 7 }),
  kernel: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 3 }),
  dilation: fc.integer({ min: 1, max: 2 }),
  begin: fc.integer({ min: 0, max: 4 }),
  end: fc.integer({ min: 0, max: 4 }),
});

const geometry: fc.Arbitrary<Geometry> = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    // On both sides of the 16 that are enough for a product of their own.
    inputs: fc.constantFrom(1, 2, 3, 16),
    outputs: fc.constantFrom(1, 2, 3, 17),
    isStrided: fc.boolean(),
    axes: fc.array(axis, { minLength: 1, maxLength: 2 }),
  })
  .filter(({ axes }) => axes.every((a) => a.size + a.begin + a.end > (a.kernel - 1) * a.dilation))
  .map(({ axes, isStrided, ...counts }) => ({
    ...counts,
    window: windowOf(
      axes.map((a) => a.size),
      axes.map((a) => a.kernel),
      {
        auto_pad: "NOTSET",
        strides: axes.map((a) => (isStrided ? a.stride : 1)),
        dilations: axes.map((a) => a.dilation),
        pads: [...axes.map((a) => a.begin), ...axes.map((a) => a.end)],
      },
    ),
  }));

function shapesOf({ batch, inputs, outputs, window }: Geometry): { x: number[]; g: number[] } {
  return { x: [batch, inputs, ...window.input], g: [batch, outputs, ...window.output] };
}

function drawn(dims: readonly number[], stream: number): Nd {
  const random = seededRandom(1, stream);
  return nd(
    dims,
    Float64Array.from({ length: sizeOf(dims) }, () => 2 * random.uniform() - 1),
  );
}

/** Σ over pictures and positions of what a tap saw times the output's gradient there. */
function bySum(x: Nd, g: Nd, window: Window): Nd {
  const [n, c] = x.dims;
  const m = g.dims[1];
  const sum = ndZeros([m, c, ...window.kernel]);
  const [xs, gs] = [stridesOf(x.dims), stridesOf(g.dims)];
  forEachIndex(sum.dims, ([o, channel, ...tap], at) => {
    forEachIndex([n, ...window.output], ([picture, ...position]) => {
      const seen = lookedAt(window, position, tap);
      if (seen.some((p, i) => p < 0 || p >= window.input[i])) return;
      const value = x.data[flatIndex([picture, channel, ...seen], xs)];
      sum.data[at] += value * g.data[flatIndex([picture, o, ...position], gs)];
    });
  });
  return sum;
}

describe("weight gradient by products", () => {
  test("is the sum over all positions, whatever the geometry", () => {
    fc.assert(
      fc.property(geometry, (one) => {
        const shapes = shapesOf(one);
        const [x, g] = [input("x", shapes.x), input("g", shapes.g)];
        const [xs, gs] = [drawn(shapes.x, 1), drawn(shapes.g, 2)];
        const feeds = new Map([
          [x, xs],
          [g, gs],
        ]);
        const [found] = evaluate([weightGradientByProducts(x, g, one.window)], feeds);
        const expected = bySum(xs, gs, one.window);
        expect(found.dims).toEqual(expected.dims);
        for (const [i, value] of expected.data.entries()) expect(found.data[i]).toBeCloseTo(value, 9);
      }),
      { numRuns: 200 },
    );
  });

  test("gives the same bytes in every session, on two threads", async () => {
    const window = windowOf([12, 12], [3, 3], { auto_pad: "NOTSET", strides: [], dilations: [], pads: [1, 1, 1, 1] });
    const shapes = shapesOf({ batch: 8, inputs: 16, outputs: 24, window });
    const feeds = {
      x: Tensor.ofNumbers("float32", shapes.x, drawn(shapes.x, 1).data),
      g: Tensor.ofNumbers("float32", shapes.g, drawn(shapes.g, 2).data),
    };
    const results: number[][] = [];
    for (let session = 0; session < 2; session++) {
      const [x, g] = [input("x", shapes.x), input("g", shapes.g)];
      const outputs = { w: weightGradientByProducts(x, g, window) };
      const program = await compile({ inputs: { x, g }, outputs }, { threads: 2 });
      for (let run = 0; run < 2; run++) results.push(Array.from((await program.run(feeds)).w.toNumbers()));
      await program.dispose();
    }
    for (const again of results.slice(1)) expect(again).toEqual(results[0]);
    const expected = bySum(nd(shapes.x, feeds.x.toNumbers()), nd(shapes.g, feeds.g.toNumbers()), window);
    const error = Math.hypot(...expected.data.map((v, i) => v - results[0][i])) / Math.hypot(...expected.data);
    expect(error).toBeLessThan(1e-5);
  });

  test.each([
    ["a 3×3 kernel over a picture", [64, 16, 16], [3, 3], 1, true],
    ["a 3×3 kernel over few channels", [1, 28, 28], [3, 3], 1, true],
    ["a 7×7 kernel over many channels", [32, 16, 16], [7, 7], 1, true],
    ["a 7×7 kernel over three channels, whose taps fill registers", [3, 224, 224], [7, 7], 1, false],
    ["a kernel as large as the picture", [512, 7, 7], [7, 7], 1, false],
    ["groups", [64, 16, 16], [3, 3], 64, false],
    ["more taps than a graph should have nodes", [64, 64, 64], [13, 13], 1, false],
  ] as const)("%s", (_, [channels, ...size], kernel, group, pays) => {
    const window = windowOf(size, kernel, { auto_pad: "NOTSET", strides: [], dilations: [], pads: [] });
    expect(productsPay(input("x", [64, channels, ...size]), window, group)).toBe(pays);
  });
});
