/** @file Every schedule of this folder: beginning, end, bounds, jumps; and the texts that name them. */
import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as schedules from "./index.js";
import type { Schedule } from "./schedule.js";

interface Example {
  readonly text: string;
  readonly same: Schedule;
  /** The factor at the first of very many steps, and after the last. */
  readonly from: number;
  readonly to: number;
  /** Factors at steps of a training of 100. */
  readonly at: Readonly<Record<number, number>>;
  readonly jumps?: true;
  readonly rises?: true;
  /** The largest change from one of 2000 steps to the next, where nothing jumps. Default 0.06: a rise in twenty steps. */
  readonly steepest?: number;
}

const examples: readonly Example[] = [
  { text: "constant", same: schedules.constant(), from: 1, to: 1, at: { 0: 1, 99: 1 } },
  { text: "cosine", same: schedules.cosine(), from: 1, to: 0, at: { 0: 1, 25: (1 + Math.SQRT1_2) / 2, 50: 0.5 } },
  { text: "cosine:0.2", same: schedules.cosine(0.2), from: 1, to: 0.2, at: { 0: 1, 50: 0.6 } },
  { text: "exponential", same: schedules.exponential(), from: 1, to: 0.01, at: { 0: 1, 50: 0.1 } },
  { text: "exponential:1e-4", same: schedules.exponential(1e-4), from: 1, to: 1e-4, at: { 25: 0.1, 75: 1e-3 } },
  {
    text: "one-cycle",
    same: schedules.oneCycle(),
    from: 0.04,
    to: 4e-6,
    at: { 0: 0.04, 15: 0.52, 30: 1 },
    rises: true,
  },
  { text: "one-cycle:0.5", same: schedules.oneCycle(0.5), from: 0.04, to: 4e-6, at: { 50: 1 }, rises: true },
  {
    text: "step",
    same: schedules.step(),
    from: 1,
    to: 0.01,
    at: { 0: 1, 49: 1, 50: 0.1, 74: 0.1, 75: 0.01, 99: 0.01 },
    jumps: true,
  },
  { text: "step:0.5", same: schedules.step({ factor: 0.5 }), from: 1, to: 0.25, at: { 50: 0.5 }, jumps: true },
  {
    text: "step:0.1@30,60",
    same: schedules.step({ factor: 0.1, at: [30, 60] }),
    from: 1,
    to: 0.01,
    at: { 29: 1, 30: 0.1, 59: 0.1, 60: 0.01 },
    jumps: true,
  },
  {
    text: "step:0.5@60, 10%",
    same: schedules.step({ factor: 0.5, at: ["10%", 60] }),
    from: 1,
    to: 0.25,
    at: { 9: 1, 10: 0.5, 60: 0.25 },
    jumps: true,
  },
  {
    text: "warmup:9",
    same: schedules.warmup(9),
    from: 0.1,
    to: 1,
    at: { 0: 0.1, 4: 0.5, 8: 0.9, 9: 1 },
    rises: true,
    steepest: 0.11,
  },
  {
    text: "warmup:20,cosine",
    same: schedules.warmup(20, schedules.cosine()),
    from: 1 / 21,
    to: 0,
    at: { 20: 1, 60: 0.5 },
    rises: true,
  },
  {
    text: "warmup:10%,step:0.1@45,90",
    same: schedules.warmup("10%", schedules.step({ at: [45, 90] })),
    from: 0,
    to: 0.01,
    at: { 9: 10 / 11, 10: 1, 54: 1, 55: 0.1 },
    jumps: true,
    rises: true,
  },
  {
    text: " warmup: 5 , one-cycle ",
    same: schedules.warmup(5, schedules.oneCycle()),
    from: 0.04 / 6,
    to: 4e-6,
    at: { 5: 0.04 },
    rises: true,
  },
];

test("every schedule of the folder has an example and a text", () => {
  const files = readdirSync(new URL(".", import.meta.url)).filter((file) => !file.endsWith(".test.ts"));
  const tried = new Set(examples.map(({ text }) => `${text.trim().split(":")[0]}.ts`));
  const shared = ["index.ts", "parse-schedule.ts", "schedule.ts"];
  expect([...tried, ...shared].sort()).toEqual(files.sort());
  const forms = schedules.scheduleForms.map((form) => `${form.split(":")[0]}.ts`);
  expect(forms.sort()).toEqual([...tried].sort());
});

