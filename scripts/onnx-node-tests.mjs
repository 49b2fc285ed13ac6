/**
 * @file `node scripts/onnx-node-tests.mjs [ARCHIVE_OR_FOLDER]`: runs the ONNX standard's own single-operator tests through
 * read, compile and run, and compares with the outputs that the standard expects.
 *
 * --json        prints one object instead of the table
 * --write       writes docs/onnx-node-tests.md
 * --only TEXT   only the cases whose name contains it
 *
 * Without a path the archive is taken from the local data (NOEMA_DATA, or `shared/data` beside the repository). Cases run
 * in a child process, so that one that takes it down is a failed case and not the end of the run.
 */
import { fork, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, install, requireNode, root } from "./project.mjs";

/** As ONNX's own runner compares (onnx/backend/test/runner: assert_allclose). */
const tolerance = { relative: 1e-3, absolute: 1e-5 };
const caseLimitMs = 30_000;
const page = join(root, "docs", "onnx-node-tests.md");

async function main(args) {
  const only = option(args, "--only");
  const path = args.find((arg) => !arg.startsWith("--"));
  requireNode(20);
  if (!args.includes("--no-build")) {
    await install();
    await build();
  }
  const { localData } = await engine("local-data.testing.js");
  const source = path ?? localData("onnx-node-tests.tar.xz");
  if (source === undefined || !existsSync(source)) {
    process.stderr.write(
      `${source ?? "onnx-node-tests.tar.xz"}: not found. Give the path of the archive or of the unpacked folder, or set NOEMA_DATA. code: DATA_MISSING\n`,
    );
    process.exit(2);
  }
  const folder = statSync(source).isDirectory() ? source : unpack(source);
  const names = readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "model.onnx")) && (only === undefined || name.includes(only)))
    .sort();
  const results = await runAll(folder, names);
  if (folder !== source) rmSync(folder, { recursive: true, force: true });
  const summary = await summarize(results);
  if (args.includes("--json")) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  else print(summary);
  if (args.includes("--write")) writeFileSync(page, markdown(summary));
  process.exitCode = summary.claimedPassed >= 0.95 * summary.claimed ? 0 : 1;
}

function option(args, name) {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args.splice(at, 2)[1];
}

function engine(file) {
  return import(new URL(`../packages/engine/dist/${file}`, import.meta.url).href);
}

function unpack(archive) {
  const folder = mkdtempSync(join(tmpdir(), "noema-node-tests-"));
  const { status, stderr } = spawnSync("tar", ["-xf", archive, "-C", folder], { encoding: "utf8" });
  if (status === 0) return folder;
  rmSync(folder, { recursive: true, force: true });
  process.stderr.write(`${archive}: tar could not unpack it (${stderr?.trim() ?? "no tar here"}). code: ARCHIVE\n`);
  process.exit(2);
}

/** Runs the cases one after another in a child; a new one is started when it dies or hangs. */
async function runAll(folder, names) {
  const results = [];
  const waiting = [...names];
  while (waiting.length > 0) await runSome(folder, waiting, results);
  return results;
}

function runSome(folder, waiting, results) {
  return new Promise((done) => {
    const child = fork(fileURLToPath(import.meta.url), { stdio: ["ignore", "ignore", "pipe", "ipc"] });
    let noise = "";
    let timer;
    const next = () => {
      if (waiting.length === 0) return child.send(null);
      timer = setTimeout(() => child.kill("SIGKILL"), caseLimitMs);
      child.send(join(folder, waiting[0]));
    };
    child.stderr.on("data", (text) => {
      noise = (noise + text).slice(-500);
    });
    child.on("message", (result) => {
      clearTimeout(timer);
      results.push({ name: waiting.shift(), ...result });
      next();
    });
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      if (waiting.length > 0 && (code !== 0 || signal !== null)) {
        const reason =
          signal === "SIGKILL" ? `no answer in ${caseLimitMs / 1000} s` : `the process ended (${signal ?? code})`;
        results.push({
          name: waiting.shift(),
          claimed: true,
          operators: [],
          passed: false,
          stage: "crash",
          reason: `${reason} ${noise}`,
        });
      }
      done();
    });
    next();
  });
}

