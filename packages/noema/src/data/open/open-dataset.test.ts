import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DatasetOptions } from "../dataset.js";
import {
  listeningTerminal,
  usualOptions,
  writeCeleba,
  writeClasses,
  writeJaffe,
  writeOlivetti,
  writePlain,
} from "../reading/sources.testing.js";
import { kindNames } from "./kinds.js";
import { openDataset } from "./open-dataset.js";
import { splitDataset } from "./split-dataset.js";

let root: string;
let faces: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "noema-open-"));
  faces = await writeJaffe(join(root, "faces"), ["KA", "KL"]);
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const open = (spec: string, options: Partial<DatasetOptions> = {}) =>
  openDataset(spec, { ...usualOptions, ...options }, listeningTerminal());

describe("what is written on the command line:", () => {
  test("every kind is found among the files, without a list of them", () => {
    expect(kindNames).toEqual(expect.arrayContaining(["celeba", "folder", "jaffe", "olivetti"]));
    expect(kindNames).not.toContain("dataset");
  });

  test("a path, whose kind is recognized", async () => {
    expect((await open(faces)).kind).toBe("jaffe");
    expect((await open(`${faces}/`)).kind).toBe("jaffe");
    expect((await open(await writeOlivetti(join(root, "people")))).kind).toBe("olivetti");
    expect((await open(await writeCeleba(join(root, "stars")))).kind).toBe("celeba");
    expect((await open(join(root, "stars", "list_attr_celeba.txt"))).kind).toBe("celeba");
    expect((await open(await writeClasses(join(root, "any")))).kind).toBe("folder");
  });

  test("a kind and a path: then it is read so, whatever it looks like", async () => {
    expect((await open(`jaffe:${faces}`)).kind).toBe("jaffe");
    await expect(open(`folder:${faces}`)).rejects.toThrow(/LABELS_MISSING/);
    await expect(open(`olivetti:${faces}`)).rejects.toThrow(/DATASET_NAMES/);
    // A colon is a letter like others where such a file is there.
    mkdirSync(join(root, "odd:name"));
    await writePlain(join(root, "odd:name", "a", "1.png"));
    expect((await open(join(root, "odd:name"))).kind).toBe("folder");
    expect((await open(`folder:${join(root, "odd:name")}`)).kind).toBe("folder");
  });

  test("the home folder, which shells do not put in after a colon", async () => {
    const fromHome = relative(homedir(), faces);
    expect((await open(`jaffe:~/${fromHome}`)).kind).toBe("jaffe");
    expect((await open(`~/${fromHome}`)).kind).toBe("jaffe");
  });

  test("a folder that looks like two kinds is asked about", async () => {
    const both = await writeCeleba(join(root, "both"), { others: false });
    await writeOlivetti(both);
    await expect(open(both)).rejects.toThrow(/looks like celeba and like olivetti.*celeba:.*DATASET_AMBIGUOUS/);
    expect((await open(`olivetti:${both}`)).kind).toBe("olivetti");
  });

  test.each<[string, RegExp]>([
    ["jafe", /"jafe": there is no such kind, file or folder\. Nearest: jaffe, .*DATASET_UNKNOWN/],
    ["jafe:faces", /there is no kind "jafe"\. Nearest: jaffe, .*DATASET_UNKNOWN/],
    ["", /DATASET_UNKNOWN/],
    ["jaffe", /not said where its pictures are.*jaffe:pictures.*DATASET_SOURCE/],
    ["jaffe:", /not said where its pictures are.*DATASET_SOURCE/],
    ["jaffe:nowhere", /there is no file or folder nowhere.*looked for from .*DATASET_SOURCE/],
    ["./nowhere", /there is no file or folder \.\/nowhere.*DATASET_SOURCE/],
    ["C:\\faces", /there is no file or folder C:\\faces.*DATASET_SOURCE/],
    ["jaffe:C:\\faces", /there is no file or folder C:\\faces.*DATASET_SOURCE/],
    ["https://example.org/faces.zip", /there is no kind "https".*DATASET_UNKNOWN/],
    ["avatars:faces", /avatars has no source.*DATASET_SOURCE/],
  ])("%s is refused", async (spec, message) => {
    await expect(open(spec)).rejects.toThrow(message);
  });

  test("a file that no kind reads", async () => {
    writeFileSync(join(root, "notes.txt"), "Dear diary");
    await expect(open(join(root, "notes.txt"))).rejects.toThrow(
      /no kind of dataset recognizes it.*Kinds: .*DATASET_UNKNOWN/,
    );
  });
});

describe("the label", () => {
  test("may be another factor: pairs then share what was the label", async () => {
    expect(await open(faces)).toMatchObject({ label: "expression", pairedBy: ["person"] });
    expect(await open(faces, { label: "person" })).toMatchObject({ label: "person", pairedBy: ["expression"] });
    const stars = await writeCeleba(join(root, "stars-2"));
    expect(await open(stars, { label: "Wearing_Hat" })).toMatchObject({
      pairedBy: ["identity", "Smiling"],
      heldOutBy: "identity",
    });
    expect(await open(stars, { label: "identity" })).not.toHaveProperty("heldOutBy");
  });

  test("that is unknown is refused with the nearest", async () => {
    await expect(open(faces, { label: "expresion" })).rejects.toThrow(
      /Nearest: "expression", "person".*FACTOR_UNKNOWN/,
    );
  });
});

test("at most so many pictures: drawn by the seed, in their order, each with its own label", async () => {
  const all = await open(faces);
  const [some, same, other] = [
    await open(faces, { most: 10 }),
    await open(faces, { most: 10 }),
    await open(faces, { most: 10, seed: 1 }),
  ];
  expect(some).toEqual(same);
  expect(some.names).not.toEqual(other.names);
  expect(some.count).toBe(10);
  const places = some.names.map((name) => all.names.indexOf(name));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  const each = 48 * 48;
  for (const [i, place] of places.entries()) {
    expect(some.pixels[i * each]).toBe(all.pixels[place * each]);
    const [own, whole] = [some, all].map(({ factors: [{ values, of }] }, j) => values[of[j === 0 ? i : place]]);
    expect(own).toBe(whole);
  }
  expect((await open(faces, { most: 1000 })).count).toBe(all.count);
});

describe("parts for training and testing", () => {
  test("hold people out where the kind says so, unless they are the label", async () => {
    const stars = await writeCeleba(join(root, "stars-3"), { count: 24 });
    rmSync(join(stars, "list_eval_partition.txt"));
    const found = await open(stars);
    const parts = splitDataset(found, { seed: 1 });
    expect(parts.manner).toBe("held out");
    const people = found.factors.find(({ name }) => name === "identity")!.of;
    const seen = new Set([...parts.training].map((i) => people[i]));
    expect(parts.test.length).toBeGreaterThan(0);
    expect([...parts.test].some((i) => seen.has(people[i]))).toBe(false);
    expect(splitDataset(await open(stars, { label: "identity" }), { seed: 1 }).manner).toBe("stratified");
  });

  test("of one label only are refused", async () => {
    await writePlain(join(root, "one", "cat", "1.png"));
    await writePlain(join(root, "one", "cat", "2.png"));
    const found = await open(join(root, "one"));
    expect(() => splitDataset(found, { seed: 0 })).toThrow(/all have the label "cat".*LABELS_ONE/);
  });
});
