/**
 * @file Sparse coding beside scikit-learn's orthogonal_mp_gram on the same signals, in turns in one run; and seconds and memory of an
 * iteration of K-SVD, which scikit-learn does not have.
 *
 *   npm run bench -- omp [--rounds 3] [--signals 20000] [--length 512] [--atoms 1024] [--parts 5] [--stream] [--json]
 *
 * --stream: also a million signals of 64 numbers through OnlineLearner, with the memory they take (minutes).
 * PYTHON names the interpreter that has numpy and scikit-learn (default /usr/bin/python3, then python3).
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findPython, median, start, watched } from "./parts/sides.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const folder = join(here, "../out/bench/omp");
const peerScript = join(here, "peers/sklearn_sparse.py");
/** A round in which other programs took more of the processors than this is not counted, unless all rounds are such. */
const tolerated = 0.1;
/** What a million signals are, and in which portions they come. */
const stream = { length: 64, atoms: 256, parts: 5, batch: 1024, total: 1_000_000 };
/** How far the errors of two codes of the same signals may be apart: both are greedy, and rounding alone parts them. */
const sameWithin = 0.01;

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    signals: { type: "string", default: "20000" },
    length: { type: "string", default: "512" },
    atoms: { type: "string", default: "1024" },
    parts: { type: "string", default: "5" },
    stream: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const [rounds, signals, length, atoms, parts] = ["rounds", "signals", "length", "atoms", "parts"].map(whole);

function whole(name) {
  const value = Number(options[name]);
  if (Number.isInteger(value) && value >= 1) return value;
  process.stderr.write(`--${name} ${options[name]}: a whole number from 1 is needed. code: BENCH_OPTION\n`);
  process.exit(2);
}

const threads = Number(process.env.BENCH_THREADS ?? 2);
const python = findPython("numpy, sklearn");
const file = join(folder, `${signals}x${length}-${atoms}-${parts}.f32`);
const task = { signals: file, dictionary: file.replace(/f32$/, "D.f32"), length, atoms, parts, threads };
mkdirSync(folder, { recursive: true });
if (!existsSync(task.dictionary)) await makeSignals();

const shape = `${signals.toLocaleString("en")} signals of ${length} numbers, ${atoms} atoms, ${parts} each`;
console.log(`${cpus()[0].model.trim()}, ${cpus().length} threads; ${shape}`);
if (python === undefined) {
  console.log(
    "scikit-learn is not installed: the peer is skipped. Debian: apt-get install python3-sklearn; or set PYTHON.",
  );
}

const coding = await inTurns("code", python);
const iterations = {};
for (const update of ["approximate", "exact"]) iterations[update] = await inTurns(update);
const streamed = options.stream ? await once() : undefined;

const seconds = (ms) => (ms / 1e3).toFixed(2).padStart(8);
console.log("what                              seconds   peak MiB   relative squared error");
line("coding, ours", coding.ours);
if (coding.peer) line("coding, scikit-learn", coding.peer);
for (const [update, { ours }] of Object.entries(iterations)) line(`K-SVD iteration, ${update}`, ours);
if (streamed) {
  line("a million signals, online", streamed);
  console.log(
    `  peak ${streamed.earlyMiB.toFixed(0)} MiB after a tenth of them, ${streamed.peakMiB.toFixed(0)} MiB after all`,
  );
}
if (coding.peer) console.log(`ratio ${coding.ratio.toFixed(1)}× (slowest round ${coding.slowest.toFixed(1)}×)`);
const all = [coding, ...Object.values(iterations)];
console.log(`${all.reduce((sum, one) => sum + one.quiet, 0)} of ${all.length * rounds} rounds quiet`);
if (options.json) {
  console.log(
    JSON.stringify({
      ...{ name: "omp", unit: "s", ours: coding.ours.ms / 1e3, oursMiB: coding.ours.peakMiB, quiet: coding.quiet },
      ...(coding.peer && { peer: coding.peer.ms / 1e3, ratio: coding.ratio, slowest: coding.slowest }),
      ...(coding.peer === undefined && { skipped: "no sklearn" }),
      iterations: Object.fromEntries(
        Object.entries(iterations).map(([update, { ours }]) => [
          update,
          { seconds: ours.ms / 1e3, peakMiB: ours.peakMiB },
        ]),
      ),
      ...(streamed && {
        stream: { seconds: streamed.ms / 1e3, earlyMiB: streamed.earlyMiB, peakMiB: streamed.peakMiB },
      }),
    }),
  );
}

