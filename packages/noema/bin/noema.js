#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/cli/main.js", import.meta.url);
if (!existsSync(main)) {
  process.stderr.write("noema is not built yet: run `npm run build` in the repository. code: NOT_BUILT\n");
  process.exit(2);
}
await import(main.href);
