import { describe, expect, test } from "vitest";
import { barChart, chartSize, lineChart, onPage, onPaper } from "./charts.js";

const numbers = (svg: string) => [...svg.matchAll(/ (?:x|y|x1|x2|y1|y2|cx|cy)="([^"]*)"/g)].map(([, n]) => Number(n));
const axes = { x: { words: "step" }, y: { words: "" } };

describe("a line chart", () => {
  test.each<[string, readonly (readonly [number, number])[]]>([
    ["of nothing", []],
    ["of one point", [[3, 5]]],
    ["of points that are all the same", [1, 2, 3].map((x) => [x, 0] as const)],
    [
      "of what is not a number",
      [
        [0, 1],
        [1, Number.NaN],
        [2, Number.POSITIVE_INFINITY],
        [3, 2],
      ],
    ],
  ])("%s stands within its picture", (_, points) => {
    const svg = lineChart({ heading: "h", ...axes, lines: [{ points, end: "end" }] }, onPaper);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    for (const n of numbers(svg)) expect(n >= 0 && n <= chartSize.width).toBe(true);
  });

  test("what lies below its range is drawn at the end of it", () => {
    const svg = lineChart(
      {
        heading: "h",
        x: axes.x,
        y: { words: "", range: [0, 1] },
        lines: [
          {
            points: [
              [0, -9],
              [1, 1],
            ],
          },
        ],
      },
      onPaper,
    );
    expect(svg).toMatch(/<path d="M52 276L488 48"/);
  });

  test("words are no markup", () => {
    const words = `<script>"&`;
    const svg = lineChart(
      {
        heading: words,
        note: words,
        x: { words },
        y: { words },
        lines: [{ points: [[0, 1]], name: words, end: words }],
      },
      onPage,
    );
    expect(svg).not.toContain("<script>");
  });
});

test("a bar is as high as its count, and none is drawn of 0", () => {
  const bars = [0, 4, 2].map((height, i) => ({ from: i, to: i + 1, height }));
  const svg = barChart({ heading: "h", ...axes, y: { words: "", range: [0, 4] }, bars }, onPaper);
  expect([...svg.matchAll(/<rect[^>]* height="([\d.]+)"/g)].map(([, n]) => Number(n))).toEqual([228, 114]);
});
