import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ActivationsStore } from "./activations-store.js";
import { ActivationsWriter } from "./activations-writer.js";
import { writeVectorsTable } from "./vectors-table.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "noema-store-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
const fresh = () => join(root, String(folders++));
const warned: string[] = [];
const warn = (line: string) => void warned.push(line);
const coded = (code: string) => expect.objectContaining({ code });

/** Row r holds r·D, r·D + 1 … */
const rowsFrom = (from: number, count: number, length: number) =>
  Float32Array.from({ length: count * length }, (_, i) => from * length + i);

interface Shape {
  readonly count: number;
  readonly length: number;
  readonly shardRows: number;
}

async function written(folder: string, { count, length, shardRows }: Shape): Promise<ActivationsStore> {
  const options = { recipe: { layer: "a" }, length, shardBytes: 4 * length * shardRows, warn };
  const writer = ActivationsWriter.open(folder, options);
  for (let from = 0; from < count; from += 7) writer.append(rowsFrom(from, Math.min(7, count - from), length));
  return writer.finish({});
}

describe("a store", () => {
  test("gives back any rows, whatever the shards", async () => {
    const shape = fc.record({
      count: fc.integer({ min: 1, max: 40 }),
      length: fc.integer({ min: 1, max: 5 }),
      shardRows: fc.integer({ min: 1, max: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(shape, fc.array(fc.nat(), { maxLength: 20 }), fc.nat(), fc.nat(), async (given, some, a, b) => {
        const { count, length, shardRows } = given;
        const folder = fresh();
        const store = await written(folder, given);
        try {
          expect(store.meta.shards.every(({ rows }) => rows <= shardRows)).toBe(true);
          const from = a % count;
          const part = b % (count - from + 1);
          expect(store.read(from, part)).toEqual(rowsFrom(from, part, length));
          const indices = some.map((i) => i % count);
          const wanted = indices.flatMap((row) => [...rowsFrom(row, 1, length)]);
          expect([...store.rows(indices)]).toEqual(wanted);
          const seen: number[] = [];
          for await (const { from: first, vectors } of store.batches((b % 9) + 1)) {
            expect(first * length).toBe(seen.length);
            seen.push(...vectors);
          }
          expect(seen).toEqual([...rowsFrom(0, count, length)]);
        } finally {
          store.close();
          rmSync(folder, { recursive: true });
        }
      }),
      { numRuns: 25 },
    );
  });

  test("refuses rows that are not there, and more than memory holds", async () => {
    const store = await written(fresh(), { count: 5, length: 3, shardRows: 2 });
    for (const [from, count] of [
      [-1, 1],
      [5, 1],
      [3, 3],
      [0.5, 1],
      [0, -1],
      [Number.NaN, 1],
    ]) {
      expect(() => store.read(from, count)).toThrow(coded("ACTIVATIONS_ROWS"));
    }
    expect(() => store.rows([0, 5])).toThrow(coded("ACTIVATIONS_ROWS"));
    await expect(store.batches(0).next()).rejects.toThrow(coded("ACTIVATIONS_ROWS"));
    expect(() => store.rows(new Uint8Array(2 ** 28))).toThrow(/268435456 vectors of 3 numbers .*ACTIVATIONS_ROWS/);
    store.close();
  });

  test("tells what is known of vectors, in the order asked for", async () => {
    const folder = fresh();
    const store = await written(folder, { count: 6, length: 1, shardRows: 4 });
    await expect(store.describe([0])).rejects.toThrow(coded("ACTIVATIONS_SHARD"));
    const labels = ["it's", "b", undefined];
    await writeVectorsTable(join(folder, "vectors.parquet"), {
      pictures: {
        indices: Uint32Array.of(0, 2),
        name: (picture) => `p${picture}`,
        test: (picture) => picture === 2,
        columns: [{ column: "kind", of: (picture) => labels[picture] }],
      },
      perPicture: 3,
      places: { axes: [2, 4], of: (picture) => [picture, 4, 7] },
    });
    expect(await store.describe([5, 0, 5])).toEqual([
      { row: 5, picture: 2, name: "p2", test: true, y: 1, x: 3, kind: null },
      { row: 0, picture: 0, name: "p0", test: false, y: 0, x: 0, kind: "it's" },
      { row: 5, picture: 2, name: "p2", test: true, y: 1, x: 3, kind: null },
    ]);
    expect(await store.describe([])).toEqual([]);
    writeFileSync(join(folder, "vectors.parquet"), "PAR1 no");
    await expect(store.describe([0])).rejects.toThrow(coded("ACTIVATIONS_SHARD"));
    store.close();
  });
});

describe("a folder", () => {
  const shape = { count: 10, length: 2, shardRows: 4 };
  const changed = (folder: string, change: (file: Record<string, unknown>) => unknown) => {
    const path = join(folder, "activations.json");
    const file = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify(change(file) ?? file));
  };

  test.each<[name: string, break_: (folder: string) => unknown, code: string]>([
    ["without activations.json", (f) => rmSync(join(f, "activations.json")), "ACTIVATIONS_MISSING"],
    [
      "that is begun",
      (f) => renameSync(join(f, "activations.json"), join(f, "activations.state")),
      "ACTIVATIONS_UNFINISHED",
    ],
    ["of no JSON", (f) => truncateSync(join(f, "activations.json"), 50), "ACTIVATIONS_CORRUPT"],
    ["without a shard", (f) => rmSync(join(f, "shard-00001.f32")), "ACTIVATIONS_SHARD"],
    ["with a shard cut short", (f) => truncateSync(join(f, "shard-00002.f32"), 15), "ACTIVATIONS_SHARD"],
    [
      "with a shard too long",
      (f) => writeFileSync(join(f, "shard-00000.f32"), new Uint8Array(33)),
      "ACTIVATIONS_SHARD",
    ],
    [
      "of another format",
      (f) => changed(f, (file) => ({ ...file, format: "noema activations 9" })),
      "ACTIVATIONS_CORRUPT",
    ],
    ["of more vectors than its shards", (f) => changed(f, (file) => ({ ...file, count: 11 })), "ACTIVATIONS_CORRUPT"],
    ["of other lengths", (f) => changed(f, (file) => ({ ...file, length: 3 })), "ACTIVATIONS_SHARD"],
    [
      "whose shards lie elsewhere",
      (f) =>
        changed(f, (file) => {
          (file.shards as { file: string }[])[0].file = "../shard-00000.f32";
        }),
      "ACTIVATIONS_CORRUPT",
    ],
    [
      "of absurd size",
      (f) =>
        changed(f, ({ shards, ...file }) => ({
          ...file,
          count: 2 ** 50,
          length: 2 ** 20,
          shards: [{ ...(shards as object[])[0], rows: 2 ** 50 }],
        })),
      "ACTIVATIONS_CORRUPT",
    ],
  ])("%s is refused", async (_, damage, code) => {
    const folder = fresh();
    (await written(folder, shape)).close();
    damage(folder);
    expect(() => ActivationsStore.open(folder)).toThrow(coded(code));
  });

  test("that is not there is refused", () => {
    expect(() => ActivationsStore.open(join(root, "nowhere"))).toThrow(coded("ACTIVATIONS_MISSING"));
  });

  test("whose shard shrinks while it is read is told of", async () => {
    const folder = fresh();
    const store = await written(folder, shape);
    truncateSync(join(folder, "shard-00002.f32"), 4);
    expect(() => store.read(0, 10)).toThrow(coded("ACTIVATIONS_SHARD"));
    store.close();
  });
});

describe("a writer", () => {
  const recipe = { layer: "a", most: undefined, size: { width: 3 } };
  const options = { recipe, length: 2, shardBytes: 32, warn };
  const bytesOf = (folder: string) =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "latin1")]));

  test("goes on after the last saving, wherever it was cut off", async () => {
    const whole = fresh();
    const undisturbed = ActivationsWriter.open(whole, options);
    undisturbed.append(rowsFrom(0, 23, 2));
    (await undisturbed.finish({ seed: 3 })).close();
    for (const saved of [0, 3, 4, 9, 23]) {
      const folder = fresh();
      const first = ActivationsWriter.open<number>(folder, options);
      first.append(rowsFrom(0, saved, 2));
      if (saved > 0) await first.save(saved);
      // Lost, in part in shards that no other will write so soon.
      first.append(rowsFrom(500, 17, 2));
      first.close();
      expect(() => ActivationsStore.open(folder)).toThrow(
        coded(saved > 0 ? "ACTIVATIONS_UNFINISHED" : "ACTIVATIONS_MISSING"),
      );
      const second = ActivationsWriter.open<number>(folder, options);
      expect([second.progress, second.count]).toEqual([saved > 0 ? saved : undefined, saved]);
      second.append(rowsFrom(saved, 23 - saved, 2));
      const store = await second.finish({ seed: 3 });
      expect(store.meta.shards.map(({ rows }) => rows)).toEqual([4, 4, 4, 4, 4, 3]);
      store.close();
      expect(bytesOf(folder)).toEqual(bytesOf(whole));
    }
  });

  test("gives what it wrote back before it is finished", async () => {
    const writer = ActivationsWriter.open(fresh(), options);
    writer.append(rowsFrom(0, 11, 2));
    const seen: number[] = [];
    for await (const piece of writer.written(3)) seen.push(...piece);
    expect(seen).toEqual([...rowsFrom(0, 11, 2)]);
    writer.close();
  });

  test("does not go on with another recipe", async () => {
    const folder = fresh();
    const writer = ActivationsWriter.open(folder, options);
    writer.append(rowsFrom(0, 3, 2));
    await writer.save(1);
    writer.close();
    const before = bytesOf(folder);
    const other = { ...options, recipe: { ...recipe, layer: "b", most: 5 } };
    expect(() => ActivationsWriter.open(folder, other)).toThrow(
      /it holds vectors made with --layer a no --most, these have --layer b --most 5\..*code: STORE_OTHER$/,
    );
    expect(() => ActivationsWriter.open(folder, { ...options, recipe: { ...recipe, dataHash: "x" } })).toThrow(
      /its pictures or their labels were others/,
    );
    expect(bytesOf(folder)).toEqual(before);
  });

  test("begins anew where what was saved is damaged, and says so", async () => {
    for (const damage of [
      (folder: string) => truncateSync(join(folder, "shard-00001.f32"), 7),
      (folder: string) => truncateSync(join(folder, "activations.state"), 20),
      (folder: string) =>
        writeFileSync(join(folder, "activations.state"), '{"format":"noema activations 9","count":3}'),
    ]) {
      const folder = fresh();
      const writer = ActivationsWriter.open(folder, options);
      writer.append(rowsFrom(0, 7, 2));
      await writer.save(1);
      writer.close();
      damage(folder);
      warned.length = 0;
      const anew = ActivationsWriter.open(folder, options);
      expect([anew.count, anew.progress]).toEqual([0, undefined]);
      expect(warned).toEqual([expect.stringMatching(/activations\.state: .*; it begins anew\.$/)]);
      expect(readdirSync(folder).filter((name) => name.endsWith(".f32"))).toEqual([]);
      anew.close();
    }
  });

  test("that cannot write says so", () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    const writer = ActivationsWriter.open(join(file, "inside"), options);
    expect(() => writer.append(rowsFrom(0, 1, 2))).toThrow(coded("OUT_PATH"));
  });
});