describe.each(examples)("$text", ({ text, same, from, to, at, jumps, rises, steepest = 0.06 }) => {
  const schedule = schedules.parseSchedule(text);

  test("is what the function of its name makes", () => {
    for (const total of [1, 7, 100]) {
      for (let step = 0; step < total; step++) expect(schedule(step, total)).toBe(same(step, total));
    }
  });

  test("begins, passes and ends where it should", () => {
    const many = 10_000_000;
    expect(schedule(0, many)).toBeCloseTo(from, 5);
    expect(schedule(many, many)).toBeCloseTo(to, 12);
    expect(schedule(many + 1000, many)).toBeCloseTo(to, 12);
    for (const [step, factor] of Object.entries(at)) expect(schedule(Number(step), 100)).toBeCloseTo(factor, 12);
  });

  test("stays between 0 and 1, whatever the training's length", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (total, share) => {
          const factor = schedule(Math.floor(share * total), total);
          expect(factor).toBeGreaterThanOrEqual(0);
          expect(factor).toBeLessThanOrEqual(1);
        },
      ),
    );
    expect(Number.isFinite(schedule(0, 0))).toBe(true);
  });

  test(jumps ? "changes by jumps" : "changes without jumps", () => {
    const total = 2000;
    const factors = Array.from({ length: total + 1 }, (_, step) => schedule(step, total));
    const changes = factors.slice(1).map((factor, i) => factor - factors[i]);
    const largest = Math.max(...changes.map(Math.abs));
    if (jumps) expect(largest).toBeGreaterThan(0.2);
    else expect(largest).toBeLessThan(steepest);
    // Up first if at all, then only down.
    const top = factors.indexOf(Math.max(...factors));
    expect(top > 0).toBe(rises === true);
    const rounding = 1e-12;
    changes.forEach((change, i) => {
      if (i < top) expect(change).toBeGreaterThanOrEqual(-rounding);
      else expect(change).toBeLessThanOrEqual(rounding);
    });
  });
});

test("a training that is shorter than its warm-up only rises", () => {
  const schedule = schedules.warmup(500, schedules.cosine());
  const factors = Array.from({ length: 10 }, (_, step) => schedule(step, 10));
  expect(factors).toEqual(factors.toSorted((a, b) => a - b));
  expect(factors[0]).toBeGreaterThan(0);
  expect(factors[9]).toBeCloseTo(10 / 11, 12);
});

test.each([
  ["", "SCHEDULE_SYNTAX", "a name is missing"],
  ["   ", "SCHEDULE_SYNTAX", "a name is missing"],
  [":0.1", "SCHEDULE_SYNTAX", "a name is missing"],
  ["cosin", "SCHEDULE_UNKNOWN", 'Nearest: "cosine"'],
  ["Cosine", "SCHEDULE_UNKNOWN", '"cosine"'],
  ["toString", "SCHEDULE_UNKNOWN", "no such name"],
  ["warmup:5,onecycle", "SCHEDULE_UNKNOWN", '"one-cycle"'],
  ["constant:1", "SCHEDULE_SYNTAX", '"1" after constant'],
  ["cosine:", "SCHEDULE_SYNTAX", "nothing follows the colon"],
  ["cosine:low", "SCHEDULE_SYNTAX", "the form is cosine:END"],
  ["cosine:0x1", "SCHEDULE_SYNTAX", "is no number"],
  ["cosine:-0.1", "SCHEDULE_SYNTAX", "is no number"],
  ["cosine:2", "SCHEDULE_OPTION", "from 0 to 1"],
  ["exponential:0", "SCHEDULE_OPTION", "above 0 to 1"],
  ["one-cycle:1", "SCHEDULE_OPTION", "one-cycle"],
  ["step:0@5", "SCHEDULE_OPTION", "step, factor"],
  ["step:0.1@", "SCHEDULE_SYNTAX", "a number is missing"],
  ["step:0.1@30,,60", "SCHEDULE_SYNTAX", "a number is missing"],
  ["step:0.1@30@60", "SCHEDULE_SYNTAX", "a second @"],
  ["step:@30", "SCHEDULE_SYNTAX", "a number is missing"],
  ["step:0.1@2.5", "SCHEDULE_OPTION", "a whole number of steps"],
  ["step:0.1@101%", "SCHEDULE_OPTION", "from 0% to 100%"],
  ["step:0.1@%", "SCHEDULE_SYNTAX", "a number is missing"],
  ["warmup", "SCHEDULE_SYNTAX", "the form is warmup:STEPS,SCHEDULE"],
  ["warmup:5,", "SCHEDULE_SYNTAX", "a name is missing"],
  ["warmup:,cosine", "SCHEDULE_SYNTAX", "a number is missing"],
  ["warmup:1e99", "SCHEDULE_OPTION", "a whole number of steps"],
  ["cosine ".repeat(1000), "SCHEDULE_SYNTAX", "7000 characters"],
])("refuses %j", (text, code, part) => {
  expect(() => schedules.parseSchedule(text)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(part) }),
  );
});

test("any text is read or refused with a code", () => {
  const word = fc.constantFrom(
    "warmup",
    "cosine",
    "step",
    "one-cycle",
    ":",
    ",",
    "@",
    "%",
    "0.1",
    "30",
    "-",
    " ",
    "é",
    "\n",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word).map((words) => words.join("")),
      ),
      (text) => {
        let schedule: Schedule;
        try {
          schedule = schedules.parseSchedule(text);
        } catch (error) {
          expect((error as { code: string }).code).toMatch(/^SCHEDULE_/);
          return;
        }
        const factor = schedule(3, 10);
        expect(factor >= 0 && factor <= 1).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test.each([Number.NaN, -1, 1.5])("refuses %d where functions take factors", (value) => {
  const refused = expect.objectContaining({ code: "SCHEDULE_OPTION" });
  expect(() => schedules.cosine(value)).toThrow(refused);
  expect(() => schedules.exponential(value)).toThrow(refused);
  expect(() => schedules.oneCycle(value)).toThrow(refused);
  expect(() => schedules.step({ factor: value })).toThrow(refused);
  expect(() => schedules.warmup(value)).toThrow(refused);
});
