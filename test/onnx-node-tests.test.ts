/** @file The ONNX standard's own tests of single operators, where they are at hand. */
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { localData } from "../packages/engine/src/local-data.testing.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const archive = localData("onnx-node-tests.tar.xz");

test("of the cases whose operators are read, 95 % pass", { timeout: 300_000 }, (context) => {
  context.skip(archive === undefined, "the tests of the ONNX standard are not among the local data (NOEMA_DATA)");
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "scripts/onnx-node-tests.mjs"), archive!, "--no-build", "--json"],
    { encoding: "utf8", maxBuffer: 2 ** 26 },
  );
  expect(stderr).toBe("");
  const { cases, claimed, claimedPassed } = JSON.parse(stdout);
  expect(cases).toBeGreaterThan(1000);
  expect(claimed).toBeGreaterThan(0.75 * cases);
  expect(claimedPassed).toBeGreaterThanOrEqual(0.95 * claimed);
});
