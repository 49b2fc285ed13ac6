// The gradient of a model in an ONNX file: how each of its input numbers moves the probability of a class.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { build, compile, constant, gradient, input, readModel, Tensor, writeModel } from "@noema/engine";

// A model file, made on the spot so that nothing must be downloaded: softmax(relu(pixels·A)·B). Put yours in its place.
const weights = (rows, columns, numbers) => constant(Tensor.ofNumbers("float32", [rows, columns], numbers));
const pixels = input("pixels", [1, 3]);
const hidden = build.relu(build.matmul(pixels, weights(3, 4, [1, -2, 0.5, 0, 0.5, 1, -1, 2, -1, 0.5, 1, 1])));
const classes = build.softmax(build.matmul(hidden, weights(4, 2, [1, -1, 0.5, 0.5, -1, 2, 0, 1])));
const file = "out/examples/classifier.onnx";
mkdirSync("out/examples", { recursive: true });
writeFileSync(file, writeModel({ inputs: { pixels }, outputs: { probabilities: classes } }).bytes);

// 1. Read the file, and take values by the names they have in it.
const model = readModel(readFileSync(file));
const x = model.input("pixels");
const probabilities = model.output("probabilities");

// 2. Say what is differentiated, the probability of class 1, and by what. This adds nodes to the graph, and runs nothing.
const objective = build.slice(probabilities, [1], [2], [1]);
const [slope] = gradient(objective, [x]);

// 3. Compile, once. The names given here are those that `run` takes and returns.
const program = await compile({ inputs: { x }, outputs: { probabilities, slope } });

// 4. Run, as often as you like.
const result = await program.run({ x: [1, 0.5, 0.2] });
const show = (tensor) => Array.from(tensor.data, (v) => v.toFixed(4)).join(" ");
console.log("probabilities:          ", show(result.probabilities));
console.log("d p(class 1) / d pixels:", show(result.slope));

// The first slope once more, from moving the first pixel a little to either side.
const [above, below] = [await program.run({ x: [1.01, 0.5, 0.2] }), await program.run({ x: [0.99, 0.5, 0.2] })];
const difference = (above.probabilities.data[1] - below.probabilities.data[1]) / 0.02;
console.log("the first by difference:", difference.toFixed(4));
await program.dispose();
