/**
 * @file Our side of the dream benchmark. Takes a task as JSON on the command line, then a number of steps per line.
 *
 * The task's `part` says what a step is: `whole` is Dream.advance(); `around` the same with the network replaced by a sum of
 * its input times fixed numbers; `network` the network's gradient alone, from an input that is fed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { build, compile, gradient, input, readModel } from "@noema/engine";
import { channel, Dream, lucidTransforms, seededRandom } from "@noema/lenses";

/** What Caffe's networks want (caffe/models/bvlc_googlenet/train_val.prototxt). */
const caffe = { layout: "NCHW", channels: "BGR", range: [0, 255], mean: [104, 117, 123], scale: [1, 1, 1] };
const seed = 1;
/** How many steps Lucid takes. */
const planned = 512;

const task = JSON.parse(process.argv[2]);
const compileOptions = { threads: Number(process.env.BENCH_THREADS ?? 2) };

function readNetwork() {
  const { batch, size } = task;
  return readModel(readFileSync(task.model), { inputShapes: { data: [batch, 3, size, size] } });
}

const waves = (count) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898));

/** Σ w·x of what the network is shown: as cheap as an objective can be. */
const weightedSum = {
  text: "weighted-sum",
  build: (scene) => {
    const shown = scene.layer("data");
    const weights = scene.given("weights", shown.shape, waves(shown.size));
    return build.reduceSum(build.mul(shown, weights), [1, 2, 3], { keepdims: false });
  },
};

/** @returns what one step is */
async function dreaming(objective) {
  const options = { preprocessing: caffe, objective, seed, steps: planned, compile: compileOptions };
  const dream = await Dream.open({ model: readNetwork(), ...options });
  if (task.start !== undefined) await writeStart(dream);
  return () => dream.advance();
}

/**
 * For the peer to do the same: the pictures that the dream starts from, those after the first step, which is taken here, the
 * objective that it found, and the affine map of each step.
 */
async function writeStart(dream) {
  const maps = Array.from({ length: planned }, (_, i) => {
    const moment = { size: dream.size, progress: (i + 1) / planned };
    return [...lucidTransforms[0].draw(seededRandom(seed, i + 1), moment).affine];
  });
  writeFileSync(`${task.start}.0.bin`, await dream.pictures());
  const { objective } = await dream.advance();
  writeFileSync(`${task.start}.1.bin`, await dream.pictures());
  writeFileSync(`${task.start}.json`, JSON.stringify({ maps, objective: [...objective] }));
}

/** The same objective as the channel's: a mean over positions, times what is 1 at the unit. */
async function networkAlone() {
  const model = readNetwork();
  const [data, layer] = [model.input(), model.value(task.layer)];
  const [batch, channels, ...positions] = layer.shape;
  const means = positions.length === 0 ? layer : build.reduceMean(layer, [2, 3], { keepdims: false });
  const chosen = input("chosen", [batch, channels]);
  const score = build.reduceSum(build.mul(means, chosen), [1], { keepdims: false });
  const back = gradient(score, [data])[0];
  const program = await compile({ inputs: { data, chosen }, outputs: { score, back } }, compileOptions);
  const feeds = {
    data: waves(data.size).map((v) => 60 * v),
    chosen: Float32Array.from({ length: batch * channels }, (_, i) => (i % channels === task.unit ? 1 : 0)),
  };
  return () => program.run(feeds);
}

const parts = {
  whole: () => dreaming(channel(task)),
  around: () => dreaming(weightedSum),
  network: networkAlone,
};

const begin = performance.now();
const step = await parts[task.part]();
const answer = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
answer({ openMs: performance.now() - begin });

for await (const line of createInterface({ input: process.stdin })) {
  const ms = [];
  const before = process.cpuUsage();
  for (let i = Number(line); i > 0; i--) {
    const start = performance.now();
    await step();
    ms.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  answer({ ms, cpuMs: (user + system) / 1e3 });
}
