import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Dataset, DatasetKind, DatasetOptions } from "./dataset.js";
import { kindNames, loadKind } from "./open/kinds.js";
import { openDataset } from "./open/open-dataset.js";
import {
  listeningTerminal,
  usualOptions,
  writeCeleba,
  writeClasses,
  writeJaffe,
  writeOlivetti,
} from "./reading/sources.testing.js";

/** A small source for every kind that needs one. */
const sources: Readonly<Record<string, (folder: string) => Promise<string>>> = {
  celeba: writeCeleba,
  folder: writeClasses,
  jaffe: writeJaffe,
  olivetti: writeOlivetti,
};

let root: string;
const written = new Map<string, string>();
let cache: string | undefined;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "noema-kinds-"));
  cache = process.env.NOEMA_CACHE;
  process.env.NOEMA_CACHE = join(root, "cache");
  for (const [name, write] of Object.entries(sources)) written.set(name, await write(join(root, name)));
});
afterAll(() => {
  if (cache === undefined) delete process.env.NOEMA_CACHE;
  else process.env.NOEMA_CACHE = cache;
  rmSync(root, { recursive: true, force: true });
});

/** As many as there are at least of any kind's small source, and as one avatar with all expressions. */
const most = 7;

describe.each(kindNames)("%s", (name) => {
  let kind: DatasetKind;
  let source: string | undefined;
  beforeAll(async () => {
    kind = await loadKind(name);
    source = written.get(name);
  });
  const open = (options: Partial<DatasetOptions> = {}) =>
    openDataset(
      source === undefined ? name : `${name}:${source}`,
      { ...usualOptions, most, ...options },
      listeningTerminal(),
    );

  test("has the name of its file, and says in a line what it is", () => {
    expect(kind.name).toBe(name);
    expect(kind.summary).toMatch(/^[^\n]{10,140}$/);
    expect(kind.summary).not.toMatch(/[.]$/);
  });

  test("recognizes its own source, and nothing where there is nothing", async () => {
    if (source !== undefined) expect(kind.recognizes(source)).toBe(true);
    const empty = join(root, "empty");
    mkdirSync(empty, { recursive: true });
    for (const path of [join(root, "nowhere"), join(root, "nowhere", "\0"), "", import.meta.filename]) {
      expect(kind.recognizes(path)).toBe(false);
    }
    // It takes any folder, and is asked last.
    if (name === "folder") return;
    expect(kind.recognizes(empty)).toBe(false);
    for (const [other, path] of written) if (other !== name) expect(kind.recognizes(path)).toBe(false);
  });

  test("gives what a dataset is", async () => {
    const found = await open();
    expect(found.kind).toBe(name);
    expect(found.count).toBeGreaterThan(0);
    expect(found.count).toBeLessThanOrEqual(most);
    checkDataset(found);
  });

  test("gives the same by the same seed", async () => {
    expect(await open({ seed: 4 })).toEqual(await open({ seed: 4 }));
  });

  test("gives the size and the channels that are asked for", async () => {
    for (const channels of [1, 3] as const) {
      const found = await open({ size: { width: 40, height: 40 }, channels });
      expect(found.size).toEqual({ channels, height: 40, width: 40 });
      checkDataset(found);
    }
  });

  test("takes each of its factors as the label, and no other", async () => {
    const { factors } = await open();
    for (const factor of factors) {
      const found = await open({ label: factor.name });
      expect(found.label).toBe(factor.name);
      checkDataset(found);
    }
    await expect(open({ label: `${factors[0].name}s` })).rejects.toThrow(
      new RegExp(`Nearest: "${factors[0].name}".*FACTOR_UNKNOWN`),
    );
  });

  test("refuses a size that is none, and to give no picture", async () => {
    for (const side of [0, -1, 8.5, Number.NaN]) {
      await expect(open({ size: { width: side, height: side } })).rejects.toThrow(/code: DATASET_SIZE/);
    }
    await expect(open({ most: 0 })).rejects.toThrow(/code: DATASET_EMPTY/);
  });

  test("says so of a source that is not there, or that it does not take", async () => {
    await expect(kind.open(join(root, "nowhere"), usualOptions, listeningTerminal())).rejects.toThrow(
      /code: (FOLDER_UNREADABLE|DATASET_SOURCE|FILE_UNREADABLE)/,
    );
    if (source === undefined) return;
    await expect(kind.open(undefined, usualOptions, listeningTerminal())).rejects.toThrow(/code: DATASET_SOURCE/);
  });
});

function checkDataset({
  size,
  count,
  pixels,
  factors,
  label,
  pairedBy = [],
  heldOutBy,
  test: set,
  names,
  skipped,
}: Dataset): void {
  expect(pixels).toBeInstanceOf(Uint8Array);
  expect(pixels.length).toBe(count * size.channels * size.height * size.width);
  // Something is to be seen.
  expect(new Set(pixels).size).toBeGreaterThan(1);
  const known = factors.map((factor) => factor.name);
  expect(new Set(known).size).toBe(known.length);
  for (const { values, of } of factors) {
    expect(of).toBeInstanceOf(Int32Array);
    expect(of.length).toBe(count);
    expect(new Set(values).size).toBe(values.length);
    expect(of.every((value) => value >= 0 && value < values.length)).toBe(true);
  }
  expect(known).toContain(label);
  expect(known).toEqual(expect.arrayContaining([...pairedBy, ...(heldOutBy === undefined ? [] : [heldOutBy])]));
  expect([...pairedBy, heldOutBy]).not.toContain(label);
  expect(names.length).toBe(count);
  expect(new Set(names).size).toBe(count);
  if (set !== undefined) {
    expect(set.length).toBe(count);
    expect(set.every((one) => one === 0 || one === 1)).toBe(true);
  }
  for (const { name, reason } of skipped) expect([name, reason]).toEqual([expect.any(String), expect.any(String)]);
}
