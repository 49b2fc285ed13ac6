import { describe, expect, test } from "vitest";
import { classColours, legendOf, mostClasses } from "./class-colours.js";

/** sRGB to linear light, and on to OKLab (Ottosson 2020). */
function linear(hex: string): number[] {
  return [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
}
const times = (m: readonly (readonly number[])[], v: readonly number[]) =>
  m.map((row) => row.reduce((sum, w, i) => sum + w * v[i], 0));
function lab(rgb: readonly number[]): number[] {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  );
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones.map(Math.cbrt),
  );
}

/** Without green and without red cones (Machado, Oliveira and Fernandes 2009, severity 1). */
const sights = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  "without green cones": [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  "without red cones": [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
} as const;

describe.each(Object.entries(classColours))("%s", (_, colours) => {
  test.each<[keyof typeof sights, number]>([
    ["usual", 0.19],
    ["without green cones", 0.085],
    ["without red cones", 0.085],
  ])("any two differ for %s sight by %d", (sight, least) => {
    const seen = colours.map((hex) => lab(times(sights[sight], linear(hex)).map((v) => Math.min(1, Math.max(0, v)))));
    const distances = seen.flatMap((a, i) => seen.slice(i + 1).map((b) => Math.hypot(...a.map((v, k) => v - b[k]))));
    expect(Math.min(...distances)).toBeGreaterThan(least);
  });
});

describe("a legend", () => {
  test("names values in their order, with how many there are, and leaves out those without a point", () => {
    const { entries, of } = legendOf({ values: ["a", "b", "c"], of: [2, 0, 2] });
    expect(entries.map(({ name, count }) => [name, count])).toEqual([
      ["a", 1],
      ["c", 2],
    ]);
    expect([...of]).toEqual([1, 0, 1]);
  });

  test("no two of as many as can be told apart look alike", () => {
    const values = Array.from({ length: mostClasses }, (_, i) => `${i}`);
    const { entries } = legendOf({ values, of: values.map(Number) });
    expect(new Set(entries.map(({ style }) => JSON.stringify(style))).size).toBe(mostClasses);
  });

  test("of more, the most frequent have colours; the others, and what is not known, have none", () => {
    const values = Array.from({ length: mostClasses + 3 }, (_, i) => `v${i}`);
    const of = [-1, ...values.keys(), ...[...values.keys()].slice(3), -1];
    const legend = legendOf({ values, of });
    expect(legend.entries).toHaveLength(mostClasses + 2);
    expect(legend.entries[0].name).toBe("v3");
    expect(legend.entries.slice(-2)).toEqual([
      { name: "3 others", count: 3 },
      { name: "not known", count: 2 },
    ]);
    expect([...legend.of.slice(0, 5)]).toEqual([mostClasses + 1, mostClasses, mostClasses, mostClasses, 0]);
  });
});
