/**
 * @file Compares our outputs and input gradients with PyTorch's, network by network.
 *
 *   node scripts/verify-gradients.mjs DIR [--only NAME,NAME…]
 *
 * DIR holds NAME.onnx with NAME.x.f32, NAME.y.f32, NAME.g.f32 and NAME.json beside it, as
 * bench/peers/torch_architectures.py writes them: input, output, and d y.flatten()[unit] / d x. Exits with 1 where a
 * network fails, its output is off by more than 1e-4 or its gradient by more than allowed (relative L2 errors), with 2
 * where there is nothing to compare.
 *
 * A gradient may be off by 1e-3, or by what rounding alone makes of it: where one of millions of rectifiers gets
 * nearly 0, the last digit of its input decides which side it is on, and the gradient jumps. The column "jump" says how
 * far our own gradient moves (the furthest of some tries) when the input is moved by two parts in a million, as far as
 * the outputs of a deep network are off in single precision; PyTorch's own single and double precision gradients
 * differ by as much.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build, install, requireNode, root } from "./project.mjs";

const allowed = { output: 1e-4, gradient: 1e-3 };
const jumps = { tries: 6, movedBy: 2e-6, allowed: 2 };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { only: { type: "string" }, debug: { type: "boolean" }, "no-build": { type: "boolean" } },
});
const [folder] = positionals;
if (positionals.length !== 1 || !existsSync(folder)) stop("Which folder holds the networks? code: VERIFY_FOLDER");

const wanted = values.only?.split(",");
const known = readdirSync(folder)
  .filter((file) => file.endsWith(".onnx") && existsSync(join(folder, file.replace(/onnx$/, "json"))))
  .map((file) => file.slice(0, -".onnx".length))
  .sort();
const unknown = wanted?.find((name) => !known.includes(name));
if (unknown !== undefined) stop(`There is no "${unknown}" in ${folder}. Known: ${known.join(", ")}. code: VERIFY_NAME`);
const names = wanted ?? known;
if (names.length === 0) stop(`${folder} holds no network with its reference. code: VERIFY_FOLDER`);

requireNode(20);
if (!values["no-build"]) {
  await install();
  await build();
}
const engine = pathToFileURL(join(root, "packages/engine/dist/index.js"));
const { compile, constant, gradient, readModel, Tensor } = await import(engine);

const widths = [Math.max(7, ...names.map((name) => name.length)), 10, 9, 9, 9, 8, 8];
const line = (cells) =>
  cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ");
process.stdout.write(`${line(["network", "operators", "output", "gradient", "jump", "build s", "run ms"])}\n`);

let failed = 0;
for (const name of names) {
  const { cells, good } = await verify(name).catch((error) => ({
    cells: [name, values.debug ? error.stack : error.message],
    good: false,
  }));
  if (!good) failed++;
  const row = cells.length === 2 ? `${name.padEnd(widths[0])}  ${cells[1]}` : line(cells);
  process.stdout.write(`${row}${good ? "" : "  FAILED"}\n`);
}
process.stdout.write(`${names.length - failed} of ${names.length} networks agree.\n`);
process.exitCode = failed === 0 ? 0 : 1;

async function verify(name) {
  const facts = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  const startMs = performance.now();
  const model = readModel(readFileSync(join(folder, `${name}.onnx`)), { inputShapes: { x: facts.x } });
  const [x, y] = [model.input(), model.output()];
  const seed = new Float32Array(y.size);
  seed[facts.unit] = 1;
  const [g] = gradient(y, [x], { outputGradients: [constant(Tensor.of("float32", y.shape, seed))] });
  const signature = { inputs: { x }, outputs: { y, g } };
  const program = await compile(signature);
  const buildSeconds = (performance.now() - startMs) / 1000;
  const given = { x: floats(name, "x") };
  const result = await program.run(given);
  const runMs = await median(5, () => program.run(given));
  const jump = await furthestJump(program, given.x, result.g.data);
  await program.dispose();
  const outputError = relativeError(result.y.data, floats(name, "y"));
  const gradientError = relativeError(result.g.data, floats(name, "g"));
  return {
    cells: [
      name,
      String(model.layers.length),
      outputError.toExponential(1),
      gradientError.toExponential(1),
      jump.toExponential(1),
      buildSeconds.toFixed(1),
      runMs.toFixed(1),
    ],
    good: outputError <= allowed.output && gradientError <= Math.max(allowed.gradient, jumps.allowed * jump),
  };
}

/** How far the gradient moves when the input moves as little as rounding moves it. */
async function furthestJump(program, x, g) {
  let state = 1;
  let furthest = 0;
  const scale = jumps.movedBy * Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);
  for (let i = 0; i < jumps.tries; i++) {
    const moved = x.map((v) => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0; // Numerical Recipes' generator
      return v + (scale * state) / 2 ** 31;
    });
    const result = await program.run({ x: moved });
    furthest = Math.max(furthest, relativeError(result.g.data, g));
  }
  return furthest;
}

function floats(name, suffix) {
  const bytes = readFileSync(join(folder, `${name}.${suffix}.f32`));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

async function median(count, run) {
  const times = [];
  for (let i = 0; i < count; i++) {
    const startMs = performance.now();
    await run();
    times.push(performance.now() - startMs);
  }
  return times.sort((a, b) => a - b)[Math.floor(count / 2)];
}

/** ‖found − expected‖ / ‖expected‖; NaN anywhere makes it NaN, which no limit allows. */
function relativeError(found, expected) {
  if (found.length !== expected.length) return Number.NaN;
  let [difference, norm] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference += (found[i] - expected[i]) ** 2;
    norm += expected[i] ** 2;
  }
  return Math.sqrt(difference / norm);
}

function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
