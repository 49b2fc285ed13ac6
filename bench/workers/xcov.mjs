/**
 * @file Our side of the xcov benchmark. Takes a task as JSON on the command line, then a number of steps per line.
 *
 * Writes the weights that it starts with, and the order in which it sees the pictures, for the other side to do the same.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { adamOptimizer, seededRandom, Tensor, Trainer } from "@noema/engine";
import { architectureOf, initialWeights, xcovTask } from "@noema/lenses";

const task = JSON.parse(process.argv[2]);
const { batch, rate } = task;
const architecture = architectureOf("mnist");
const picture = { channels: 1, height: 28, width: 28 };
const sizes = { picture, labels: 10, latents: architecture.latents };

const bytes = (name, header) => new Uint8Array(readFileSync(join(task.data, name))).subarray(header);
const pixels = bytes("train-images-idx3-ubyte", 16);
const label = Int32Array.from(bytes("train-labels-idx1-ubyte", 8));
const count = label.length;

const { loss, nets } = xcovTask({
  ...sizes,
  nets: architecture.build({ ...sizes, hidden: architecture.hidden }),
  weights: { ...task.weights, zeta: 0 },
  pairs: false,
});
const parameters = initialWeights(nets, task.seed);

const random = seededRandom(task.seed, 1);
const order = Int32Array.from({ length: count }, (_, i) => i);
for (let i = count - 1; i > 0; i--) {
  const j = random.below(i + 1);
  [order[i], order[j]] = [order[j], order[i]];
}
writeFileSync(`${task.start}.order.bin`, order);
writeFileSync(`${task.start}.weights.bin`, Buffer.concat(Object.values(parameters).map((tensor) => tensor.bytes)));
const shapes = Object.entries(parameters).map(([name, { dims }]) => [name, dims]);
writeFileSync(`${task.start}.json`, JSON.stringify(shapes));

const begin = performance.now();
const trainer = await Trainer.open({
  parameters,
  data: { pixels: Tensor.of("uint8", [count, 1, 28, 28], pixels), label: Tensor.of("int32", [count], label) },
  batch,
  loss,
  optimizer: adamOptimizer(),
  mostSteps: task.mostSteps,
  compile: { threads: task.threads },
});
const answer = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
answer({ openMs: performance.now() - begin });

for await (const line of createInterface({ input: process.stdin })) {
  const steps = Number(line);
  const [before, start] = [process.cpuUsage(), performance.now()];
  let sum = 0;
  for (let taken = 0; taken < steps; ) {
    const now = Math.min(steps - taken, trainer.mostSteps);
    const from = trainer.step * batch;
    const rows = Int32Array.from({ length: now * batch }, (_, i) => order[(from + i) % count]);
    const figures = await trainer.advance({ rows: [rows], rates: new Float64Array(now).fill(rate) });
    sum += figures.loss.reduce((a, b) => a + b, 0);
    taken += now;
  }
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  answer({ ms, cpuMs: (user + system) / 1e3, loss: sum / steps });
}
