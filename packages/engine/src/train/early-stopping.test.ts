import fc from "fast-check";
import { expect, test } from "vitest";
import { type EarlyStoppingOptions, earlyStopping } from "./early-stopping.js";

/** After how many looks it is over; all of them where it never is. */
function looksOf(figures: readonly number[], options: EarlyStoppingOptions) {
  const stopping = earlyStopping(options);
  let state = stopping.start;
  for (const figure of figures) {
    if (stopping.isOver(state)) break;
    state = stopping.look(state, figure);
  }
  return { ...state, over: stopping.isOver(state) };
}

test("ends after so many looks in a row without improvement", () => {
  const figures = [5, 4, 4.5, 4.2, 3, 3, 3.1, 3.2, 1];
  expect(looksOf(figures, { patience: 3 })).toEqual({ best: 3, bestAt: 4, looks: 8, waited: 3, over: true });
  expect(looksOf(figures, { patience: 4 })).toEqual({ best: 1, bestAt: 8, looks: 9, waited: 0, over: false });
  expect(looksOf([], { patience: 1 })).toEqual({ best: null, bestAt: null, looks: 0, waited: 0, over: false });
});

test("accuracies get better upwards", () => {
  const found = looksOf([0.5, 0.7, 0.6, 0.65, 0.9], { patience: 2, better: "higher" });
  expect(found).toEqual({ best: 0.7, bestAt: 1, looks: 4, waited: 2, over: true });
});

test("small improvements count for nothing where least ones are asked for, also when they add up beyond patience", () => {
  const found = looksOf([1, 0.875, 0.75, 0.5], { patience: 5, leastImprovement: 0.25 });
  expect(found).toEqual({ best: 0.5, bestAt: 3, looks: 4, waited: 0, over: false });
  expect(looksOf([1, 0.875, 0.8, 0.5], { patience: 2, leastImprovement: 0.25 }).best).toBe(1);
});

test("what is no number is no improvement, not even at first", () => {
  const odd = [Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  expect(looksOf(odd, { patience: 3 })).toEqual({ best: null, bestAt: null, looks: 3, waited: 3, over: true });
  expect(looksOf([2, ...odd.slice(0, 1), 1], { patience: 2 }).best).toBe(1);
});

test("goes on after JSON as if it had never stopped", () => {
  const options = fc.record({
    patience: fc.integer({ min: 1, max: 5 }),
    leastImprovement: fc.constantFrom(0, 0.1),
    better: fc.constantFrom("lower" as const, "higher" as const),
  });
  fc.assert(
    fc.property(fc.array(fc.double()), options, (figures, chosen) => {
      const stopping = earlyStopping(chosen);
      let [whole, resumed] = [stopping.start, stopping.start];
      for (const figure of figures) {
        whole = stopping.look(whole, figure);
        resumed = earlyStopping(chosen).look(JSON.parse(JSON.stringify(resumed)), figure);
        expect(JSON.stringify(resumed)).toBe(JSON.stringify(whole));
        expect(whole.waited).toBeLessThanOrEqual(whole.looks);
        if (whole.bestAt !== null) expect(figures[whole.bestAt]).toBe(whole.best);
      }
    }),
  );
});

test.each<[string, EarlyStoppingOptions]>([
  ["no patience", { patience: 0 }],
  ["half a look", { patience: 1.5 }],
  ["patience that is no number", { patience: Number.NaN }],
  ["an improvement below 0", { patience: 1, leastImprovement: -0.1 }],
  ["an improvement that is no number", { patience: 1, leastImprovement: Number.NaN }],
  ["an unknown direction", { patience: 1, better: "up" as "lower" }],
])("refuses %s", (_, options) => {
  expect(() => earlyStopping(options)).toThrow(expect.objectContaining({ code: "EARLY_STOPPING" }));
});
