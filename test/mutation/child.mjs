/** @file Corrupts models and runs them through read, gradient, compile and run; tells the parent how each ended. */
import { baseModels } from "./models.mjs";
import { mutate } from "./mutate.mjs";
import { corruptedCase, operatorCases } from "./operators.mjs";

const { compile, gradient, inspect, readModel } = await import("../../packages/engine/dist/index.js");

const bases = baseModels();

/** Inputs larger than this are not fed: allocating them would be our doing, not the model's. */
const fedElements = 2 ** 24;

/** Far more than the models need as they are, so that whatever passes shows in the memory that the process holds. */
const memoryLimit = 2 ** 28;

process.on("message", async (task) => {
  if (task === "end") return process.disconnect();
  const startMs = performance.now();
  const before = process.resourceUsage().maxRSS;
  const outcome = await attempt(task);
  const grownKilobytes = process.resourceUsage().maxRSS - before;
  process.send({ ...outcome, elapsedMs: performance.now() - startMs, grownBytes: 1024 * grownKilobytes });
});
process.send({ ready: true, bases: Object.keys(bases), operatorCases });

async function attempt(task) {
  const { mutation, run } = prepare(task);
  try {
    return { mutation, ...(await run()) };
  } catch (error) {
    if (error?.name === "NoemaError" && /^[A-Z0-9_]+$/.test(error.code)) {
      return { mutation, end: error.code, message: error.message };
    }
    return { mutation, end: "UNEXPECTED", message: `${error?.stack ?? error}`.slice(0, 2000) };
  }
}

function prepare({ base, operatorCase, seed }) {
  if (base === undefined) return corruptedCase(operatorCase, seed);
  const { name, bytes } = seed === null ? { name: "none", bytes: bases[base] } : mutate(bases[base], seed);
  return { mutation: name, run: () => runModel(bytes) };
}

async function runModel(bytes) {
  describe(bytes);
  const model = readModel(bytes);
  const inputs = Object.fromEntries(model.inputs.map((value) => [value.name, value]));
  const outputs = Object.fromEntries(model.outputs.map(({ name, value }) => [name, value]));
  const { added, refused } = derivative(model);
  const program = await compile({ inputs, outputs: { ...outputs, ...added } }, { threads: 1, memoryLimit });
  try {
    if (model.inputs.reduce((sum, value) => sum + value.size, 0) > fedElements) return { end: "too large to feed" };
    const feeds = model.inputs.map((value) => [value.name, Array.from({ length: value.size }, (_, i) => Math.sin(i))]);
    await program.run(Object.fromEntries(feeds));
    return { end: refused ?? "success" };
  } finally {
    await program.dispose();
  }
}

/** What `noema inspect` does: as much as can be read, whatever the shapes. */
function describe(bytes) {
  try {
    inspect(readModel(bytes, { partial: true }));
  } catch (error) {
    if (error?.name !== "NoemaError") throw error;
  }
}

/** The gradient of the first output with respect to the first input, or the code of the error that says there is none. */
function derivative(model) {
  const [x] = model.inputs.filter((value) => value.dtype === "float32");
  const [y] = model.outputs.filter(({ value }) => value.dtype === "float32");
  if (x === undefined || y === undefined) return { added: {} };
  try {
    return { added: { "the gradient": gradient(y.value, [x])[0] } };
  } catch (error) {
    if (error?.name !== "NoemaError") throw error;
    return { added: {}, refused: `success but for ${error.code}` };
  }
}
