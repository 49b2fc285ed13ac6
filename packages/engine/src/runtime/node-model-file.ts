/** @file A program and its weights as files, for as long as ONNX Runtime needs to read them. Node only. */
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExternalTensor } from "../graph/write-model.js";

/**
 * Calls `use` with the path of a model whose weights lie beside it. The files are gone afterwards. Undefined where
 * they cannot be written (no temporary folder, no space): the caller then keeps all in memory.
 *
 * @public loaded under a computed name
 */
export async function withModelFile<T>(
  bytes: Uint8Array,
  weightsName: string,
  outside: readonly ExternalTensor[],
  use: (path: string) => Promise<T>,
): Promise<T | undefined> {
  let folder: string | undefined;
  try {
    try {
      folder = await mkdtemp(join(tmpdir(), "noema-"));
      await writeFile(join(folder, "program.onnx"), bytes);
      await writeWeights(join(folder, weightsName), outside);
    } catch {
      return undefined;
    }
    return await use(join(folder, "program.onnx"));
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

/** One tensor at a time, so that rearranged weights are never all in memory. */
async function writeWeights(path: string, outside: readonly ExternalTensor[]): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    for (const { tensor, offset } of outside) {
      const data = tensor.passingBytes;
      let done = 0;
      while (done < data.byteLength) {
        const { bytesWritten } = await file.write(data, done, data.byteLength - done, offset + done);
        done += bytesWritten;
      }
    }
  } finally {
    await file.close();
  }
}
