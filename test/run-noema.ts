/** @file Runs the built command line as a user does, and tells how it ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const noema = fileURLToPath(new URL("../packages/noema/bin/noema.js", import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * @param folder what it runs in
 * @param during told of everything that was said on the error stream so far, whenever there is more
 */
export function runNoema(
  folder: string,
  args: readonly string[],
  during?: (child: ChildProcess, err: string) => void,
): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [noema, ...args], { cwd: folder });
    let [out, err] = ["", ""];
    child.stdout.on("data", (text) => {
      out += text;
    });
    child.stderr.on("data", (text) => {
      err += text;
      during?.(child, err);
    });
    child.on("error", failed);
    child.on("close", (status) => done({ status, out, err }));
  });
}
