/** @file The sheet beside measured colours: their axes, random pictures drawn with them, and how strong the waves are. */
import { build, compile, input } from "@noema/engine";
import {
  colours,
  fourier,
  type Image,
  type MeasuredColours,
  maco,
  magnitude,
  type PictureSize,
  seededRandom,
} from "@noema/lenses";
import { type Pixels, pixelsOf } from "./png.js";
import { drawSheet, type SheetSection } from "./sheet.js";

/** Pixels to a side of each picture. */
const side = 160;
const columns = 6;

/** How far the colours are drawn along an axis, in standard deviations. */
const reach = 2;

/** Standard deviation of the Fourier coefficients of the random pictures (Lucid's backdrops, optvis/transform.py). */
const contrast = 0.5;

/** @param from what was measured, in words */
export async function drawPalette(measured: MeasuredColours, from: string): Promise<Pixels> {
  const channels = measured.mean.length;
  const random = (image: (size: PictureSize) => Image, root?: MeasuredColours["colours"]) =>
    randomPictures(image, channels, root);
  const images = {
    measured: await random((size) => fourier.create(size, { deviation: contrast }), measured.colours),
    plain: await random((size) => fourier.create(size, { deviation: contrast })),
    waves: await random((size) => maco.create(size, { spectrum: measured.spectrum }), measured.colours),
  };
  const axes = measured.mean.map((_, axis) => ({
    picture: gradient(measured, axis),
    title: `axis ${axis + 1}`,
    note: `deviation ${Math.hypot(...measured.colours.map((row) => row[axis])).toFixed(3)}`,
  }));
  const waves = measured.mean.map((_, axis) => ({
    picture: wavesOf(measured, axis),
    title: `axis ${axis + 1}`,
    note: "long waves in the middle",
  }));
  const rows = (pictures: readonly Pixels[], title: string) =>
    pictures.map((picture, i) => ({ picture, title, note: `seed ${i}` }));
  const sections: SheetSection[] = [
    { heading: "Axes of the colours", note: `±${reach} deviations from the mean`, entries: axes },
    {
      heading: "Random pictures, waves as 1/frequency",
      note: "where dreams begin, with more contrast",
      // One channel has nothing to be mixed with.
      entries: [
        ...rows(images.measured, "these colours"),
        ...(channels === 1 ? [] : rows(images.plain, "channels unmixed")),
      ],
    },
    {
      heading: "Random pictures, waves as measured",
      note: "where MaCo begins",
      entries: rows(images.waves, "these waves"),
    },
    { heading: "How strong the waves are", note: "times their frequency, black to white: 16 times", entries: waves },
  ];
  return drawSheet(sections, { title: "Colours", subtitle: from, columns });
}

async function randomPictures(
  image: (size: PictureSize) => Image,
  channels: number,
  root: MeasuredColours["colours"] | undefined,
): Promise<Pixels[]> {
  const size = { batch: columns / 2, channels, height: side, width: side };
  const { shape, initial, values } = image(size);
  const parameters = input("parameters", shape);
  const pictures = colours(channels, root).picture(values(parameters));
  const program = await compile({ inputs: { parameters }, outputs: { pictures: build.identity(pictures) } });
  const seeds = Array.from({ length: size.batch }, (_, i) => i);
  const drawn = await program.run({ parameters: initial(seeds.map((seed) => seededRandom(seed))) });
  await program.dispose();
  return seeds.map((i) => pixelsOf(drawn.pictures.data as Float32Array, size, i));
}

function gradient({ mean, colours: root }: MeasuredColours, axis: number): Pixels {
  return drawn(mean.length, (x, _, c) => mean[c] + reach * ((2 * x) / (side - 1) - 1) * root[c][axis]);
}

function wavesOf({ spectrum }: MeasuredColours, axis: number): Pixels {
  const strength = (right: number, down: number) => {
    const frequency = Math.max(spectrum.lowest, Math.hypot(right, down));
    return magnitude(spectrum, axis, right, down) * Math.min(frequency, Math.hypot(right, down));
  };
  const flat = spectrum.axes[axis].flat();
  const middle = Math.exp(flat.reduce((sum, v) => sum + Math.log(Math.max(v, 1e-12)), 0) / flat.length);
  const place = (i: number) => (i + 0.5) / side - 0.5;
  return drawn(1, (x, y) => 0.5 + Math.log2(Math.max(1e-12, strength(place(x), place(y))) / middle) / 4);
}

function drawn(channels: number, value: (x: number, y: number, channel: number) => number): Pixels {
  const data = new Float32Array(channels * side * side);
  for (let i = 0; i < data.length; i++) {
    data[i] = value(i % side, Math.floor(i / side) % side, Math.floor(i / (side * side)));
  }
  return pixelsOf(data, { batch: 1, channels, height: side, width: side }, 0);
}
