/** @file Where optional local data is found: models, photographs and test suites that are too large to be kept here. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The path of a file or folder of local data, or undefined where this machine does not have it. It is looked for in the
 * folder that the environment variable NOEMA_DATA names, else in `shared/data` beside the repository.
 */
export function localData(...path: readonly string[]): string | undefined {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const found = join(process.env.NOEMA_DATA ?? join(root, "..", "shared", "data"), ...path);
  return existsSync(found) ? found : undefined;
}
