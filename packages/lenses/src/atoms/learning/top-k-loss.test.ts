/** @file topKLoss: its numbers are those of the paper's formulas, silence is counted, and dead atoms are woken. */
import { seededRandom, Tensor, Trainer } from "@noema/engine";
import { afterEach, expect, test } from "vitest";
import { type TopKLossOptions, topKLoss, topKOptimizer } from "./top-k-loss.js";

const [batch, atoms, length] = [6, 8, 4];
const usual: TopKLossOptions = { batch, atoms, length, sparsity: 2, nonNegative: true, deadAfter: 12 };

const opened: Trainer[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.dispose();
});

const drawn = (seed: number, count: number, scale = 1) => {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => scale * random.normal());
};
const parameters = () => ({
  encoder: Tensor.of("float32", [atoms, length], drawn(1, atoms * length)),
  decoder: Tensor.of("float32", [atoms, length], drawn(2, atoms * length)),
  bias: Tensor.of("float32", [1, atoms], drawn(3, atoms, 0.1)),
  centre: Tensor.of("float32", [1, length], drawn(4, length, 0.1)),
  silence: Tensor.of("float32", [atoms], new Float32Array(atoms)),
});

async function open(options: Partial<TopKLossOptions> = {}, own: Readonly<Record<string, Tensor>> = parameters()) {
  const trainer = await Trainer.open({
    ...{ parameters: own, batch, optimizer: topKOptimizer, compile: { threads: 1 } },
    data: { none: Tensor.of("float32", [1, 1], new Float32Array(1)) },
    noise: { vectors: [batch, length] },
    loss: topKLoss({ ...usual, ...options }),
  });
  opened.push(trainer);
  return trainer;
}

const step = (trainer: Trainer, vectors: Float32Array, rate = 0) => {
  const steps = vectors.length / (batch * length);
  const rates = new Float64Array(steps).fill(rate);
  return trainer.advance({ rows: [new Int32Array(steps * batch)], rates, noise: { vectors } });
};

/** As the paper writes it, number by number: what is left of vectors, and who was heard. */
function naive(vectors: Float32Array, nonNegative: boolean) {
  const own = Object.fromEntries(Object.entries(parameters()).map(([name, { data }]) => [name, data as Float32Array]));
  const heard = new Set<number>();
  let [left, total] = [0, 0];
  for (let n = 0; n < batch; n++) {
    const x = Array.from({ length }, (_, i) => vectors[n * length + i] - own.centre[i]);
    const code = Array.from({ length: atoms }, (_, a) =>
      x.reduce((sum, v, i) => sum + v * own.encoder[a * length + i], own.bias[a]),
    );
    const size = (a: number) => (nonNegative ? code[a] : Math.abs(code[a]));
    const chosen = [...code.keys()].sort((a, b) => size(b) - size(a)).slice(0, 2);
    const back = new Float64Array(length);
    for (const a of chosen) {
      const amount = nonNegative ? Math.max(0, code[a]) : code[a];
      if (amount !== 0) heard.add(a);
      const row = own.decoder.subarray(a * length, (a + 1) * length);
      for (let i = 0; i < length; i++) back[i] += (amount * row[i]) / Math.hypot(...row);
    }
    x.forEach((v, i) => {
      left += (v - back[i]) ** 2;
      total += vectors[n * length + i] ** 2;
    });
  }
  return { left, total, heard };
}

test.each([true, false])("what is left, and the loss, without dead atoms; non-negative: %s", async (nonNegative) => {
  const trainer = await open({ nonNegative });
  const vectors = drawn(5, batch * length);
  const { left, loss, used, dead } = await step(trainer, vectors);
  const wanted = naive(vectors, nonNegative);
  expect(left[0]).toBeCloseTo(wanted.left, 3);
  // Nobody is dead: nothing of what is left could be added, all of it.
  expect(loss[0]).toBeCloseTo(wanted.left / wanted.total + 1 / 32, 4);
  expect([used[0], dead[0]]).toEqual([wanted.heard.size, 0]);
});

test("vectors are counted for which an atom was not heard; from so many on it is dead", async () => {
  const trainer = await open();
  const vectors = drawn(5, batch * length);
  const { heard } = naive(vectors, true);
  expect(heard.size).toBeLessThan(atoms);
  const dead: number[] = [];
  for (let i = 1; i <= 4; i++) {
    dead.push((await step(trainer, vectors)).dead[0]);
    const { silence } = trainer.parameters();
    expect([...silence.data]).toEqual(Array.from({ length: atoms }, (_, a) => (heard.has(a) ? 0 : i * batch)));
  }
  const silent = atoms - heard.size;
  expect(dead).toEqual([0, 0, silent, silent]);
});

test("dead atoms that are not among the largest learn what is left, and without AuxK nothing", async () => {
  // Vectors along the four axes; atoms along them too, of which the last two have encoders so short that they are never chosen.
  const axes = Float32Array.from({ length: 16 }, (_, i) => Number(i % 5 === 0));
  const encoder = axes.map((v, i) => (i < 8 ? v : 0.02 * v));
  const own = {
    encoder: Tensor.of("float32", [4, 4], encoder),
    decoder: Tensor.of("float32", [4, 4], axes),
    bias: Tensor.of("float32", [1, 4], Float32Array.of(0.1, 0.1, 0, 0)),
    silence: Tensor.of("float32", [4], Float32Array.of(0, 0, 60, 59)),
  };
  const vectors = Float32Array.from({ length: batch * 4 }, (_, i) => Number(i % 4 === Math.floor(i / 4) % 4));
  const after = async (auxiliary: number) => {
    const trainer = await open({ atoms: 4, sparsity: 1, deadAfter: 60, auxiliary }, own);
    await step(trainer, vectors, 0.001);
    return trainer.parameters().encoder.data as Float32Array;
  };
  const [without, helped] = [await after(0), await after(1 / 32)];
  expect(without.subarray(8)).toEqual(encoder.subarray(8));
  // The third is dead, the fourth only nearly.
  expect(helped[10]).toBeGreaterThan(encoder[10]);
  expect(helped.subarray(12)).toEqual(encoder.subarray(12));
});
