import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (packageName: string) =>
  fileURLToPath(new URL(`./packages/${packageName}/src/index.ts`, import.meta.url));

export default defineConfig({
  resolve: {
    // Tests run on the sources, so that none needs a build first.
    alias: {
      "@noema/engine": source("engine"),
      "@noema/lenses": source("lenses"),
    },
  },
  test: {
    include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts"],
    // A process each: the native runtime does not like to be unloaded with a thread. Two, because each has threads of its own.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
