/**
 * @file One step of feature visualization beside the same loop in PyTorch, in turns in one run, and what our step is made of.
 *
 *   npm run bench -- dream [--rounds 6] [--only NETWORK] [--batch N] [--models FOLDER] [--no-split] [--json]
 *
 * PYTHON names the interpreter that has torch and torchvision (default /usr/bin/python3, then python3). The networks,
 * googlenet.onnx and squeezenet1_1.onnx as converted from Caffe, are looked for in FOLDER, else in `models` of the folder
 * that NOEMA_DATA names, else in shared/data/models beside the repository.
 */
import { existsSync, mkdirSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findPython, geometricMean, median, noPython, start, watched } from "./parts/sides.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const folder = join(here, "../out/bench/dream");
const networks = {
  googlenet: {
    size: 224,
    logit: { layer: "loss3/classifier", unit: 7 },
    channel: { layer: "inception_4c/output", unit: 11 },
  },
  squeezenet1_1: { size: 227, logit: { layer: "logits", unit: 7 }, channel: { layer: "fire6/concat", unit: 18 } },
};
/** Steps of one turn. */
const stepsOf = (batch) => Math.max(2, Math.round(8 / batch));
/** Milliseconds after which a disturbed measurement is given up. */
const patience = 20e3;
/** Steps before any is timed. */
const warmUp = 2;
/** A round in which other programs took more of the processors than this is not counted, unless all rounds are such. */
const tolerated = 0.1;
/**
 * How far two sides that compute the same may be apart: in the first objective, and in the change that the first step makes to
 * the pictures. Max pools make the gradient jump where two numbers are nearly equal, which is everywhere in the even grey of a
 * start: rounding alone moves it by one or two hundredths, and Adam's first step asks of it nothing but its signs.
 */
const sameWithin = { objective: 1e-3, change: 0.2 };

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "6" },
    only: { type: "string" },
    batch: { type: "string" },
    models: { type: "string" },
    split: { type: "boolean", default: true },
    json: { type: "boolean", default: false },
  },
  allowNegative: true,
});
const rounds = Number(options.rounds);
const batches = options.batch === undefined ? [1, 8] : [Number(options.batch)];
const models = options.models ?? join(process.env.NOEMA_DATA ?? join(here, "../../shared/data"), "models");
const chosen = Object.keys(networks).filter((name) => options.only === undefined || name === options.only);
refuse(chosen.length === 0, `There is no network "${options.only}". Known: ${Object.keys(networks).join(", ")}.`);
refuse(!(rounds >= 1), `--rounds ${options.rounds}: a whole number from 1 is needed.`);
refuse(
  !batches.every((n) => Number.isInteger(n) && n >= 1),
  `--batch ${options.batch}: a whole number from 1 is needed.`,
);

function refuse(isBad, complaint) {
  if (!isBad) return;
  process.stderr.write(`${complaint} code: BENCH_OPTION\n`);
  process.exit(2);
}

function finish(result) {
  if (options.json) console.log(JSON.stringify({ name: "dream", ...result }));
}

const fileOf = (name) => join(models, `${name}.onnx`);
const missing = chosen.filter((name) => !existsSync(fileOf(name)));
if (missing.length > 0) {
  console.log(`Not found: ${missing.map(fileOf).join(", ")}. Say with --models where the networks are.`);
  finish({ skipped: "no models" });
  process.exit(0);
}
const python = findPython();
if (python === undefined) console.log(noPython);
mkdirSync(folder, { recursive: true });
const cpu = cpus()[0].model.trim();
console.log(
  `${cpu}, ${cpus().length} threads; rounds of ${batches.map((n) => `${stepsOf(n)} steps (batch ${n})`).join(", ")}`,
);

const column = (v, digits, width) => (v === undefined ? "–" : v.toFixed(digits)).padStart(width);
const percent = (v, width) => `${column(100 * v, 1, width)} %`;
const disturbed = (row) => (row.quiet === 0 ? "  disturbed" : "");
const worker = (task) => start(process.execPath, [join(here, "workers/dream.mjs"), JSON.stringify(task)]);

const startPeer = (task) => start(python, [join(here, "peers/torch_dream.py"), JSON.stringify(task)]);

const isQuiet = ({ others }) => others <= tolerated;

/** Rounds of turns, one of each side after the other. Those that other programs disturbed are left out, and made up for. */
async function inTurns(sides, steps) {
  const all = [];
  const end = performance.now() + patience;
  while (all.length < rounds || (all.filter(isQuiet).length < rounds && performance.now() < end)) {
    all.push(
      await watched(async () => {
        const answers = [];
        for (const side of sides) answers.push(await side.ask(steps));
        return answers;
      }),
    );
  }
  const quiet = all.filter(isQuiet);
  const counted = (quiet.length > 0 ? quiet : all).map(({ answers }) => answers.map(({ ms }) => ms));
  return {
    medians: sides.map((_, i) => median(counted.flatMap((ms) => ms[i]))),
    fastest: sides.map((_, i) => Math.min(...all.flatMap(({ answers }) => answers[i].ms))),
    /** Of one side's milliseconds to another's, round by round. */
    ratio: (one, other) => median(counted.map((ms) => median(ms[one]) / median(ms[other]))),
    quiet: quiet.length,
    of: all.length,
    others: median(all.map(({ others }) => others)),
  };
}

