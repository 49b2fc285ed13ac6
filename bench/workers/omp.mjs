/**
 * @file Our side of the omp benchmark. Takes a task as JSON on the command line: the file of signals and of atoms, the shape, and
 * what is to be done: "code" them; "approximate" or "exact": one iteration of K-SVD; "stream": a million signals through
 * OnlineLearner. Each line asks for it once.
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import {
  initialDictionary,
  learnDictionary,
  OnlineLearner,
  SparseCoder,
  seededRandom,
  vectorsInMemory,
} from "@noema/lenses";

const task = JSON.parse(process.argv[2]);
const { what, length, atoms: count, parts: sparsity, threads } = task;
const compile = { threads };

function floats(path) {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

const answer = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
const peakMiB = () => process.resourceUsage().maxRSS / 1024;

/** Does it once, and tells what it took. */
async function timed(work) {
  const [before, start] = [process.cpuUsage(), performance.now()];
  const found = await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { ms, cpuMs: (user + system) / 1e3, found };
}

/** Σ‖x − Dc‖² / Σ‖x‖² */
function errorOf(signals, atoms, codes) {
  let [left, all] = [0, 0];
  const row = new Float64Array(length);
  for (let n = 0; n < codes.vectors; n++) {
    row.set(signals.subarray(n * length, (n + 1) * length));
    for (const value of row) all += value * value;
    for (let part = codes.starts[n]; part < codes.starts[n + 1]; part++) {
      const from = codes.atoms[part] * length;
      for (let i = 0; i < length; i++) row[i] -= codes.coefficients[part] * atoms[from + i];
    }
    for (const value of row) left += value * value;
  }
  return left / all;
}

async function coding() {
  const [signals, atoms] = [floats(task.signals), floats(task.dictionary)];
  const mean = new Float32Array(length);
  const dictionary = { count, length, atoms, mean, nonNegative: false };
  return async () => {
    // The Gram matrix and compiling are a part of it, as they are of the peer's.
    const { ms, cpuMs, found } = await timed(async () => {
      const coder = await SparseCoder.open(dictionary, { sparsity, compile });
      const codes = await coder.code(signals);
      await coder.dispose();
      return codes;
    });
    return { ms, cpuMs, error: errorOf(signals, atoms, found) };
  };
}

/** From the state after some iterations, so that the atoms are as they are most of the time; the first of a run is not counted. */
async function learning(update) {
  const source = vectorsInMemory(floats(task.signals), length);
  const iterations = 4;
  return async () => {
    const times = [];
    let error;
    let [last, cpu] = [performance.now(), process.cpuUsage()];
    const whole = cpu;
    await learnDictionary(source, {
      ...{ atoms: count, sparsity, update, iterations, compile },
      onStep: (step) => {
        error = step.error;
        const taken = process.cpuUsage(cpu);
        times.push({ ms: performance.now() - last, cpuMs: (taken.user + taken.system) / 1e3 });
        [last, cpu] = [performance.now(), process.cpuUsage()];
      },
    });
    const { user, system } = process.cpuUsage(whole);
    const counted = times.slice(1).toSorted((a, b) => a.ms - b.ms);
    return { ms: counted[counted.length >> 1].ms, cpuMs: (user + system) / 1e3, error };
  };
}

/** A million signals that are made batch by batch, and never all there. */
async function streaming() {
  const { batch, total } = task;
  const random = seededRandom(0);
  const known = Float32Array.from({ length: count * length }, () => random.normal());
  for (let from = 0; from < known.length; from += length) {
    const size = Math.hypot(...known.subarray(from, from + length));
    for (let i = from; i < from + length; i++) known[i] /= size;
  }
  const draw = (rows) => {
    const made = new Float32Array(rows * length);
    for (let n = 0; n < rows; n++) {
      for (let k = 0; k < sparsity; k++) {
        const [from, amount] = [random.below(count) * length, random.normal()];
        for (let i = 0; i < length; i++) made[n * length + i] += amount * known[from + i];
      }
    }
    return made;
  };
  return async () => {
    const start = { atoms: count, mean: new Float32Array(length), nonNegative: false, seed: 0 };
    const initial = await initialDictionary(vectorsInMemory(draw(2 * count), length), start);
    const learner = await OnlineLearner.open(initial, { sparsity, compile });
    let [ms, error, early] = [0, 1, 0];
    const before = process.cpuUsage();
    for (let done = 0; done < total; done += batch) {
      const vectors = draw(Math.min(batch, total - done));
      const { ms: taken, found } = await timed(() => learner.feed(vectors));
      ms += taken;
      error = found.error;
      // The peak at a tenth: what grows with the number of signals would show after it.
      if (done < total / 10) early = peakMiB();
    }
    await learner.dispose();
    const { user, system } = process.cpuUsage(before);
    return { ms, cpuMs: (user + system) / 1e3, error, earlyMiB: early };
  };
}

const kinds = {
  code: coding,
  approximate: () => learning("approximate"),
  exact: () => learning("exact"),
  stream: streaming,
};
const work = await kinds[what]();
answer({ ready: true });
for await (const _ of createInterface({ input: process.stdin })) answer({ ...(await work()), peakMiB: peakMiB() });