/** In the child: a folder comes in, a result goes out; null ends it. */
async function serve() {
  const noema = await engine("index.js");
  process.on("message", async (folder) => {
    if (folder === null) return process.disconnect();
    process.send(await runCase(noema, folder));
  });
}

async function runCase(noema, folder) {
  const bytes = new Uint8Array(readFileSync(join(folder, "model.onnx")));
  const used = noema.operatorsUsed(bytes);
  const operators = used.map(({ name, domain }) => (domain === "" ? name : `${domain}::${name}`));
  const claimed = used.every(({ known }) => known);
  let stage = "read";
  try {
    for (const set of readdirSync(folder).filter((name) => name.startsWith("test_data_set_"))) {
      const tensors = (kind) => readTensors(noema, join(folder, set), kind);
      stage = "read";
      const names = noema.readModel(bytes, { partial: true }).inputs.map(({ name }) => name);
      stage = "data";
      const given = tensors("input");
      const expected = tensors("output");
      stage = "read";
      // Many of these models leave the shapes of their inputs open.
      const shapes = names.flatMap((name, i) => (given[i] === undefined ? [] : [[name, given[i].dims]]));
      const model = noema.readModel(bytes, { inputShapes: Object.fromEntries(shapes) });
      stage = "compile";
      const inputs = Object.fromEntries(model.inputs.map((value) => [value.name, value]));
      const outputs = Object.fromEntries(model.outputs.map(({ name, value }) => [name, value]));
      const program = await noema.compile({ inputs, outputs }, { threads: 1 });
      stage = "run";
      const found = await program.run(Object.fromEntries(model.inputs.map(({ name }, i) => [name, given[i]])));
      await program.dispose();
      stage = "compare";
      model.outputs.forEach(({ name, value }, i) => {
        if (expected[i] === undefined) return;
        compare(name, found[name], expected[i]);
        if (value.knownShape !== null) compareDims(`${name} (inferred)`, value.knownShape, expected[i].dims);
      });
    }
    return { claimed, operators, passed: true };
  } catch (error) {
    const reason = error.code === undefined && stage !== "compare" ? `${error.stack}`.slice(0, 300) : error.message;
    const known = stage === "compare" ? await explainDifference(noema, folder, bytes) : undefined;
    return { claimed, operators, passed: false, stage, code: error.code, reason, ...(known && { known }) };
  }
}

/** What accounts for another result: that the standard's is rounded to half the bits, or that ONNX Runtime's is this too. */
async function explainDifference(noema, folder, bytes) {
  if (/bfloat16/i.test(folder)) return "computed in single precision; the expected numbers are rounded to bfloat16";
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  try {
    const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
    const [set] = readdirSync(folder).filter((name) => name.startsWith("test_data_set_"));
    const given = readTensors(noema, join(folder, set), "input");
    const feeds = session.inputNames.map((name, i) => [name, new Tensor(given[i].dtype, given[i].data, given[i].dims)]);
    const results = await session.run(Object.fromEntries(feeds));
    const expected = readTensors(noema, join(folder, set), "output");
    session.outputNames.forEach((name, i) => {
      const { type, dims, data } = results[name];
      compare(name, noema.Tensor.of(type, dims, data), expected[i]);
    });
  } catch (error) {
    return `ONNX Runtime's own result for this file: ${error.message}`;
  }
}

function readTensors(noema, folder, kind) {
  const tensors = [];
  for (let i = 0; existsSync(join(folder, `${kind}_${i}.pb`)); i++) {
    tensors.push(noema.readTensorFile(new Uint8Array(readFileSync(join(folder, `${kind}_${i}.pb`)))).tensor);
  }
  return tensors;
}

function compareDims(name, found, expected) {
  if (found.length === expected.length && found.every((d, i) => d === expected[i])) return;
  throw new Error(`${name}: shape [${found}], expected [${expected}]`);
}

function compare(name, found, expected) {
  if (found.dtype !== expected.dtype) throw new Error(`${name}: ${found.dtype}, expected ${expected.dtype}`);
  compareDims(name, found.dims, expected.dims);
  const [a, b] = [found.toNumbers(), expected.toNumbers()];
  let wrong = 0;
  let first;
  for (let i = 0; i < b.length; i++) {
    if (Object.is(a[i], b[i]) || a[i] === b[i]) continue;
    if (Math.abs(a[i] - b[i]) <= tolerance.absolute + tolerance.relative * Math.abs(b[i])) continue;
    wrong++;
    first ??= `element ${i} is ${a[i]}, expected ${b[i]}`;
  }
  if (wrong > 0) throw new Error(`${name}: ${wrong} of ${b.length} elements are wrong; ${first}`);
}

