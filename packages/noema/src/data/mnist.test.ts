import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import type { Terminal } from "../terminal/command.js";
import type { Dataset, DatasetOptions } from "./dataset.js";
import { idxFile } from "./idx/idx-file.testing.js";
import { dataset } from "./mnist.js";

const quiet: Terminal = {
  print: () => {},
  warn: () => {},
  progress: () => ({ update: () => {}, stop: () => {} }),
  signal: new AbortController().signal,
};
const open = (source?: string, options: Partial<DatasetOptions> = {}, terminal = quiet) =>
  dataset.open(source, { seed: 0, maxUnreadable: 0, ...options }, terminal);

function labelCounts({ factors: [{ values, of }], test = new Uint8Array(of.length) }: Dataset, part: 0 | 1): number[] {
  const counts = values.map(() => 0);
  of.forEach((value, i) => {
    if (test[i] === part) counts[value]++;
  });
  return counts;
}

describe("MNIST itself", () => {
  test("all 70,000 are there, as they were published", async () => {
    const mnist = await open();
    expect(mnist.count).toBe(70_000);
    expect(mnist.size).toEqual({ channels: 1, height: 28, width: 28 });
    expect(mnist.pixels.length).toBe(70_000 * 784);
    expect(mnist.label).toBe("digit");
    expect(mnist.factors.map(({ name, values }) => [name, values.join("")])).toEqual([["digit", "0123456789"]]);
    expect(labelCounts(mnist, 0)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(labelCounts(mnist, 1)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    // The mean of the pictures for training that is used all over to normalize them.
    const mean = mnist.pixels.subarray(0, 60_000 * 784).reduce((sum, v) => sum + v, 0) / (60_000 * 784 * 255);
    expect(mean).toBeCloseTo(0.1307, 4);
    expect(mnist.names[59_999]).toBe("train/59999");
    expect(mnist.names[60_000]).toBe("test/0");
  });

  test("some of them, drawn by the seed, in another size and in three channels", async () => {
    const [all, some] = [await open(), await open(undefined, { most: 300, seed: 4 })];
    const each = 28 * 28;
    expect(some.count).toBe(300);
    some.names.forEach((name, i) => {
      const [part, at] = name.split("/");
      const place = Number(at) + (part === "test" ? 60_000 : 0);
      expect(some.test?.[i]).toBe(Number(part === "test"));
      expect(some.factors[0].of[i]).toBe(all.factors[0].of[place]);
      const found = some.pixels.subarray(i * each, (i + 1) * each);
      expect(Buffer.compare(found, all.pixels.subarray(place * each, (place + 1) * each))).toBe(0);
    });
    expect((await open(undefined, { most: 300, seed: 5 })).names).not.toEqual(some.names);
    const large = await open(undefined, { most: 300, seed: 4, size: { width: 56, height: 42 }, channels: 3 });
    expect(large.size).toEqual({ channels: 3, height: 42, width: 56 });
    const plane = 42 * 56;
    expect(large.pixels.length).toBe(300 * 3 * plane);
    for (let i = 0; i < 300; i++) {
      const planes = [0, 1, 2].map((c) => large.pixels.subarray((3 * i + c) * plane, (3 * i + c + 1) * plane));
      expect(Buffer.compare(planes[0], planes[2])).toBe(0);
      const light = (pixels: Uint8Array) => pixels.reduce((sum, v) => sum + v, 0) / pixels.length;
      // Lanczos goes below black around strokes, where it is cut off: what stays is a little lighter.
      expect(light(planes[1])).toBeCloseTo(light(some.pixels.subarray(i * each, (i + 1) * each)), -1);
    }
  });

  test("refuses sizes and labels that there are not", async () => {
    await expect(open(undefined, { size: { width: 513, height: 28 } })).rejects.toThrowError(/1 to 512.*DATASET_SIZE/);
    await expect(open(undefined, { size: { width: 512, height: 512 } })).rejects.toThrowError(/DATASET_TOO_LARGE/);
    await expect(open(undefined, { label: "digits" })).rejects.toThrowError(/"digit".*FACTOR_UNKNOWN/);
    await expect(open(undefined, { most: 0 })).rejects.toThrowError(/DATASET_EMPTY/);
  });
});

describe("files of one's own", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "noema-idx-"));
    return () => rmSync(folder, { recursive: true });
  });
  const write = (name: string, shape: readonly number[], data?: readonly number[]) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const file = idxFile(shape, Uint8Array.from(data ?? Array.from({ length }, (_, i) => i)));
    writeFileSync(join(folder, name), name.endsWith(".gz") ? gzipSync(file) : file);
  };
  const refused = (message: RegExp) => expect(open(folder)).rejects.toThrowError(message);

  test("either spelling, packed or not, with a part for testing or without; labels are those that occur", async () => {
    expect(dataset.recognizes(folder)).toBe(false);
    write("train-images.idx3-ubyte", [3, 2, 4]);
    write("train-labels-idx1-ubyte.gz", [3], [200, 9, 200]);
    expect(dataset.recognizes(folder)).toBe(true);
    const train = await open(folder);
    expect(train.size).toEqual({ channels: 1, height: 2, width: 4 });
    expect([...train.pixels]).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect(train.factors).toEqual([{ name: "class", values: ["9", "200"], of: Int32Array.of(1, 0, 1) }]);
    expect(train.test).toBeUndefined();
    write("t10k-images-idx3-ubyte.gz", [1, 2, 4]);
    write("t10k-labels.idx1-ubyte", [1], [10]);
    const both = await open(folder);
    expect([...both.test!]).toEqual([0, 0, 0, 1]);
    expect(both.factors[0].values).toEqual(["9", "10", "200"]);
    expect(both.names).toEqual(["train/0", "train/1", "train/2", "test/0"]);
  });

  test("a resized picture is that picture", async () => {
    write(
      "train-images-idx3-ubyte",
      [70, 2, 2],
      Array.from({ length: 280 }, (_, i) => (i >> 2) * 3),
    );
    write(
      "train-labels-idx1-ubyte",
      [70],
      Array.from({ length: 70 }, () => 1),
    );
    const { pixels } = await open(folder, { size: { width: 3, height: 5 } });
    expect([...pixels]).toEqual(Array.from({ length: 70 * 15 }, (_, i) => Math.floor(i / 15) * 3));
    const stopped = { ...quiet, signal: AbortSignal.abort() };
    await expect(open(folder, { size: { width: 3, height: 5 } }, stopped)).rejects.toThrowError(/STOPPED/);
  });

  test("one error for each thing that is wrong with them", async () => {
    await refused(/does not hold train-images.*IDX_MISSING/);
    write("train-images-idx3-ubyte", [3, 2, 2]);
    await refused(/the labels that belong to train-images.*IDX_MISSING/);
    write("train-labels-idx1-ubyte", [2]);
    await refused(/3 pictures and train-labels-idx1-ubyte 2 labels.*IDX_COUNT/);
    write("train-labels-idx1-ubyte", [3]);
    write("test-labels-idx1-ubyte", [1]);
    await refused(/the pictures that belong to test-labels.*IDX_MISSING/);
    write("test-images-idx3-ubyte", [1, 2, 3]);
    await refused(/testing are 3×2, those for training 2×2.*IDX_SIZE/);
    write("t10k-images-idx3-ubyte", [1, 2, 2]);
    await refused(/t10k-images-idx3-ubyte and test-images-idx3-ubyte.*IDX_AMBIGUOUS/);
    write("train-images-idx3-ubyte", [0, 2, 2]);
    await refused(/0 pictures.*IDX_SIZE/);
    await expect(open(join(folder, "none"))).rejects.toThrowError(/no such folder.*DATASET_SOURCE/);
    await expect(open(join(folder, "train-images-idx3-ubyte"))).rejects.toThrowError(/not a folder.*DATASET_SOURCE/);
  });
});
