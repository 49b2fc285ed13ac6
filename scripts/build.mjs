/** @file `npm run build`: compiles every package into its dist/. */
import { build, install, requireNode } from "./project.mjs";

requireNode(20);
await install();
await build({ force: true });
