import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTfjsFile } from "./read-tfjs-file.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "noema-tfjs-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A dense layer of one weight and one bias, whose shards are named so. */
async function written(...paths: string[]): Promise<string> {
  const weights = ["kernel", "bias"].map((name) => ({
    name: `only/${name}`,
    shape: name === "kernel" ? [1, 1] : [1],
    dtype: "float32",
  }));
  const config = {
    name: "net",
    layers: [{ class_name: "Dense", config: { name: "only", batch_input_shape: [null, 1] } }],
  };
  const path = join(folder, "model.json");
  const modelTopology = { class_name: "Sequential", config };
  await writeFile(path, JSON.stringify({ modelTopology, weightsManifest: [{ paths, weights }] }));
  return path;
}

describe("readTfjsFile", () => {
  test("shards lie beside model.json or below it", async () => {
    await mkdir(join(folder, "deep"), { recursive: true });
    await writeFile(join(folder, "first.bin"), new Uint8Array(Float32Array.of(2).buffer));
    await writeFile(join(folder, "deep", "second.bin"), new Uint8Array(Float32Array.of(3).buffer));
    const model = await readTfjsFile(await written("first.bin", "deep/second.bin"));
    expect(model.output("only").shape).toEqual([1, 1]);
    expect(model.metadata.format).toBe("tfjs-layers-model");
  });

  test("the models of a package", async () => {
    const human = dirname(createRequire(import.meta.url).resolve("@vladmandic/human"));
    const model = await readTfjsFile(join(human, "..", "models", "emotion.json"));
    expect(model.input().shape).toEqual([1, 64, 64, 1]);
  });

  test.each([
    "../secret.bin",
    "deep/../../secret.bin",
    "/etc/passwd",
    "C:\\secret.bin",
    "file:///x",
    "a\0b",
    "..\\x",
    "",
  ])("the path %j is refused", async (shard) => {
    await expect(readTfjsFile(await written(shard))).rejects.toThrow(expect.objectContaining({ code: "SHARD_PATH" }));
  });

  test("missing shards and files that are not JSON", async () => {
    await expect(readTfjsFile(await written("nowhere.bin"))).rejects.toThrow(/SHARD_MISSING/);
    const path = join(folder, "broken.json");
    await writeFile(path, '{"modelTopology": {');
    await expect(readTfjsFile(path)).rejects.toThrow(/MODEL_CORRUPT/);
    await writeFile(path, '{"weightsManifest": [null, {"paths": 7}]}');
    await expect(readTfjsFile(path)).rejects.toThrow(/MODEL_CORRUPT/);
  });
});
