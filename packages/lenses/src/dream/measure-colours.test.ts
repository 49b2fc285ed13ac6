import { seededRandom } from "@noema/engine";
import { describe, expect, test } from "vitest";
import { measureColours } from "./measure-colours.js";
import { magnitude } from "./spectrum.js";

const size = { height: 32, width: 40 };
const plane = size.height * size.width;

describe("colours", () => {
  test("are the covariance's square root, the longest axis first, and the mean", () => {
    const random = seededRandom(1);
    const measurement = measureColours(3);
    const root = [
      [0.1, 0.04, 0],
      [0.1, 0, -0.01],
      [0.1, -0.04, 0.01],
    ];
    for (let n = 0; n < 20; n++) {
      const picture = new Float32Array(3 * plane);
      for (let i = 0; i < plane; i++) {
        const axes = [random.normal(), random.normal(), random.normal()];
        root.forEach((row, c) => {
          picture[c * plane + i] = 0.4 + 0.1 * c + row.reduce((sum, v, k) => sum + v * axes[k], 0);
        });
      }
      measurement.add(picture, size);
    }
    const { colours, mean } = measurement.result();
    expect(measurement.count).toBe(20);
    for (let c = 0; c < 3; c++) {
      expect(mean[c]).toBeCloseTo(0.4 + 0.1 * c, 2);
      for (let d = 0; d < 3; d++) {
        const wanted = root[c].reduce((sum, v, k) => sum + v * root[d][k], 0);
        const found = colours[c].reduce((sum, v, k) => sum + v * colours[d][k], 0);
        expect(found).toBeCloseTo(wanted, 3);
      }
    }
    const lengths = [0, 1, 2].map((axis) => Math.hypot(...colours.map((row) => row[axis])));
    expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
  });

  test("that do not vary along an axis still have an inverse", () => {
    const random = seededRandom(2);
    const picture = new Float32Array(3 * plane);
    for (let i = 0; i < plane; i++) {
      const grey = random.uniform();
      for (let c = 0; c < 3; c++) picture[c * plane + i] = grey;
    }
    const measurement = measureColours(3);
    measurement.add(picture, size);
    const { colours } = measurement.result();
    const lengths = [0, 1, 2].map((axis) => Math.hypot(...colours.map((row) => row[axis])));
    expect(lengths[0]).toBeCloseTo(Math.sqrt(3 / 12), 1);
    expect(lengths[2]).toBeCloseTo(1 / 510, 6);
  });
});

test("waves are found where they are: direction and frequency", () => {
  const random = seededRandom(3);
  const measurement = measureColours(1);
  for (let n = 0; n < 6; n++) {
    const phase = 6 * random.uniform();
    const picture = Float32Array.from({ length: plane }, (_, i) => {
      const [y, x] = [Math.floor(i / size.width), i % size.width];
      return 0.5 + 0.3 * Math.sin(2 * Math.PI * (x / 8 + y / 8) + phase) + 0.001 * random.normal();
    });
    measurement.add(picture, size);
  }
  const { spectrum } = measurement.result();
  const at = (right: number, down: number) => magnitude(spectrum, 0, right, down);
  expect(at(1 / 8, 1 / 8)).toBeGreaterThan(10 * at(1 / 8, -1 / 8));
  expect(at(1 / 8, 1 / 8)).toBeGreaterThan(10 * at(1 / 8, 0));
  expect(at(1 / 8, 1 / 8)).toBeGreaterThan(10 * at(0.3, 0.3));
  // A wave and its mirror image are one; longer ones than were measured grow as 1/frequency.
  expect(at(-1 / 8, -1 / 8)).toBeCloseTo(at(1 / 8, 1 / 8), 9);
  expect(at(1 / 1024, 0)).toBeCloseTo(2 * at(1 / 512, 0), 9);
});

test("photographs' own law comes back: white noise has the same strength in all waves", () => {
  const random = seededRandom(4);
  const measurement = measureColours(1);
  for (let n = 0; n < 8; n++) {
    measurement.add(
      Float32Array.from({ length: plane }, () => 0.5 + 0.1 * random.normal()),
      size,
    );
  }
  const { spectrum } = measurement.result();
  for (const frequency of [0.15, 0.25, 0.35, 0.45]) {
    for (const angle of [0.1, 0.8, 1.5, 2.2, 3]) {
      const found = magnitude(spectrum, 0, frequency * Math.cos(angle), frequency * Math.sin(angle));
      expect(found).toBeGreaterThan(0.7);
      expect(found).toBeLessThan(1.4);
    }
  }
});

test.each([1, 2, 5])("pictures may be as small as %i pixels, of any count of channels", (side) => {
  const random = seededRandom(5);
  const measurement = measureColours(2);
  measurement.add(
    Float32Array.from({ length: 2 * side * 7 }, () => random.uniform()),
    { height: side, width: 7 },
  );
  const { spectrum, colours } = measurement.result();
  expect(spectrum.axes.flat(2).every((v) => Number.isFinite(v) && v >= 0)).toBe(true);
  expect(colours.flat().every(Number.isFinite)).toBe(true);
});

describe("refuses", () => {
  test.each([
    ["too few numbers", new Float32Array(5), /PICTURE_SIZE/],
    ["what is no number", new Float32Array(12).fill(Number.NaN), /PICTURE_NOT_NUMBERS/],
  ])("%s", (_, picture, code) => {
    expect(() => measureColours(3).add(picture, { height: 2, width: 2 })).toThrowError(code);
  });

  test("nothing, and pictures of one colour", () => {
    const measurement = measureColours(3);
    expect(() => measurement.result()).toThrowError(/COLOURS_NONE/);
    measurement.add(new Float32Array(12).fill(0.5), { height: 2, width: 2 });
    expect(() => measurement.result()).toThrowError(/COLOURS_FLAT/);
  });
});
