import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataset as jaffe } from "./jaffe.js";
import { dataset as olivetti } from "./olivetti.js";
import { pairsOfDataset, splitDataset } from "./open/split-dataset.js";
import { listeningTerminal, usualOptions, writeJaffe, writeOlivetti, writePlain } from "./reading/sources.testing.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "noema-faces-"));
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe("jaffe", () => {
  test("tells person and expression by the names of the files", async () => {
    const source = await writeJaffe(join(root, "jaffe"));
    // The data come with a file of words, and people add pictures of their own.
    await writePlain(join(source, "overview.png"), { width: 10, height: 10 });
    const terminal = listeningTerminal();
    const found = await jaffe.open(source, usualOptions, terminal);
    expect(found).toMatchObject({
      kind: "jaffe",
      count: 3 * 17,
      size: { channels: 1, height: 48, width: 48 },
      label: "expression",
      pairedBy: ["person"],
    });
    expect(found.factors.map(({ name, values }) => [name, values])).toEqual([
      ["expression", ["neutral", "happy", "sad", "surprise", "anger", "disgust", "fear"]],
      ["person", ["KA", "KL", "KM"]],
    ]);
    const at = found.names.indexOf("KL.SA1.30.tiff");
    expect(found.factors.map(({ values, of }) => values[of[at]])).toEqual(["sad", "KL"]);
    expect(found.pixels.subarray(at * 48 * 48, (at + 1) * 48 * 48).every((v) => v === 90)).toBe(true);
    expect(terminal.warned).toEqual(["1 of 52 pictures have other names, such as overview.png, and are left out."]);
    // Of each person 17² − (3·9 + 4·4).
    expect(pairsOfDataset(found, { seed: 0 }).total).toBe(3 * 246);
  });

  test("is recognized, in other formats too; a few other pictures do not matter", async () => {
    const folder = join(root, "copies");
    await writePlain(join(folder, "ka.an1.39.jpg"));
    await writePlain(join(folder, "KM.SA5.13.png"));
    await writePlain(join(folder, "other.png"));
    expect(jaffe.recognizes(folder)).toBe(true);
    await writePlain(join(folder, "another.png"));
    expect([folder, join(folder, "other.png"), join(root, "none")].map((path) => jaffe.recognizes(path))).toEqual([
      false,
      false,
      false,
    ]);
  });

  test("refuses pictures of other names", async () => {
    const folder = join(root, "others");
    await writePlain(join(folder, "KA.XX1.39.jpg"));
    await expect(jaffe.open(folder, usualOptions, listeningTerminal())).rejects.toThrow(
      /none of its 1 pictures is named so, the first is KA\.XX1\.39\.jpg, .*KA\.AN1\.39\.tiff.*DATASET_NAMES/,
    );
  });
});

describe("olivetti", () => {
  test("has the person as label, and each one's last two pictures for testing", async () => {
    const source = await writeOlivetti(join(root, "olivetti"), 3, 10);
    await writePlain(join(source, "s04_1.png"), { width: 64, height: 64 });
    await writePlain(join(source, "s04_12.png"), { width: 64, height: 64 });
    const found = await olivetti.open(source, usualOptions, listeningTerminal());
    expect(found).toMatchObject({ count: 32, label: "person", size: { channels: 1, height: 64, width: 64 } });
    expect(found.factors).toHaveLength(1);
    expect(found.factors[0].values).toEqual(["s01", "s02", "s03", "s04"]);
    expect(found.names.filter((_, i) => found.test![i] === 1)).toEqual([
      ...["s01_09.png", "s01_10.png", "s02_09.png", "s02_10.png", "s03_09.png", "s03_10.png"],
      "s04_12.png",
    ]);
    const { training, test: tested, manner } = splitDataset(found, { seed: 0, everyLabel: true });
    expect([training.length, tested.length, manner]).toEqual([25, 7, "given"]);
    expect(() => pairsOfDataset(found, { seed: 0 })).toThrow(/label is person: nothing says.*PAIRS_UNKNOWN/);
  });

  // In the folder that NOEMA_DATA names, else in shared/data beside the repository.
  const beside = fileURLToPath(new URL("../../../../../shared/data", import.meta.url));
  const faces = join(process.env.NOEMA_DATA ?? beside, "olivetti");
  test.skipIf(!existsSync(faces))("the 400 faces themselves (skipped where they are not at hand)", async () => {
    expect(olivetti.recognizes(faces)).toBe(true);
    expect(jaffe.recognizes(faces)).toBe(false);
    const found = await olivetti.open(faces, usualOptions, listeningTerminal());
    expect(found).toMatchObject({ count: 400, skipped: [], factors: [{ values: { length: 40 } }] });
    expect(found.test!.reduce((sum, one) => sum + one, 0)).toBe(80);
    // Faces: neither black nor white, and no two alike.
    const mean = found.pixels.reduce((sum, v) => sum + v, 0) / found.pixels.length;
    expect(mean).toBeGreaterThan(100);
    expect(mean).toBeLessThan(180);
    expect(
      new Set(Array.from({ length: 400 }, (_, i) => found.pixels.subarray(i * 4096, (i + 1) * 4096).join())).size,
    ).toBe(400);
  });
});
