// Training: weights that follow any loss over minibatches, many steps in one run, and an ONNX model in the end.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import {
  adamW,
  build,
  compile,
  constant,
  initializers,
  input,
  losses,
  readModel,
  schedules,
  seededRandom,
  Tensor,
  Trainer,
  writeModel,
} from "@noema/engine";

// 1. Data: arrays with one row per example, of any types. Here two spirals, one around the other, that are to be told apart.
const random = seededRandom(1);
const [count, taught] = [1000, 800];
const label = Int32Array.from({ length: count }, () => random.below(2));
const points = new Float32Array(2 * count);
label.forEach((spiral, i) => {
  const turn = 1 + 3.5 * Math.PI * random.uniform();
  const radius = turn / 12.5 + 0.02 * random.normal();
  points[2 * i] = radius * Math.cos(turn + Math.PI * spiral);
  points[2 * i + 1] = radius * Math.sin(turn + Math.PI * spiral);
});
const data = { x: Tensor.of("float32", [count, 2], points), label: Tensor.of("int32", [count], label) };

// 2. Where the weights start, by name. Arrays of more than one axis are weights, which may decay; the others are biases.
const weight = (...dims) => Tensor.of("float32", dims, initializers.heNormal(dims, random));
const bias = (size) => Tensor.of("float32", [size], new Float32Array(size));
const parameters = {
  "1.weight": weight(2, 32),
  "1.bias": bias(32),
  "2.weight": weight(32, 32),
  "2.bias": bias(32),
  "3.weight": weight(32, 2),
  "3.bias": bias(2),
};

// 3. The network as a graph, of an input and the weights by name.
function network(x, p) {
  const layer = (value, name) => build.add(build.matmul(value, p[`${name}.weight`]), p[`${name}.bias`]);
  return layer(build.relu(layer(build.relu(layer(x, "1")), "2")), "3");
}

// 4. The loss of one step: a scalar made of the rows that this step sees. Anything that has a gradient may be in it.
const sizeOfWeights = (p) => build.reduceSum(build.abs(p["2.weight"]), undefined, { keepdims: false });
const options = {
  parameters,
  data,
  batch: 50,
  optimizer: adamW({ weightDecay: 0.01 }),
  clip: { norm: 5 },
  loss: ({ parameters: p, rows: [row] }) => {
    const logits = network(row.x, p);
    const error = losses.crossEntropy(logits, row.label);
    const loss = build.add(error, build.mul(sizeOfWeights(p), 1e-4));
    return { loss, figures: { error, accuracy: losses.accuracy(logits, row.label) } };
  },
};
const trainer = await Trainer.open(options);

// 5. Steps. You say which rows each of them sees, and how fast it goes: here every epoch has an order of its own.
const [epochs, perEpoch] = [60, taught / options.batch];
const schedule = schedules.parseSchedule("warmup:20,cosine");
async function epoch(trainer) {
  const number = trainer.step / perEpoch;
  const draw = seededRandom(2, number);
  const order = Int32Array.from({ length: taught }, (_, i) => i);
  for (let i = taught - 1; i > 0; i--) {
    const j = draw.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  const rates = Array.from({ length: perEpoch }, (_, i) => 0.02 * schedule(trainer.step + i, epochs * perEpoch));
  return await trainer.advance({ rows: [order], rates });
}

const held = [Int32Array.from({ length: count - taught }, (_, i) => taught + i)];
let saved;
for (let i = 1; i <= epochs; i++) {
  const { error } = await epoch(trainer);
  if (i > 1 && i % 20 > 0) continue;
  const mean = error.reduce((a, b) => a + b) / error.length;
  const { accuracy } = await trainer.evaluate(held);
  console.log(
    `epoch ${i}, step ${trainer.step}: error ${mean.toFixed(3)}, ${(100 * accuracy).toFixed(1)} % of others right`,
  );
  if (i === 40) saved = trainer.state;
}

// 6. The state is plain arrays: whoever goes on from it comes to the same bytes.
const other = await Trainer.open(options);
other.restore(saved);
while (other.step < epochs * perEpoch) await epoch(other);
const [own, again] = [trainer.parameters()["1.weight"].data, other.parameters()["1.weight"].data];
console.log(`gone on from epoch 40, the same to the last byte: ${own.every((value, i) => value === again[i])}`);

// 7. The network with its weights in it, as an ONNX model for any number of points.
const trained = Object.fromEntries(
  Object.entries(trainer.parameters()).map(([name, tensor]) => [name, constant(tensor, name)]),
);
const x = input("x", [1, 2]);
const probabilities = build.softmax(network(x, trained));
mkdirSync("out/examples", { recursive: true });
const file = "out/examples/spirals.onnx";
writeFileSync(file, writeModel({ inputs: { x }, outputs: { probabilities } }, { batchAxis: "N" }).bytes);
await trainer.dispose();
await other.dispose();

// As any other model it is read, and a picture of what it learned is one run.
const side = 40;
const model = readModel(readFileSync(file), { inputShapes: { x: [side * side, 2] } });
const program = await compile({ inputs: { x: model.input() }, outputs: { p: model.output() } });
const places = Float32Array.from({ length: 2 * side * side }, (_, i) =>
  i % 2 === 0 ? ((i / 2) % side) / 20 - 1 : Math.floor(i / 2 / side) / 20 - 1,
);
const { p } = await program.run({ x: places });
await program.dispose();
for (let row = 0; row < side; row += 2) {
  console.log(
    Array.from({ length: side }, (_, i) => " .:#"[Math.min(3, Math.floor(4 * p.data[2 * (row * side + i)]))]).join(""),
  );
}
