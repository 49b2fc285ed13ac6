// Your own model: its names and sizes, a layer in the middle, pictures of another size.
import { readFileSync } from "node:fs";
import { build, compile, gradient, readModel, writeModel } from "@noema/engine";

// What PyTorch's exporter wrote (03-classifier.py), with batch, height and width left open. Put your file in its place.
const bytes = readFileSync(new URL("03-classifier.onnx", import.meta.url));
const refused = (open) => {
  try {
    open();
  } catch (error) {
    console.log("refused:", error.message);
  }
};

// Open sizes are bound when the model is opened, by their names or input by input. The first axis becomes 1 by itself.
refused(() => readModel(bytes));
const model = readModel(bytes, { dimensions: { height: 32, width: 32 } });
for (const { name, op, outputs } of model.layers) {
  console.log(op.padEnd(8), outputs[0].shape.join("×").padEnd(10), name);
}

// A layer goes by the name of its node, or of what the node computes. A wrong name is answered with the nearest ones.
refused(() => model.value("features.3/Conv_output"));
const image = model.input();
const layer = model.value("/features/features.3/Conv");

// How every pixel moves the mean of the layer's channel 7.
const channel = build.reduceMean(build.slice(layer, [7], [8], [1]));
const [slope] = gradient(channel, [image]);
const program = await compile({ inputs: { image }, outputs: { channel, slope } });
const result = await program.run({ image: Float32Array.from({ length: image.size }, (_, i) => Math.sin(i)) });
console.log(`channel 7: mean ${result.channel.data[0].toFixed(4)}, slope ${result.slope.dims.join("×")}`);
await program.dispose();

// What lies above the layer is not in that program. Nor is what lies below a value that is given: here the way goes from
// the first layer's output to the logits, and back to it.
const first = model.value("/features/features.0/Conv");
const [fromAbove] = gradient(model.output(), [first]);
const operators = (signature) => readModel(writeModel(signature).bytes).layers.map(({ op }) => op);
console.log("up to channel 7:", ...operators({ inputs: { image }, outputs: { channel } }));
console.log("from first, upward:", ...operators({ inputs: { first }, outputs: { fromAbove } }));

// Pictures of another size: the classifier wants 32×32, but the layers below it take any.
const larger = { inputShapes: { image: [1, 3, 48, 64] } };
refused(() => readModel(bytes, larger));
const partial = readModel(bytes, { ...larger, partial: true });
console.log("partially read:", partial.value("/features/features.3/Conv").shape.join("×"));
refused(() => partial.value("logits"));
