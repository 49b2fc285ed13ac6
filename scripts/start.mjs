/** @file `npm start`: installs, builds and runs the main job; what stands after `--` goes to it. */
import { join } from "node:path";
import { build, install, requireNode, root, runNode } from "./project.mjs";

requireNode(20);
await install();
await build();
process.exitCode = await runNode([join(root, "packages/noema/dist/cli/main.js"), "start", ...process.argv.slice(2)]);
