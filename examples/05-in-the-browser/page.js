import { build, compile, gradient, readModel } from "@noema/engine";

// The same calls as in Node. ONNX Runtime runs as WebAssembly; with executionProviders: ["webgpu", "wasm"], on the GPU.
const response = await fetch("../03-classifier.onnx");
const model = readModel(new Uint8Array(await response.arrayBuffer()), { dimensions: { height: 32, width: 32 } });
const image = model.input();
const [slope] = gradient(build.slice(model.output(), [3], [4], [1]), [image]);
const program = await compile({ inputs: { image }, outputs: { slope } });
const { data } = (await program.run({ image: Float32Array.from({ length: image.size }, (_, i) => Math.sin(i)) })).slope;

const context = document.getElementById("slope").getContext("2d");
const drawn = context.createImageData(32, 32);
const steepest = data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
for (let i = 0; i < 32 * 32; i++) {
  for (let c = 0; c < 3; c++) drawn.data[4 * i + c] = 128 + (127 * data[1024 * c + i]) / steepest;
  drawn.data[4 * i + 3] = 255;
}
context.putImageData(drawn, 0, 0);
document.getElementById("sum").textContent =
  `sum of |slope|: ${data.reduce((sum, v) => sum + Math.abs(v), 0).toFixed(5)}`;
