import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellPixels, cellWidth } from "./cell.js";

const grey = (height: number, width: number) => ({ channels: 1, height, width });

describe("what leaves 0..1", () => {
  const picture = Float32Array.of(-1, 0, 0.5, 3);
  test("is clipped", () => {
    expect([...cellPixels(picture, grey(2, 2)).data]).toEqual([0, 0, 128, 255]);
  });

  test("or gives the whole picture less contrast", () => {
    expect([...cellPixels(picture, grey(2, 2), { outside: "rescale" }).data]).toEqual([0, 64, 96, 255]);
  });

  test("but a picture that stays within is left as it is", () => {
    const within = Float32Array.of(0.2, 0.4, 0.6, 0.8);
    expect(cellPixels(within, grey(2, 2), { outside: "rescale" })).toEqual(cellPixels(within, grey(2, 2)));
  });
});

test("as pixels, each becomes a square, and colours stay in their channels", () => {
  const picture = Float32Array.of(1, 0, /**/ 0, 0, /**/ 0, 1);
  const { width, height, channels, data } = cellPixels(
    picture,
    { channels: 3, height: 1, width: 2 },
    { factor: 2, enlarged: "pixels" },
  );
  const [red, blue] = [
    [255, 0, 0],
    [0, 0, 255],
  ];
  expect([width, height, channels]).toEqual([4, 2, 3]);
  expect([...data]).toEqual([red, red, blue, blue, red, red, blue, blue].flat());
});

describe("smooth", () => {
  const sizes = fc.record({
    height: fc.integer({ min: 1, max: 7 }),
    width: fc.integer({ min: 1, max: 7 }),
    factor: fc.integer({ min: 2, max: 5 }),
  });

  test("a picture of one shade keeps it", () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 255 }), ({ height, width, factor }, shade) => {
        const { data } = cellPixels(new Float32Array(height * width).fill(shade / 255), grey(height, width), {
          factor,
        });
        expect(data).toEqual(new Uint8Array(height * width * factor * factor).fill(shade));
      }),
    );
  });

  test("a mirrored picture is enlarged to the mirror image, a turned one to the turned", () => {
    fc.assert(
      fc.property(sizes, fc.integer(), ({ height, width, factor }, seed) => {
        const at = (y: number, x: number) => Math.abs(Math.sin(seed + 7 * y + 13 * x + y * x));
        const drawn = (h: number, w: number, value: (y: number, x: number) => number) =>
          cellPixels(
            Float32Array.from({ length: h * w }, (_, i) => value(Math.floor(i / w), i % w)),
            grey(h, w),
            { factor },
          ).data;
        const [own, mirrored] = [drawn(height, width, at), drawn(height, width, (y, x) => at(y, width - 1 - x))];
        const turned = drawn(width, height, (y, x) => at(x, y));
        const [H, W] = [height * factor, width * factor];
        let worst = 0;
        own.forEach((shade, i) => {
          const [y, x] = [Math.floor(i / W), i % W];
          const others = [mirrored[y * W + (W - 1 - x)], turned[x * H + y]];
          worst = Math.max(worst, ...others.map((other) => Math.abs(other - shade)));
        });
        expect(worst).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("the middle of each square is its pixel, and between two it goes from one to the other", () => {
    const { data } = cellPixels(Float32Array.of(0, 0, 1, 1), grey(1, 4), { factor: 5 });
    const row = [...data.subarray(0, 20)];
    expect([row[2], row[7], row[12], row[17]]).toEqual([0, 0, 255, 255]);
    expect(row.slice(7, 13)).toEqual([...row.slice(7, 13)].sort((a, b) => a - b));
    expect(row[9]).toBeGreaterThan(60);
    expect(row[10]).toBeLessThan(195);
  });
});

test("pictures that are neither grey nor in colour stand side by side, channel by channel", () => {
  const shape = { channels: 2, height: 1, width: 1 };
  const { width, channels } = cellPixels(Float32Array.of(0, 1), shape, { factor: 3 });
  expect([width, channels, cellWidth(shape)]).toEqual([6, 1, 2]);
});
