/**
 * @file `npm test`: installs, runs every check and every test, says what failed and ends with one summary line.
 *
 * `npm test -- --only types,vitest` runs some of the checks; any other argument goes to vitest (a file, `-t NAME`).
 * The figures are left in out/test/summary.json: `passed` and `failed` count the tests, and each other check as one.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile, install, requireNode, root, runNode, tool } from "./project.mjs";

const results = join(root, "out", "test");
const testReport = join(results, "vitest.json");
const generate = join(root, "scripts", "generate.mjs");

/** In this order: the tests of the built command line need the build, and so do the checks that follow imports. */
const checks = {
  biome: () => runNode([tool("@biomejs/biome", "biome"), "check", "--error-on-warnings", "."]),
  types: () => compile(),
  knip: () => runNode([tool("knip"), "--no-progress"]),
  layers: () => runNode([tool("dependency-cruiser", "depcruise"), "--output-type", "err-long", "packages", "test"]),
  generated: () => runNode([generate, "--check"]),
  vitest: (args) =>
    runNode([
      tool("vitest"),
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${testReport}`,
      ...args,
    ]),
};

const { only, rest } = readArguments(process.argv.slice(2));
requireNode(20);
await install();
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const outcomes = [];
for (const name of only) {
  if (name === "generated" && !existsSync(generate)) continue;
  process.stdout.write(`\n── ${name}\n`);
  const startMs = performance.now();
  const status = await checks[name](rest);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  if (status === 130) process.exit(130);
  outcomes.push({ name, seconds, ...(name === "vitest" ? countTests(status) : countCheck(status)) });
}

const sum = (key) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
const summary = { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped"), outcomes };
writeFileSync(join(results, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`);

process.stdout.write("\n");
for (const { name, seconds, passed, failed, skipped } of outcomes) {
  const tests = name === "vitest" ? `: ${passed} tests passed, ${failed} failed, ${skipped} skipped` : "";
  process.stdout.write(`${failed === 0 ? "ok    " : "FAILED"} ${name}${tests} (${seconds} s)\n`);
}
const unwell = outcomes.filter(({ failed }) => failed > 0).map(({ name }) => name);
process.stdout.write(
  unwell.length === 0
    ? `Noema: all well, ${summary.passed} checks and tests.\n`
    : `Noema: ${summary.failed} of ${summary.passed + summary.failed} failed, in ${unwell.join(", ")}.\n`,
);
process.exitCode = unwell.length === 0 ? 0 : 1;

function readArguments(args) {
  const at = args.indexOf("--only");
  if (at < 0) return { only: Object.keys(checks), rest: args };
  const wanted = (args[at + 1] ?? "").split(",");
  const unknown = wanted.find((name) => !(name in checks));
  if (unknown !== undefined) {
    process.stderr.write(
      `There is no check "${unknown}". Known: ${Object.keys(checks).join(", ")}. code: CHECK_NAME\n`,
    );
    process.exit(2);
  }
  return { only: Object.keys(checks).filter((name) => wanted.includes(name)), rest: args.toSpliced(at, 2) };
}

function countCheck(status) {
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}

/** A file that does not load counts as one failure; so does whatever fails outside any test. */
function countTests(status) {
  if (!existsSync(testReport)) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(readFileSync(testReport, "utf8"));
  const unloaded = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length;
  const failed = report.numFailedTests + unloaded;
  return {
    passed: report.numPassedTests,
    // Whatever was asked for, no test at all is no success.
    failed: failed === 0 && (status !== 0 || report.numPassedTests === 0) ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
