import { expect, test } from "vitest";
import { tourAsked } from "./tour-options.js";

const fallbacks = { saveEvery: 10 };
const asked = (given: Parameters<typeof tourAsked>[0]) =>
  tourAsked({ saveEvery: 10, restart: false, ...given } as never, fallbacks);

test("without --all there is no tour, with it there is one of what was given", () => {
  expect(asked({ model: "a.onnx" })).toBeUndefined();
  expect(asked({ model: "a.onnx", layer: "b", all: true, both: true, steps: 3, top: 4 })).toEqual({
    ...{ model: "a.onnx", layer: "b", all: true, both: true, steps: 3, top: 4 },
  });
});

test.each<[string, object, RegExp]>([
  ["a layer that is not toured", { model: "a", layer: "b" }, /--all is missing.*--layer belongs.*OPTION_MISSING/],
  ["photographs of no tour", { model: "a", images: "b" }, /--all is missing.*--images belongs.*OPTION_MISSING/],
  ["no layer", { model: "a", all: true }, /--layer LAYER is missing.*OPTION_MISSING/],
  ["no model", { layer: "a", all: true }, /MODEL is missing.*OPTION_MISSING/],
  ["other pictures", { model: "a", layer: "b", all: true, snapshots: "1" }, /--snapshots.*OPTION_BESIDE_ALL/],
  ["other savings", { model: "a", layer: "b", all: true, saveEvery: 3 }, /--save-every.*OPTION_BESIDE_ALL/],
])("%s: refused", (_, given, message) => {
  expect(() => asked(given as never)).toThrow(message);
});