function line(name, { ms, peakMiB, error }) {
  console.log(`${name.padEnd(33)}${seconds(ms)}${peakMiB.toFixed(0).padStart(11)}${error.toFixed(5).padStart(25)}`);
}

function openOurs(asked) {
  return start(process.execPath, [join(here, "workers/omp.mjs"), JSON.stringify(asked)], { rests: true });
}

/** Rounds in which our side and the peer, if there is one, do the same once each. */
async function inTurns(what, peer) {
  const sides = [openOurs({ ...task, what })];
  if (peer !== undefined) {
    const shapes = ["--length", String(length), "--atoms", String(atoms), "--parts", String(parts)];
    sides.push(start(peer, [peerScript, "omp", file, ...shapes], { rests: true }));
  }
  for (const side of sides) await side.ready();
  const found = [];
  // The first is not counted: what is compiled while it runs is then compiled.
  await sides[0].ask(1);
  for (let round = 0; round < rounds; round++) {
    found.push(
      await watched(async () => {
        const answers = [];
        const order = round % 2 === 0 ? sides.keys() : [...sides.keys()].reverse();
        for (const i of order) answers[i] = await sides[i].ask(1);
        return answers;
      }),
    );
  }
  for (const side of sides) side.stop();
  const quiet = found.filter(({ others }) => others <= tolerated);
  const counted = (quiet.length > 0 ? quiet : found).map(({ answers }) => answers);
  const middle = (i) => ({
    ...counted[0][i],
    ms: median(counted.map((answers) => answers[i].ms)),
    peakMiB: peak(found, i),
  });
  if (peer === undefined) return { ours: middle(0), quiet: quiet.length };
  const [{ error: own }, { error: other }] = counted[0];
  if (Math.abs(own / other - 1) > sameWithin) throw new Error(`the sides code differently: errors ${own} and ${other}`);
  const ratios = counted.map(([a, b]) => b.ms / a.ms);
  return { ours: middle(0), peer: middle(1), ratio: median(ratios), slowest: Math.min(...ratios), quiet: quiet.length };
}

function peak(found, i) {
  return Math.max(...found.map(({ answers }) => answers[i].peakMiB));
}

async function once() {
  const side = openOurs({ ...task, ...stream, what: "stream" });
  await side.ready();
  const found = await side.ask(1);
  side.stop();
  return found;
}

/** By the peer's script; where there is no numpy, by the same rule here. */
async function makeSignals() {
  if (python !== undefined) {
    const shape = Object.entries({ signals, length, atoms, parts }).flatMap(([name, value]) => [
      `--${name}`,
      String(value),
    ]);
    const { status } = spawnSync(python, [peerScript, "make", file, ...shape], { stdio: "inherit" });
    if (status === 0) return;
  }
  const { seededRandom } = await import("@noema/lenses");
  const random = seededRandom(0);
  const known = Float32Array.from({ length: atoms * length }, () => random.normal());
  for (let from = 0; from < known.length; from += length) {
    const size = Math.hypot(...known.subarray(from, from + length));
    for (let i = from; i < from + length; i++) known[i] /= size;
  }
  const deviation = 0.05 * Math.sqrt(parts / length);
  const made = Float32Array.from({ length: signals * length }, () => deviation * random.normal());
  for (let n = 0; n < signals; n++) {
    const own = new Set();
    while (own.size < parts) own.add(random.below(atoms));
    for (const atom of own) {
      const amount = random.normal();
      for (let i = 0; i < length; i++) made[n * length + i] += amount * known[atom * length + i];
    }
  }
  writeFileSync(file, made);
  writeFileSync(task.dictionary, known);
}
