/**
 * @file Compares our outputs and input gradients with PyTorch's, network by network.
 *
 *   node scripts/verify-gradients.mjs DIR [--only NAME,NAME…] [--kinks] [--json]
 *
 * DIR holds NAME.onnx with NAME.x.f32, NAME.y.f32, NAME.g.f32 and NAME.json beside it, as
 * bench/peers/torch_architectures.py writes them: input, output, and d y.flatten()[unit] / d x. Bounds: outputs 1e-4,
 * gradients 1e-3, relative L2 error. Exits with 1 where a network is outside, with 2 where there is nothing to compare.
 *
 * A deep network of Relus has units so near to 0 that the last digit of their input decides which side they are on, and
 * the gradient jumps. Two columns say how far the reference is determined at all: "jump", how far our own gradient moves
 * when the input moves by two parts in a million, and, where NAME.g64.f32 is there, "peer", how far PyTorch's single
 * precision gradient is from its own in double. A gradient outside the bound by no more than twice either is marked
 * "kinks"; --kinks lets it pass.
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
  options: {
    only: { type: "string" },
    debug: { type: "boolean" },
    "no-build": { type: "boolean" },
    kinks: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
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

const widths = [Math.max(7, ...names.map((name) => name.length)), 10, 9, 9, 9, 9, 8];
const line = (cells) =>
  cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ");
process.stdout.write(`${line(["network", "operators", "output", "gradient", "jump", "peer", "build s"])}\n`);

const rows = [];
for (const name of names) {
  const row = await verify(name).catch((error) => ({ name, verdict: "FAILED", error }));
  rows.push(row);
  const number = (v) => (v === undefined ? "" : v.toExponential(1));
  const shown = row.error
    ? `${name.padEnd(widths[0])}  ${values.debug ? row.error.stack : row.error.message}`
    : line([
        name,
        String(row.operators),
        ...[row.output, row.gradient, row.jump, row.peer].map(number),
        row.buildSeconds.toFixed(1),
      ]);
  process.stdout.write(`${shown}${row.verdict === "within" ? "" : `  ${row.verdict}`}\n`);
}
const count = (verdict) => rows.filter((row) => row.verdict === verdict).length;
process.stdout.write(
  `${count("within")} of ${rows.length} networks are within the bounds, ${count("kinks")} outside by no more than the reference itself is, ${count("FAILED")} failed.\n`,
);
if (values.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
process.exitCode = count("FAILED") + (values.kinks ? 0 : count("kinks")) === 0 ? 0 : 1;

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
  const jump = await furthestJump(program, given.x, result.g.data);
  await program.dispose();
  const reference = floats(name, "g");
  const double = existsSync(join(folder, `${name}.g64.f32`)) ? floats(name, "g64") : undefined;
  const row = {
    name,
    operators: model.layers.length,
    output: relativeError(result.y.data, floats(name, "y")),
    gradient: relativeError(result.g.data, reference),
    jump,
    peer: double && relativeError(reference, double),
    buildSeconds,
  };
  return { ...row, verdict: verdictOf(row) };
}

function verdictOf({ output, gradient: error, jump, peer = 0 }) {
  if (!(output <= allowed.output)) return "FAILED";
  if (error <= allowed.gradient) return "within";
  return error <= jumps.allowed * Math.max(jump, peer) ? "kinks" : "FAILED";
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
