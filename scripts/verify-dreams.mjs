/**
 * @file Shows dreams to the network in ways they were not made for, and compares them with photographs.
 *
 *   node scripts/verify-dreams.mjs MODEL.onnx PHOTOGRAPHS [--labels FILE] [--out FOLDER] [--classes 50] [--channels 100] …
 *
 * Two questions, each about units drawn at random with a seed:
 *  - classes: how probable does the network find the dreamed class, averaged over 16 fresh draws of the transforms, of which
 *    no step has seen one? Asked: at least 0.9 for 45 of 50.
 *  - channels: is a channel's mean activation on its dream, averaged over such draws, above its best on the photographs,
 *    each shown whole and still? Asked: for 95 of 100.
 *
 * Writes the tables to the standard output, and the pictures as two sheets into FOLDER. Every picture that is done is kept
 * there: run again after an interruption, it goes on. Exits with 1 where less is reached than is asked.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build, install, requireNode, root } from "./project.mjs";

const asked = { probability: 0.9, classes: 0.9, channels: 0.95 };
const views = 16;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    labels: { type: "string" },
    out: { type: "string", default: "out/verify-dreams" },
    classes: { type: "string", default: "50" },
    channels: { type: "string", default: "100" },
    steps: { type: "string", default: "512" },
    "channel-steps": { type: "string", default: "64" },
    logits: { type: "string", default: "loss3/classifier" },
    probabilities: { type: "string", default: "prob" },
    layer: { type: "string", default: "inception_4c/output" },
    batch: { type: "string", default: "5" },
    seed: { type: "string", default: "0" },
    "no-build": { type: "boolean" },
  },
});
if (positionals.length !== 2 || positionals.some((path) => !existsSync(path))) {
  stop("Which model, and which folder of photographs? code: VERIFY_FOLDER");
}
const [modelPath, photographs] = positionals;
const number = (name) => {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 0)
    stop(`--${name} must be a whole number, not "${values[name]}". code: VERIFY_OPTION`);
  return value;
};
const [batch, seed] = [Math.max(1, number("batch")), number("seed")];

requireNode(20);
if (!values["no-build"]) {
  await install();
  await build();
}
const load = (path) => import(pathToFileURL(join(root, "packages", path)));
const { channel, Dream, Look, lucidTransforms, seededRandom } = await load("lenses/dist/index.js");
const { openModel } = await load("noema/dist/models/open-model.js");
const { openForPictures } = await load("noema/dist/models/open-for-pictures.js");
const { encodePng, pixelsOf } = await load("noema/dist/pictures/png.js");
const { drawSheet } = await load("noema/dist/pictures/sheet.js");
const { listPictures } = await load("noema/dist/pictures/list-pictures.js");
const { readPicture } = await load("noema/dist/pictures/read-picture.js");

mkdirSync(values.out, { recursive: true });
const opened = await openModel(modelPath);
const whole = { ...values, model: createHash("sha256").update(readFileSync(modelPath)).digest("hex") };
const labels = values.labels === undefined ? [] : readFileSync(values.labels, "utf8").split("\n");
const short = (unit) => (labels[unit] ?? "").replace(/^n\d+ /, "").split(",")[0];

const classesDone = await dreamsOfClasses();
const channelsDone = await dreamsOfChannels();
process.exitCode = classesDone && channelsDone ? 0 : 1;

async function dreamsOfClasses() {
  const count = number("classes");
  if (count === 0) return true;
  const model = await openForPictures(opened, { batch });
  const units = drawn(count, model.model.value(values.logits).shape[1], 1);
  const look = await Look.open({ ...model, layers: [values.probabilities], transforms: lucidTransforms });
  const rows = await dreams("class", values.logits, units, number("steps"), async (pictures, chosen) => {
    const sums = chosen.map(() => [0, 1]);
    for (let view = 0; view < views; view++) {
      const { [values.probabilities]: seen } = await look.at(pictures, seededRandom(seed + 1, view + 1));
      chosen.forEach((unit, i) => {
        const p = seen.data[i * seen.dims[1] + unit];
        sums[i] = [sums[i][0] + p / views, Math.min(sums[i][1], p)];
      });
    }
    return sums.map(([mean, least]) => ({ mean, least }));
  });
  await look.dispose();
  print(
    ["class", "name", "mean probability", "least of 16"],
    rows.map((r) => [r.unit, short(r.unit), fixed(r.mean, 4), fixed(r.least, 4)]),
  );
  const good = rows.filter(({ mean }) => mean >= asked.probability).length;
  say(
    `classes: ${good} of ${count} at ${asked.probability} or more, averaged over ${views} fresh draws; ${number("steps")} steps, seed ${seed}`,
  );
  await sheet("classes", rows, (r) => ({
    title: short(r.unit) || `class ${r.unit}`,
    note: `${fixed(100 * r.mean, 1)} %`,
  }));
  return good >= asked.classes * count;
}

async function dreamsOfChannels() {
  const count = number("channels");
  if (count === 0) return true;
  const model = await openForPictures(opened, { batch });
  const units = drawn(count, model.model.value(values.layer).shape[1], 2);
  const best = await bestOfPhotographs(model);
  const look = await Look.open({ ...model, layers: [values.layer], over: "mean", transforms: lucidTransforms });
  const rows = await dreams("channel", values.layer, units, number("channel-steps"), async (pictures, chosen) => {
    const sums = chosen.map(() => 0);
    for (let view = 0; view < views; view++) {
      const { [values.layer]: seen } = await look.at(pictures, seededRandom(seed + 1, view + 1));
      chosen.forEach((unit, i) => {
        sums[i] += seen.data[i * seen.dims[1] + unit] / views;
      });
    }
    return sums.map((mean) => ({ mean }));
  });
  await look.dispose();
  const told = rows.map((r) => ({ ...r, ...best[r.unit], above: r.mean > best[r.unit].value }));
  print(
    ["channel", "best photograph", "its activation", "dream's", "ratio", "above"],
    told.map((r) => [
      r.unit,
      r.photograph,
      fixed(r.value, 3),
      fixed(r.mean, 3),
      fixed(r.mean / r.value, 2),
      r.above ? "yes" : "no",
    ]),
  );
  const good = told.filter(({ above }) => above).length;
  say(
    `channels of ${values.layer}: ${good} of ${count} above the best photograph; ${number("channel-steps")} steps, seed ${seed}`,
  );
  await sheet("channels", told, (r) => ({
    title: `channel ${r.unit}`,
    note: `${fixed(r.mean / r.value, 1)} × the best photograph`,
  }));
  return good >= asked.channels * count;
}

/** Each channel's largest mean activation on a photograph, and which one that is. */
async function bestOfPhotographs(model) {
  const look = await Look.open({ ...model, layers: [values.layer], over: "mean" });
  const { batch, channels, height, width } = look.size;
  const files = await listPictures(photographs);
  const best = [];
  for (let first = 0; first < files.length; first += batch) {
    const some = files.slice(first, first + batch);
    const pictures = new Float32Array(batch * channels * height * width);
    for (const [i, file] of some.entries()) {
      pictures.set(
        (await readPicture(file, { width, height, fit: "cover", channels })).data,
        (i * pictures.length) / batch,
      );
    }
    const { [values.layer]: seen } = await look.at(pictures);
    const count = seen.dims[1];
    some.forEach((file, i) => {
      for (let unit = 0; unit < count; unit++) {
        const value = seen.data[i * count + unit];
        if (best[unit] === undefined || value > best[unit].value)
          best[unit] = { value, photograph: file.split(/[\\/]/).at(-1) };
      }
    });
  }
  await look.dispose();
  return best;
}

