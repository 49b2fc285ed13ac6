/**
 * @file One forward pass and input gradient on six torchvision networks, beside PyTorch, in turns in one run.
 *
 *   npm run bench -- gradient-step [--rounds 7] [--steps 5] [--only ARCH] [--json]
 *
 * PYTHON names the interpreter that has torch and torchvision (default /usr/bin/python3, then python3).
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build, compile, input } from "@noema/engine";
import { findPython, geometricMean, median, noPython, start } from "./parts/sides.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const networks = ["googlenet", "squeezenet1_1", "resnet18", "resnet50", "mobilenet_v2", "densenet121"];
const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    steps: { type: "string", default: "5" },
    only: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const [rounds, steps] = [Number(options.rounds), Number(options.steps)];
const chosen = options.only ? networks.filter((n) => n === options.only) : networks;
const folder = join(here, "../out/bench/gradient-step");
const peerScript = join(here, "peers/torch_gradient_step.py");

/** GFLOP/s of a large matrix product: the most this processor gives. */
async function measureLimit() {
  const size = 2048;
  const [a, b] = [input("a", [size, size]), input("b", [size, size])];
  const threads = Number(process.env.BENCH_THREADS ?? 2);
  const program = await compile({ inputs: { a, b }, outputs: { c: build.reduceMax(build.matmul(a, b)) } }, { threads });
  const feed = Float32Array.from({ length: size * size }, (_, i) => Math.cos(i));
  const seconds = [];
  for (let i = 0; i < 7; i++) {
    const begin = performance.now();
    await program.run({ a: feed, b: feed });
    seconds.push((performance.now() - begin) / 1e3);
  }
  await program.dispose();
  return (2 * size ** 3) / Math.min(...seconds) / 1e9;
}

const python = findPython();
if (python === undefined) {
  console.log(`${noPython}\nWith it go the networks that it writes.`);
  if (options.json) console.log(JSON.stringify({ name: "gradient-step", skipped: "no torch" }));
  process.exit(0);
}
mkdirSync(folder, { recursive: true });
const missing = chosen.filter((name) => !existsSync(join(folder, `${name}.onnx`)));
if (missing.length > 0)
  spawnSync(python, [peerScript, "export", folder, ...missing], { stdio: ["ignore", "ignore", "ignore"] });

const limit = await measureLimit();
const cpu = cpus()[0].model.trim();
console.log(`${cpu}, ${cpus().length} threads; a 2048³ matrix product runs at ${limit.toFixed(0)} GFLOP/s`);
console.log("network         ours ms   peer ms   ratio   ours MiB  peer MiB  build ms  of the limit");
const rows = [];
for (const name of chosen) {
  const ours = start(process.execPath, [join(here, "workers/gradient-step.mjs"), join(folder, `${name}.onnx`)]);
  const { buildMs, multiplyAdds } = await ours.ready();
  const peer = start(python, [peerScript, "serve", name]);
  await peer.ready();
  const times = { ours: [], peer: [] };
  const ratios = [];
  let memory = {};
  for (let round = 0; round < rounds; round++) {
    const a = await ours.ask(steps);
    const b = await peer.ask(steps);
    if (round === 0) continue;
    times.ours.push(...a.ms);
    times.peer.push(...b.ms);
    ratios.push(median(b.ms) / median(a.ms));
    memory = { ours: a.peakMiB, peer: b.peakMiB };
  }
  ours.stop();
  peer.stop();
  const row = {
    network: name,
    ours: median(times.ours),
    peer: median(times.peer),
    ratio: median(ratios),
    oursMiB: memory.ours,
    peerMiB: memory.peer,
    buildMs,
    // Forward, and an input gradient of as many products again.
    ofLimit: (4 * multiplyAdds) / (median(times.ours) / 1e3) / 1e9 / limit,
  };
  rows.push(row);
  const column = (v, digits, width) => v.toFixed(digits).padStart(width);
  console.log(
    `${name.padEnd(14)}${column(row.ours, 1, 9)}${column(row.peer, 1, 10)}${column(row.ratio, 2, 8)}` +
      `${column(row.oursMiB, 0, 11)}${column(row.peerMiB, 0, 10)}${column(row.buildMs, 0, 10)}` +
      `${column(100 * row.ofLimit, 0, 9)} %`,
  );
}
const ratio = geometricMean(rows.map((r) => r.ratio));
const slowest = rows.reduce((a, b) => (a.ratio < b.ratio ? a : b));
console.log(`geometric mean ${ratio.toFixed(2)}×, slowest ${slowest.network} ${slowest.ratio.toFixed(2)}×`);
if (options.json) {
  const [ours, peer] = [geometricMean(rows.map((r) => r.ours)), geometricMean(rows.map((r) => r.peer))];
  console.log(JSON.stringify({ name: "gradient-step", ours, peer, unit: "ms", ratio, networks: rows }));
}
