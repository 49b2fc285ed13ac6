/** @file `npm run bench -- NAME …`: installs, builds and runs bench/NAME.mjs; what follows the name goes to it. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { build, install, requireNode, root, runNode } from "./project.mjs";

const folder = join(root, "bench");
const names = (existsSync(folder) ? readdirSync(folder) : [])
  .filter((file) => file.endsWith(".mjs"))
  .map((file) => file.slice(0, -".mjs".length));
const [name, ...rest] = process.argv.slice(2);

if (!names.includes(name)) {
  const complaint = name === undefined ? "Which benchmark?" : `There is no benchmark "${name}".`;
  process.stderr.write(`${complaint} Known: ${names.join(", ") || "none yet"}. code: BENCH_NAME\n`);
  process.exit(2);
}
requireNode(20);
await install();
await build();
process.exitCode = await runNode([join(folder, `${name}.mjs`), ...rest]);
