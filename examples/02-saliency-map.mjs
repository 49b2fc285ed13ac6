// Which pixels a detection rests on: the gradient of its score with respect to the picture (Simonyan et al. 2013).
//   node examples/02-saliency-map.mjs [PHOTO]       writes out/examples/saliency.png
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, compile, gradient, input, readTfjsModel } from "@noema/engine";
import sharp from "sharp";

// The built-in detector, CenterNet on COCO. Its picture is 1×512×512×3, RGB, 0..255; its heat map 1×128×128×80 says, for
// each place and class, how sure it is that such an object has its middle there.
const load = (path) => readFileSync(new URL(`../node_modules/@vladmandic/human/${path}`, import.meta.url));
const model = readTfjsModel(JSON.parse(load("models/centernet.json")), load("models/centernet.bin"));
const labels = [
  ...load("src/object/labels.ts")
    .toString()
    .matchAll(/label: '(.+?)'/g),
].map(([, label]) => label);
const picture = model.input();
const heatMap = model.output("tower_0/keypoints");
const [, size] = picture.shape;
const [, cells, , classes] = heatMap.shape;

// Which score is differentiated is an input, not a constant: one program explains every one of them.
const which = input("which", [1], "int64");
const score = build.gather(build.reshape(heatMap, [-1]), which, 0);
const [slope] = gradient(score, [picture]);
const program = await compile({ inputs: { picture, which }, outputs: { heatMap, slope } });

const photo = sharp(process.argv[2] ?? fileURLToPath(new URL("stop-sign-and-clock.svg", import.meta.url)));
const bytes = await photo.resize(size, size).removeAlpha().toColourspace("srgb").raw().toBuffer();
const pixels = Float32Array.from(bytes);
const { heatMap: scores } = await program.run({ picture: pixels, which: [0] });

const tiles = [{ input: bytes, raw: { width: size, height: size, channels: 3 } }];
for (const { index, label, x, y } of strongest(scores.data, 2)) {
  const result = await program.run({ picture: pixels, which: [index] });
  // Of each pixel, the steepest of its three colours.
  const map = Float32Array.from({ length: size * size }, (_, i) =>
    Math.max(...result.slope.data.subarray(3 * i, 3 * i + 3).map(Math.abs)),
  );
  const near = (_, i) => Math.hypot((i % size) - x, i / size - y) < size / 4;
  const percent = (part, whole) => `${((100 * part) / whole).toFixed(0)} %`;
  const sum = (list) => list.reduce((total, v) => total + v, 0);
  console.log(`${label}, ${percent(scores.data[index], 1)} sure, at (${x}, ${y}):`);
  console.log(`  ${percent(sum(map.filter(near)), sum(map))} of the gradient within ${size / 4} pixels around it`);
  const white = map.slice().sort()[Math.floor(0.995 * map.length)];
  const grey = Uint8Array.from(map, (v) => Math.min(255, (255 * v) / white));
  tiles.push({ input: grey, raw: { width: size, height: size, channels: 1 } });
}
await program.dispose();

mkdirSync("out/examples", { recursive: true });
await sharp({ create: { width: tiles.length * size, height: size, channels: 3, background: "black" } })
  .composite(tiles.map((tile, i) => ({ ...tile, left: i * size, top: 0 })))
  .toFile("out/examples/saliency.png");
console.log("wrote out/examples/saliency.png: the picture, and a map of each detection");

/** The highest scores of different classes, with their places in the picture, in pixels. */
function strongest(scores, count) {
  const best = Array.from({ length: classes }, () => ({ score: -1 }));
  scores.forEach((score, index) => {
    if (score <= best[index % classes].score) return;
    const cell = Math.floor(index / classes);
    const [x, y] = [cell % cells, Math.floor(cell / cells)].map((c) => Math.round(((c + 0.5) * size) / cells));
    best[index % classes] = { score, index, label: labels[index % classes], x, y };
  });
  return best.sort((a, b) => b.score - a.score).slice(0, count);
}