/** The operator that a case is about: the only one it uses, or "several". */
const subject = ({ operators }) => (operators.length === 1 ? operators[0] : "several");

async function summarize(results) {
  const { operatorSupport } = await engine("index.js");
  const supported = operatorSupport().map(({ name, domain }) => (domain === "" ? name : `${domain}::${name}`));
  const groups = new Map(supported.map((operator) => [operator, { operator, passed: 0, total: 0, failures: [] }]));
  const unclaimed = new Map();
  for (const result of results) {
    const operator = subject(result);
    if (!result.claimed) {
      for (const name of result.operators.filter((op) => !supported.includes(op))) {
        unclaimed.set(name, (unclaimed.get(name) ?? 0) + 1);
      }
      continue;
    }
    const group = groups.get(operator) ?? { operator, passed: 0, total: 0, failures: [] };
    groups.set(operator, group);
    group.total++;
    if (result.passed) group.passed++;
    else
      group.failures.push({
        name: result.name,
        stage: result.stage,
        code: result.code,
        reason: result.known ?? result.reason,
      });
  }
  const claimed = results.filter((result) => result.claimed);
  return {
    cases: results.length,
    claimed: claimed.length,
    claimedPassed: claimed.filter((result) => result.passed).length,
    operators: [...groups.values()].filter(({ total }) => total > 0),
    operatorsWithoutCases: [...groups.values()].filter(({ total }) => total === 0).map(({ operator }) => operator),
    unclaimed: Object.fromEntries([...unclaimed].sort((a, b) => (a[0] < b[0] ? -1 : 1))),
  };
}

const percent = ({ claimed, claimedPassed }) => `${((100 * claimedPassed) / Math.max(claimed, 1)).toFixed(1)} %`;

function headline(summary) {
  const { cases, claimed, claimedPassed } = summary;
  return `${claimedPassed} of ${claimed} cases whose operators are read pass (${percent(summary)}); ${cases - claimed} of all ${cases} use operators that are not read.`;
}

function print(summary) {
  for (const { operator, passed, total, failures } of summary.operators) {
    process.stdout.write(`${failures.length === 0 ? "ok    " : "FAILED"} ${operator.padEnd(28)} ${passed}/${total}\n`);
    for (const { name, stage, reason } of failures) process.stdout.write(`         ${name}: ${stage}: ${reason}\n`);
  }
  process.stdout.write(`${headline(summary)}\n`);
}

function markdown(summary) {
  const cell = (text) => text.replaceAll("|", "\\|").replace(/\s+/g, " ").trim().slice(0, 240);
  const failures = summary.operators.flatMap(({ operator, failures }) => failures.map((f) => ({ operator, ...f })));
  return `# The ONNX standard's own tests

Written by \`node scripts/onnx-node-tests.mjs --write\`; do not edit. Each case is a model of one operator with inputs and the
outputs that the standard expects (relative error 1e-3, absolute 1e-5, as ONNX's own runner compares). It is read, compiled
and run on ONNX Runtime; element types that are computed in single precision here are compared as such.

**${headline(summary)}**

| operator | passed |
|---|---|
${summary.operators.map(({ operator, passed, total }) => `| ${operator === "several" ? "*several in one model*" : operator} | ${passed} of ${total} |`).join("\n")}

Read, but without a case of their own: ${summary.operatorsWithoutCases.join(", ") || "none"}.

## What fails, and why

${failures.length === 0 ? "Nothing.\n" : `| case | where | reason |\n|---|---|---|\n${failures.map(({ name, stage, reason }) => `| ${name} | ${stage} | ${cell(reason)} |`).join("\n")}\n`}
## Operators that are not read

${Object.entries(summary.unclaimed)
  .map(([name, count]) => `${name} (${count})`)
  .join(", ")}.
`;
}

if (process.send === undefined) await main(process.argv.slice(2));
else await serve();
