/** @file Views of pictures of one shade each, for tests of how they are drawn. */
import type { Panel, Scatter, Sweep, View } from "@noema/lenses";

const shape = { channels: 1, height: 4, width: 6 };
const length = 24;

/** A picture of each shade, 0..255. */
function flatPictures(shades: readonly number[]): Float32Array {
  return Float32Array.from(shades.flatMap((shade) => Array.from({ length }, () => shade / 255)));
}

export function flatView(panel: Partial<Panel>, shades: readonly number[]): View {
  return { picture: shape, panels: [{ rows: [], columns: [], ...panel, pictures: flatPictures(shades) }] };
}

/** Two pictures, two labels; a cell's shade is 50 · picture + 20 · label + `step` · place of the value. */
export function flatSweep(values: readonly number[], { name = "someone", step = 1 } = {}): Sweep {
  const panels = [1, 2].map((p): Panel => {
    const cells = [1, 2].flatMap((label) => values.map((_, k) => 50 * p + 20 * label + step * k));
    return {
      heading: { text: `${name} ${p}`, note: "read as happy" },
      from: [
        { text: "picture", picture: flatPictures([200 + p]) },
        { text: "rebuilt", picture: flatPictures([210 + p]) },
      ],
      rows: [{ text: "happy" }, { text: "sad" }],
      columns: values.map((value) => ({ text: `${value}` })),
      pictures: flatPictures(cells),
    };
  });
  return { picture: shape, panels, values, onto: "nothing" };
}

export function ringScatter(count: number, classes: number, name = "person"): Scatter {
  const angle = (i: number) => (2 * Math.PI * i) / count;
  return {
    x: Float32Array.from({ length: count }, (_, i) => Math.cos(angle(i))),
    y: Float32Array.from({ length: count }, (_, i) => 100 * Math.sin(angle(i))),
    axes: [
      { name: "first principal direction", share: 0.5 },
      { name: "second principal direction", share: 0.25 },
    ],
    projected: true,
    factors: [
      {
        name,
        values: Array.from({ length: classes }, (_, i) => `${name} ${i}`),
        of: Int32Array.from({ length: count }, (_, i) => i % classes),
      },
    ],
  };
}