/** Dreams of units, `batch` at a time, each judged when done. */
async function dreams(kind, layer, units, steps, judge) {
  const model = await openForPictures(opened, { batch });
  const rows = [];
  const started = performance.now();
  for (let first = 0; first < units.length; first += batch) {
    const chosen = Array.from({ length: batch }, (_, i) => units[Math.min(first + i, units.length - 1)]);
    const key = createHash("sha256")
      .update(JSON.stringify([whole.model, layer, chosen, steps, seed, views]))
      .digest("hex");
    const file = join(values.out, `${kind}-${chosen[0]}-${key.slice(0, 12)}.json`);
    let done = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
    if (done === undefined) {
      const objective = channel({ layer, unit: chosen });
      const dream = await Dream.open({ ...model, objective, seed: chosen.map(() => seed), steps });
      while (dream.step < steps) await dream.advance();
      const pictures = await dream.pictures();
      const judged = await judge(pictures, chosen);
      done = judged.map((one, i) => ({
        unit: chosen[i],
        ...one,
        picture: Buffer.from(pixelsOf(pictures, dream.size, i).data).toString("base64"),
      }));
      await dream.dispose();
      writeFileSync(`${file}.part`, JSON.stringify(done));
      renameSync(`${file}.part`, file);
    }
    rows.push(...done.slice(0, units.length - first));
    const share = Math.min(1, (first + batch) / units.length);
    const left = ((performance.now() - started) / share) * (1 - share);
    process.stderr.write(
      `${Math.min(units.length, first + batch)} of ${units.length} ${kind} dreams, ${Math.round(left / 60_000)} min left\n`,
    );
  }
  const { size } = model;
  return rows.map((row) => ({
    ...row,
    picture: { ...size, channels: 3, data: new Uint8Array(Buffer.from(row.picture, "base64")) },
  }));
}

/** Different units, in the order they were drawn in. */
function drawn(count, of, stream) {
  const random = seededRandom(seed, stream);
  const found = new Set();
  while (found.size < Math.min(count, of)) found.add(random.below(of));
  return [...found];
}

async function sheet(name, rows, label) {
  const entries = rows.map((row) => ({ picture: row.picture, ...label(row) }));
  const options = { title: `Dreams of ${name}`, subtitle: `${values.model ?? opened.name}, seed ${seed}`, columns: 10 };
  const path = join(values.out, `${name}.png`);
  writeFileSync(path, await encodePng(drawSheet([{ heading: "", note: "", entries }], options)));
  say(path);
}

function print(heads, rows) {
  const cells = [heads, ...rows.map((row) => row.map(String))];
  const widths = heads.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  for (const row of cells)
    say(
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join("  ")
        .trimEnd(),
    );
}

function fixed(value, digits) {
  return value.toFixed(digits);
}

function say(line) {
  process.stdout.write(`${line}\n`);
}

function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
