/** @file The test cases of every operator with one input or attribute made absurd: what ONNX Runtime must never see. */
import { drawsFrom } from "./mutate.mjs";

const engine = (file) => import(`../../packages/engine/dist/${file}`);
const { compile, constant, emit, gradient, input, Tensor } = await engine("index.js");
const { allOps } = await engine("graph/op.js");

const cases = allOps().flatMap((op) => op.cases.map((example, i) => ({ name: `${op.name} ${i}`, op, example })));

/** How many cases there are. */
export const operatorCases = cases.length;

const extremes = [0, 1, -1, 2, 3, -3, 7, 100, 1e6, -1e6, 2 ** 31, -(2 ** 31), 2 ** 62, -(2 ** 63), 0.5, Number.NaN];
/** What is fed is the caller's own wish: so many iterations, or elements, are computed as asked. */
const fedExtremes = [0, 1, -1, 2, 3, -3, 7, 100, -1000, 0.5, Number.NaN];
const words = [
  "",
  "SAME_UPPER",
  "VALID",
  "nearest",
  "linear",
  "cubic",
  "edge",
  "wrap",
  "ij->",
  "reflect",
  "reverse",
  "add",
];

/** Corrupts one case; returns what was done, and how to run it. */
export function corruptedCase(index, seed) {
  const { name, op, example } = cases[index];
  const draws = drawsFrom(7919 * seed + index);
  const attributes = { ...(example.attributes ?? {}) };
  const specs = example.inputs.map((spec) => spec && { ...spec, values: spec.draw(drawsFrom(1).next) });
  const how = draws.next() < 0.5 ? corruptInput(specs, draws) : corruptAttribute(op, attributes, draws);
  return { mutation: `${name}: ${how}`, run: () => run({ op, example, specs, attributes }) };
}

function corruptInput(specs, draws) {
  const at = draws.below(specs.length);
  const spec = specs[at];
  if (!spec) return "nothing";
  const { values: old, dims } = spec;
  spec.constant = draws.next() < 0.3;
  spec.dims = draws.pick([
    dims,
    [...dims, 2],
    [],
    dims.map(() => draws.below(4)),
    dims.map((d, i) => (i === dims.length - 1 ? d + 1 + draws.below(60) : d)),
  ]);
  const far = spec.constant ? extremes : fedExtremes;
  spec.values = Float64Array.from({ length: spec.dims.reduce((a, b) => a * b, 1) }, (_, i) =>
    draws.next() < 0.4 ? draws.pick(far) : (old[i % Math.max(1, old.length)] ?? 1),
  );
  return `input ${at} is ${spec.dtype}[${spec.dims}]${spec.constant ? ", known" : ""}: ${spec.values.slice(0, 8)}`;
}

function corruptAttribute(op, attributes, draws) {
  const declared = Object.entries(op.attributes ?? {});
  if (declared.length === 0) return "nothing";
  const [name, { kind }] = draws.pick(declared);
  const old = attributes[name];
  const far = () => draws.pick(extremes);
  if (kind === "int" || kind === "float") attributes[name] = far();
  else if (kind === "string") attributes[name] = draws.pick(words);
  else if (kind !== "ints" && kind !== "floats") return "nothing";
  else if (Array.isArray(old) && draws.next() < 0.7)
    attributes[name] = old.map((v) => (draws.next() < 0.5 ? far() : v));
  else attributes[name] = Array.from({ length: draws.below(6) }, far);
  return `${name} is ${attributes[name]}`;
}

async function run({ op, example, specs, attributes }) {
  const feeds = {};
  const inputs = {};
  const values = specs.map((spec, i) => {
    if (!spec) return null;
    const tensor = Tensor.ofNumbers(spec.dtype, spec.dims, spec.values);
    if (spec.constant) return constant(tensor);
    feeds[`x${i}`] = tensor;
    inputs[`x${i}`] = input(`x${i}`, spec.dims, spec.dtype);
    return inputs[`x${i}`];
  });
  const results = emit(op.name, values, attributes, { domain: op.domain ?? "", outputs: example.outputs ?? 1 });
  const floats = (list) => list.filter((value) => value?.dtype === "float32");
  const outputs = [...results, ...slopes(floats(results), floats(values))];
  const named = Object.fromEntries(outputs.map((value, i) => [`y${i}`, value]));
  const program = await compile({ inputs, outputs: named }, { threads: 1, memoryLimit: 2 ** 26 });
  try {
    await program.run(feeds);
    return { end: "success" };
  } finally {
    await program.dispose();
  }
}

function slopes(results, values) {
  if (results.length === 0 || values.length === 0) return [];
  try {
    return gradient(results, values);
  } catch (error) {
    if (error?.name === "NoemaError") return [];
    throw error;
  }
}
