// A graph by hand, gradients of gradients, and the result as an ONNX file: Newton's method on Rosenbrock's valley.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { build, compile, gradient, input, readModel, writeModel } from "@noema/engine";

// f(x, y) = (1 − x)² + 100 (y − x²)², smallest at (1, 1). Numbers among the operands become constants.
const { add, concat, div, mul, pow, reduceSum, slice, sub } = build;
const at = input("at", [2]);
const part = (vector, i) => slice(vector, [i], [i + 1], [0]);
const [x, y] = [part(at, 0), part(at, 1)];
const f = add(pow(sub(1, x), 2), mul(100, pow(sub(y, mul(x, x)), 2)));

// The gradient is a value like any other, so it has gradients too: the rows of the Hessian matrix.
const [slope] = gradient(f, [at]);
const [row0] = gradient(part(slope, 0), [at]);
const [row1] = gradient(part(slope, 1), [at]);

// Newton's step at − H⁻¹·slope, with the inverse of a 2×2 matrix written out.
const [a, b, d] = [part(row0, 0), part(row0, 1), part(row1, 1)];
const determinant = sub(mul(a, d), mul(b, b));
const move0 = reduceSum(mul(concat([d, mul(b, -1)], 0), slope), [0]);
const move1 = reduceSum(mul(concat([mul(b, -1), a], 0), slope), [0]);
const next = sub(at, div(concat([move0, move1], 0), determinant));

// An ordinary ONNX model: any other program that runs ONNX can take Newton's step with it.
mkdirSync("out/examples", { recursive: true });
writeFileSync("out/examples/newton.onnx", writeModel({ inputs: { at }, outputs: { next, f } }).bytes);
const model = readModel(readFileSync("out/examples/newton.onnx"));
const program = await compile({
  inputs: { at: model.input("at") },
  outputs: { next: model.output("next"), f: model.output("f") },
});

let point = [-1.2, 1];
for (let step = 0; step < 7; step++) {
  const result = await program.run({ at: point });
  console.log(`step ${step}: f(${Array.from(point, (v) => v.toFixed(4)).join(", ")}) = ${result.f.data[0].toFixed(6)}`);
  point = result.next.data;
}
await program.dispose();
