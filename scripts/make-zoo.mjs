/**
 * @file Trains the networks of zoo/ by their recipes and puts them there: models in eight bits, what came of them, a few pictures.
 *
 *   node scripts/make-zoo.mjs [--only NAME,NAME…]
 *
 * Training goes on in out/zoo where it was interrupted. What is put into zoo/ is not the state of the training, which is ten
 * times as large; run.json says with which command it is made again.
 */
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build, install, requireNode, root, runNode } from "./project.mjs";

const recipes = {
  mnist: ["xcov", "--data", "mnist", "--epochs", "10", "--schedule", "constant"],
  "mnist-classifier": ["classifier", "--data", "mnist", "--epochs", "3"],
  avatars: [
    ...["xcov", "--data", "avatars", "--most", "40320", "--pairs", "--size", "32", "--hidden", "32,64,96,512"],
    ...["--batch", "16", "--epochs", "2", "--beta", "100", "--gamma", "200", "--zeta", "10", "--focus", "20"],
    ...["--schedule", "warmup:200,cosine"],
  ],
};
const files = ["encoder.onnx", "decoder.onnx", "classifier.onnx", "run.json", "measures.json"];

/** Pictures of the test part that go with a network, so that it can be looked through without its data. */
const examples = 10;

const { values } = parseArgs({
  options: { only: { type: "string" }, "no-build": { type: "boolean", default: false } },
});
const names = values.only?.split(",") ?? Object.keys(recipes);
const unknown = names.find((name) => !Object.hasOwn(recipes, name));
if (unknown !== undefined) {
  process.stderr.write(`There is no recipe "${unknown}": ${Object.keys(recipes).join(", ")}. code: RECIPE_NAME\n`);
  process.exit(2);
}

requireNode(20);
process.chdir(root);
if (!values["no-build"]) {
  await install();
  await build();
}
const { default: sharp } = await import("sharp");
const { chosen } = await import("../packages/noema/dist/factors/exhibit.js");
const { openRun } = await import("../packages/noema/dist/training/open-run.js");

for (const name of names) {
  const run = `out/zoo/${name}`;
  await noema("train", ...recipes[name], "--weights", "int8", "--out", run);
  const isFactors = recipes[name][0] === "xcov";
  if (isFactors) await noema("factors", "measure", run);
  const place = join("zoo", name);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(join(place, "examples"), { recursive: true });
  for (const file of files) if (existsSync(join(run, file))) copyFileSync(join(run, file), join(place, file));
  if (isFactors) await writeExamples(run, join(place, "examples"));
  else rmSync(join(place, "examples"), { recursive: true });
  process.stdout.write(`${place}\n`);
}

async function writeExamples(folder, place) {
  const terminal = {
    signal: new AbortController().signal,
    print: () => {},
    warn: () => {},
    progress: () => ({ update: () => {}, stop: () => {} }),
  };
  const run = await openRun(folder, terminal);
  const { dataset, label } = await run.subject();
  const { channels, height, width } = dataset.size;
  const plane = height * width;
  for (const [i, picture] of chosen(await run.subject(), examples).entries()) {
    const own = dataset.pixels.subarray(picture * channels * plane, (picture + 1) * channels * plane);
    const pixels = Uint8Array.from(
      { length: own.length },
      (_, k) => own[(k % channels) * plane + Math.floor(k / channels)],
    );
    const number = String(i + 1).padStart(2, "0");
    await sharp(pixels, { raw: { width, height, channels } })
      .png({ compressionLevel: 9 })
      .toFile(join(place, `${number}-${label.values[label.of[picture]]}.png`));
  }
  await run.autoencoder.dispose();
}

async function noema(...words) {
  process.stdout.write(`noema ${words.join(" ")}\n`);
  const status = await runNode(["packages/noema/bin/noema.js", ...words]);
  if (status !== 0) process.exit(status);
}
