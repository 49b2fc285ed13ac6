import { expect, test } from "vitest";
import { duration, showProgress } from "./progress.js";

test("writes lines with the time left where there is no terminal, and not too many", () => {
  const lines: string[] = [];
  let now = 0;
  const stream = { isTTY: false, write: (line: string) => lines.push(line) } as unknown as NodeJS.WriteStream;
  const progress = showProgress({ stream, total: 100, unit: "steps", now: () => now });
  for (let done = 1; done <= 50; done++) {
    now = done * 500;
    progress.update(done, "objective 3.1");
  }
  progress.stop();
  expect(lines).toEqual([1, 21, 41].map((done, i) => `${done} of 100 steps, objective 3.1, ${50 - 10 * i} s left\n`));
});

test("what was done before says nothing of how long the rest takes", () => {
  const lines: string[] = [];
  let now = 0;
  const stream = { isTTY: false, write: (line: string) => lines.push(line) } as unknown as NodeJS.WriteStream;
  const progress = showProgress({ stream, total: 100, unit: "steps", before: 80, now: () => now });
  for (const done of [80, 85]) {
    progress.update(done);
    now += 20_000;
  }
  expect(lines).toEqual(["80 of 100 steps\n", "85 of 100 steps, 60 s left\n"]);
});

test.each([
  [400, "0 s"],
  [59_600, "60 s"],
  [600_000, "10 min"],
  [3 * 3_600_000, "3 h 0 min"],
])("%i ms is %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});