/** Refuses to compare what computes something else. */
function refuseDifference(found, where) {
  if (Object.entries(sameWithin).every(([what, most]) => found[what] <= most)) return;
  throw new Error(`${where}: the two sides compute different things: ${JSON.stringify(found)}`);
}

/** @returns a line of the table: one network, objective and batch. */
async function compare(name, objective, batch) {
  const at = join(folder, `${name}-${objective}-${batch}`);
  const task = { ...networks[name][objective], size: networks[name].size, batch, model: fileOf(name), start: at };
  const ours = worker({ ...task, part: "whole" });
  const row = { network: name, objective, layer: task.layer, batch, ...(await ours.ready()) };
  const sides = [ours];
  const found = [];
  // One after the other: the first tries out what is faster.
  for (const tuned of python === undefined ? [] : [true, false]) {
    const peer = startPeer({ ...task, tuned });
    sides.push(peer);
    found.push(await peer.ready());
    refuseDifference(found.at(-1), `${name}, ${objective}, batch ${batch}`);
  }
  for (const side of sides) await side.ask(warmUp);
  const { medians, fastest, ratio, ...conditions } = await inTurns(sides, stepsOf(batch));
  for (const side of sides) side.stop();
  if (found.length === 0) return { ...row, ours: medians[0], ...conditions };
  return {
    ...{ ...row, ours: medians[0], peer: medians[1], ratio: ratio(1, 0), ratioOfFastest: fastest[1] / fastest[0] },
    ...{ plainPeer: medians[2], plainRatio: ratio(2, 0), found, ...conditions },
  };
}

function print(row) {
  const { network, objective, batch, found = [] } = row;
  const times = `${column(row.ours, 1, 10)}${column(row.peer, 1, 10)}${column(row.ratio, 2, 8)}${column(row.ratioOfFastest, 2, 12)}`;
  const plain = `${column(row.plainPeer, 1, 10)}${column(row.plainRatio, 2, 7)}`;
  const apart = found
    .slice(0, 1)
    .map(({ objective: first, change }) => `${first.toExponential(0)}, ${change.toFixed(2)}`);
  console.log(
    `${network.padEnd(15)}${objective.padEnd(9)}${column(batch, 0, 7)}${times}${plain}` +
      `${`${row.quiet}/${row.of}`.padStart(8)}${percent(row.others, 6)}   ${apart.join("")}${disturbed(row)}`,
  );
}

/** @returns what a step on GoogLeNet is made of: all of it, all but the network, the network alone. */
async function split(batch) {
  const { size, logit } = networks.googlenet;
  const task = { ...logit, size, batch, model: fileOf("googlenet") };
  const sides = ["whole", "around", "network"].map((part) => worker({ ...task, part }));
  for (const side of sides) {
    await side.ready();
    await side.ask(warmUp);
  }
  const { medians, ratio, fastest: _, ...conditions } = await inTurns(sides, stepsOf(batch));
  for (const side of sides) side.stop();
  const [whole, around, network] = medians;
  return {
    ...{ batch, whole, around, network },
    ...{ aroundShare: ratio(1, 0), differenceShare: 1 - ratio(2, 0), sumShare: ratio(1, 0) + ratio(2, 0) },
    ...conditions,
  };
}

console.log(
  "network        objective  batch   ours ms   peer ms   ratio  of fastest  plain ms  ratio   quiet  others   objective and first change differ by",
);
const rows = [];
for (const name of chosen) {
  for (const batch of batches) {
    for (const objective of ["logit", "channel"]) {
      const row = await compare(name, objective, batch);
      rows.push(row);
      print(row);
    }
  }
}
const means = (batch) => {
  const of = rows.filter((row) => row.batch === batch);
  const slowest = of.reduce((a, b) => (a.ratio < b.ratio ? a : b));
  return { batch, ratio: geometricMean(of.map((row) => row.ratio)), slowest: slowest.ratio, of: slowest };
};
const byBatch = python === undefined ? [] : batches.map(means);
for (const { batch, ratio, slowest, of } of byBatch) {
  console.log(
    `batch ${batch}: geometric mean ${ratio.toFixed(2)}×, slowest ${of.network} ${of.objective} ${slowest.toFixed(2)}×`,
  );
}

const splits = [];
if (options.split && chosen.includes("googlenet")) {
  console.log(
    "\ngooglenet, logit   whole ms   around ms   network ms   around   whole − network   around + network   quiet",
  );
  for (const batch of batches) {
    const row = await split(batch);
    splits.push(row);
    console.log(
      `batch ${String(batch).padEnd(11)}${column(row.whole, 1, 10)}${column(row.around, 1, 12)}${column(row.network, 1, 13)}` +
        `${percent(row.aroundShare, 7)}${percent(row.differenceShare, 16)}${percent(row.sumShare, 17)}` +
        `${`${row.quiet}/${row.of}`.padStart(8)}${disturbed(row)}`,
    );
  }
  console.log("around: transforms, colours, image, optimizer and what is JavaScript; shares are of the whole step");
}
const ours = geometricMean(rows.map((row) => row.ours));
const compared = python !== undefined && {
  peer: geometricMean(rows.map((row) => row.peer)),
  ratio: geometricMean(rows.map((row) => row.ratio)),
  batches: byBatch.map(({ batch, ratio, slowest }) => ({ batch, ratio, slowest })),
};
finish({ ours, ...(compared || { skipped: "no torch" }), unit: "ms", rows, split: splits });
