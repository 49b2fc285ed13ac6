import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ICruiseResult } from "dependency-cruiser";
import { afterAll, beforeAll, expect, test } from "vitest";

/** Each rule of .dependency-cruiser.mjs and the file that breaks it: a linter that reads nothing also finds nothing. */
const violations: [rule: string, path: string, source: string][] = [
  ["no-cycles", "packages/engine/src/graph/egg.ts", `import { hen } from "./hen.js";\nexport const egg = () => hen;`],
  ["engine-imports-no-package-below", "packages/engine/src/below.ts", `export { sparse } from "@noema/lenses";`],
  ["lenses-imports-no-package-below", "packages/lenses/src/below.ts", `export { main } from "noema";`],
  ["packages-by-their-name", "packages/lenses/src/path.ts", `export { add } from "../../engine/src/index.js";`],
  ["isomorphic", "packages/lenses/src/opens-a-file.ts", `export { readFileSync } from "node:fs";`],
  ["isomorphic", "packages/engine/src/ops/joins-a-path.ts", `import { join } from "path";\nexport const j = join;`],
  ["native-runtime-behind-its-door", "packages/engine/src/runtime/compile.ts", `export * from "onnxruntime-node";`],
  ["no-test-in-product", "packages/engine/src/add.ts", `export { checked } from "./index.test.js";`],
  ["no-development-package-in-product", "packages/lenses/src/tests.ts", `export { test } from "vitest";`],
  ["resolvable", "packages/noema/src/cli/lost.ts", `export { nowhere } from "./nowhere.js";`],
];

/** What the rules allow, beside what they forbid. */
const lawful: [path: string, source: string][] = [
  ["packages/engine/src/index.ts", "export const add = (a: number, b: number) => a + b;"],
  ["packages/engine/src/index.test.ts", `import "node:fs";\nexport const checked = true;`],
  ["packages/engine/src/read-file.ts", `export { readFile } from "node:fs/promises";`],
  ["packages/engine/src/runtime/node.ts", `import "node:os";\nexport { Tensor } from "onnxruntime-node";`],
  ["packages/engine/src/graph/hen.ts", `import { egg } from "./egg.js";\nexport const hen = () => egg;`],
  ["packages/engine/src/graph/tree.ts", `import type { Leaf } from "./leaf.js";\nexport interface Tree { leaf: Leaf }`],
  ["packages/engine/src/graph/leaf.ts", `import type { Tree } from "./tree.js";\nexport interface Leaf { tree: Tree }`],
  ["packages/lenses/src/index.ts", `export { add as sparse } from "@noema/engine";`],
  ["packages/noema/src/index.ts", `import "node:fs";\nexport { sparse as main } from "@noema/lenses";`],
];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
let house: string;

beforeAll(() => {
  house = realpathSync(mkdtempSync(join(tmpdir(), "noema-layers-")));
  for (const file of [".dependency-cruiser.mjs", "package.json", "tsconfig.base.json"]) {
    cpSync(join(root, file), join(house, file));
  }
  for (const name of ["engine", "lenses", "noema"]) {
    const manifest = join("packages", name, "package.json");
    mkdirSync(join(house, "packages", name, "dist"), { recursive: true });
    cpSync(join(root, manifest), join(house, manifest));
    writeFileSync(join(house, "packages", name, "dist/index.js"), "export {};\n");
  }
  mkdirSync(join(house, "node_modules/@noema"), { recursive: true });
  symlinkSync(join(house, "packages/engine"), join(house, "node_modules/@noema/engine"), "junction");
  symlinkSync(join(house, "packages/lenses"), join(house, "node_modules/@noema/lenses"), "junction");
  symlinkSync(join(house, "packages/noema"), join(house, "node_modules/noema"), "junction");
  for (const name of ["onnxruntime-node", "vitest"]) {
    const manifest = join("node_modules", name, "package.json");
    mkdirSync(join(house, "node_modules", name), { recursive: true });
    writeFileSync(join(house, manifest), JSON.stringify({ name, version: "1.0.0", license: "MIT", main: "index.js" }));
    writeFileSync(join(house, "node_modules", name, "index.js"), "");
  }
  for (const [path, source] of [...lawful, ...violations.map(([, path, source]) => [path, source] as const)]) {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), `${source}\n`);
  }
});

afterAll(() => rmSync(house, { recursive: true, force: true }));

test("every seeded violation is found, and nothing lawful is", () => {
  const depcruise = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const { stdout, stderr } = spawnSync(process.execPath, [depcruise, "--output-type", "json", "packages"], {
    cwd: house,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const result = JSON.parse(stdout) as ICruiseResult;
  const found = result.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
  const expected = violations.map(([rule, path]) => `${rule}: ${path}`);
  expect(found.sort()).toEqual(expected.sort());
});

test("no rule goes unproven", async () => {
  const configuration = (await import(pathToFileURL(join(root, ".dependency-cruiser.mjs")).href)).default;
  const rules = configuration.forbidden.map(({ name }: { name: string }) => name);
  expect([...new Set(violations.map(([rule]) => rule))].sort()).toEqual(rules.sort());
});
