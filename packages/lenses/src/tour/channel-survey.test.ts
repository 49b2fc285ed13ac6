import fc from "fast-check";
import { expect, test } from "vitest";
import { ChannelSurvey } from "./channel-survey.js";

function surveyed(rows: readonly (readonly number[])[], { top = 3, sample = 4096 } = {}) {
  const survey = new ChannelSurvey({ channels: rows[0].length, top, sample });
  const added = rows.map((row, i) => survey.add(i, Float32Array.from(row), Int32Array.from(row.keys())));
  return { added, survey, summaries: survey.summaries() };
}

test("the strongest pictures are those that sorting all of them gives, the first of equal ones first", () => {
  const values = fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 2, maxLength: 2 }), { minLength: 1 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 5 }), (rows, top) => {
      const { summaries } = surveyed(rows, { top });
      for (const channel of [0, 1]) {
        const sorted = rows
          .map((row, picture) => ({ picture, value: row[channel], place: channel }))
          .sort((a, b) => b.value - a.value || a.picture - b.picture);
        expect(summaries[channel].top).toEqual(sorted.slice(0, top));
      }
    }),
  );
});

test("quantiles, histogram and silence are those of all pictures", () => {
  const { summaries } = surveyed([
    [0, 5],
    [1, 5],
    [2, 5],
    [3, 5],
    [-4, 5],
  ]);
  expect(summaries[0].quantiles).toEqual([-4, 0, 1, 2, 3]);
  expect(summaries[0].silent).toBe(2 / 5);
  expect(summaries[0].histogram.reduce((a, b) => a + b)).toBe(5);
  expect([summaries[0].histogram[0], summaries[0].histogram.at(-1)]).toEqual([1, 1]);
  expect(summaries[1].quantiles).toEqual([5, 5, 5, 5, 5]);
  expect(summaries[1].histogram[0]).toBe(5);
});

test("selectivity is 0 for a channel that is alike to all, 1 for one that knows a single picture, none for a dead one", () => {
  const rows = [
    [1, 0, 0],
    [1, 7, 0],
    [1, 0, -2],
    [1, 0, 0],
  ];
  const [alike, single, dead] = surveyed(rows).summaries;
  expect(alike.selectivity).toBe(0);
  expect(single.selectivity).toBe(1);
  expect(dead).toMatchObject({ selectivity: null, silent: 1 });
});

test("of many pictures a sample is kept, in which each is as likely as the others", () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => [i]);
  const [{ quantiles, histogram, top }] = surveyed(rows, { sample: 500 }).summaries;
  expect(histogram.reduce((a, b) => a + b)).toBe(500);
  expect(top[0]).toEqual({ picture: 19_999, value: 19_999, place: 0 });
  expect([quantiles[0], quantiles[4]]).toEqual([0, 19_999]);
  // Five standard deviations of the median of 500 uniform numbers.
  expect(Math.abs(quantiles[2] - 10_000)).toBeLessThan((5 * 20_000) / (2 * Math.sqrt(500)));
});

test("a picture that a channel answers with no number is left out", () => {
  const { added, survey, summaries } = surveyed([
    [1, Number.NaN],
    [1, Number.POSITIVE_INFINITY],
    [2, 3],
  ]);
  expect(added).toEqual([false, false, true]);
  expect(survey.count).toBe(1);
  expect(summaries[0]).toMatchObject({ top: [{ picture: 2, value: 2 }], selectivity: null });
});

test("without pictures there is nothing to tell", () => {
  expect(new ChannelSurvey({ channels: 2, top: 1 }).summaries()).toEqual([]);
});

test("a survey that goes on from another's state ends as one that was never interrupted", () => {
  const rows = Array.from({ length: 60 }, (_, i) => Float32Array.of(Math.sin(i), Math.cos(3 * i), -1));
  const options = { channels: 3, top: 4, sample: 20 };
  const whole = new ChannelSurvey(options);
  const first = new ChannelSurvey(options);
  rows.forEach((row, i) => {
    whole.add(i, row, null);
    if (i < 35) first.add(i, row, null);
  });
  const second = new ChannelSurvey({ ...options, state: structuredClone(first.state) });
  for (let i = second.count; i < rows.length; i++) second.add(i, rows[i], null);
  expect(second.summaries()).toEqual(whole.summaries());
});
