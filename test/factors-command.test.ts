/** @file noema factors, as it is run: every view of a small run, its measures, its report; and the networks of the zoo. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seededRandom } from "@noema/engine";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runNoema } from "./run-noema.js";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
const factors = (...words: string[]) => runNoema(folder, ["factors", ...words, "--threads", "1"]);
/** What was said beside how far it is. */
const said = (err: string) =>
  err
    .split("\n")
    .filter((line) => line !== "" && !/^\d+ of \d+ /.test(line))
    .join("\n");
const json = (...names: string[]) => JSON.parse(readFileSync(at(...names), "utf8"));

/** Twelve people, each a shade and a place, with three expressions: where in their picture a white bar lies. */
async function writePeople(): Promise<void> {
  const random = seededRandom(3);
  const lines = ["file,expression,person,shade"];
  mkdirSync(at("people"));
  for (let person = 0; person < 12; person++) {
    const shade = 60 + 10 * person;
    for (let copy = 0; copy < 3; copy++) {
      for (const [e, expression] of ["up", "middle", "down"].entries()) {
        const pixels = new Uint8Array(256).fill(shade + 4 * random.uniform());
        pixels.fill(255, 16 * (3 + 4 * e), 16 * (5 + 4 * e));
        const name = `${person}-${copy}-${expression}.png`;
        await sharp(pixels, { raw: { width: 16, height: 16, channels: 1 } })
          .png()
          .toFile(at("people", name));
        lines.push(`${name},${expression},p${person},${person % 2 === 0 ? "even" : "odd"}`);
      }
    }
  }
  writeFileSync(at("people", "labels.csv"), `${lines.join("\n")}\n`);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "noema-factors-"));
  await writePeople();
  const words = [
    "--data",
    "people",
    "--label",
    "expression",
    "--held-out",
    "person",
    "--test-share",
    "0.4",
    "--hidden",
    "8,16,32",
    "--latents",
    "4",
  ];
  const ended = await runNoema(folder, [
    "train",
    "xcov",
    ...words,
    "--epochs",
    "8",
    "--batch",
    "8",
    "--threads",
    "1",
    "--out",
    "run",
  ]);
  expect(ended.err + ended.out).toContain("squared error");
  expect(ended.status).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function sidesOf(path: string) {
  const { width, height, pages = 1 } = await sharp(path).metadata();
  return { width, height, pages };
}

describe("views", () => {
  test.each([
    ["sweep", []],
    ["sweep", ["--labels", "up,down", "--values", "-2:2:5", "--onto", "own", "--count", "1"]],
    ["swap", ["--count", "3"]],
    ["swap", ["--as", "pairs", "--count", "2"]],
    ["transfer", ["--count", "3", "--strength", "2"]],
    ["analogy", ["--count", "3"]],
    ["traverse", []],
    ["traverse", ["--images", "people/0-0-up.png"]],
    ["average", []],
    ["scatter", ["--factor", "shade"]],
  ] as const)("%s %j is a picture, the same twice", async (view, words) => {
    const [first, second] = [
      await factors(view, "run", ...words),
      await factors(view, "run", ...words, "--out", "again.png"),
    ];
    expect(said(first.err)).toBe("");
    expect([first.status, second.status]).toEqual([0, 0]);
    expect(first.out).toContain(at("run", `${view}.png`).slice(folder.length + 1));
    const { width, height } = await sidesOf(at("run", `${view}.png`));
    expect(Math.min(width!, height!)).toBeGreaterThan(200);
    expect(readFileSync(at("again.png")).equals(readFileSync(at("run", `${view}.png`)))).toBe(true);
    if (view === "sweep") expect((await sidesOf(at("run", "sweep.webp"))).pages).toBeGreaterThan(20);
  });
});

describe("numbers", () => {
  test("are measured once; judges never see the autoencoder; the report holds all", async () => {
    const ended = await factors("report", "run");
    expect(ended.status).toBe(0);
    const { leakage, judged, scores } = json("run", "measures.json");
    expect(leakage.chance).toBeCloseTo(1 / 3);
    for (const value of [leakage.linear, leakage.hidden, judged.transfer.transferred.both]) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }
    // People of the test part are told apart by a judge that was trained on other pictures of them.
    expect(json("run", "judges", "person", "run.json").labels).toHaveLength(12);
    expect(judged.transfer.count).toBe(2 * json("run", "run.json").data.test);
    expect(scores.factors).toContain("person");
    expect(scores.factors).toContain("shade");
    const page = readFileSync(at("run", "report.html"), "utf8");
    for (const word of ["Sweep", "Swap", "Transfer", "Scatter", "Metrics", "noema train xcov"])
      expect(page).toContain(word);
    expect(page).not.toMatch(/(src|href)="https?:/);
    const again = await factors("measure", "run");
    expect(said(again.err)).toBe("");
    expect(ended.out.startsWith(again.out.trimEnd().split("\n")[0]!)).toBe(true);
  });

  test("ablate trains with other penalties and tabulates; a second time it only reads", async () => {
    const first = await factors("ablate", "run", "--gamma", "0,5");
    expect(first.status).toBe(0);
    expect(json("run", "ablate.json").map(({ gamma }: { gamma: number }) => gamma)).toEqual([0, 5]);
    expect(existsSync(at("run", "ablation", "gamma-5", "encoder.onnx"))).toBe(true);
    const started = performance.now();
    const second = await factors("ablate", "run", "--gamma", "0,5");
    expect(second.out).toBe(first.out);
    expect(second.err).not.toContain("steps, loss");
    expect(performance.now() - started).toBeLessThan(120_000);
  });
});

describe("refuses", () => {
  test.each([
    ["VIEW_UNKNOWN", ["sweeep", "run"]],
    ["RUN_MISSING", ["sweep", "nowhere"]],
    ["RUN_MISSING", ["sweep", "people"]],
    ["FACTORS_LABEL", ["sweep", "run", "--labels", "upp"]],
    ["FACTOR_UNKNOWN", ["scatter", "run", "--factor", "shape"]],
    ["OPTION_VALUE", ["sweep", "run", "--values", "5:-5:3"]],
    ["OPTION_VALUE", ["swap", "run", "--as", "rows"]],
    ["PICTURE_MISSING", ["transfer", "run", "--images", "none.png"]],
    ["OUT_FORMAT", ["swap", "run", "--out", "swap.gif"]],
    ["FACTORS_PAIRS", ["analogy", "run", "--count", "4"]],
  ])("with %s: %j", async (code, words) => {
    const before = readdirSync(at("run")).sort();
    const ended = await factors(...words);
    expect(ended.status).toBe(2);
    expect(ended.err).toContain(`code: ${code}`);
    expect(said(ended.err).split("\n")).toHaveLength(1);
    expect(readdirSync(at("run")).sort()).toEqual(before);
  });

  test("data that are no longer those of the training", async () => {
    const path = at("people", "labels.csv");
    const was = readFileSync(path, "utf8");
    writeFileSync(path, was.replace("0-0-up.png,up,", "0-0-up.png,down,"));
    try {
      const ended = await factors("scatter", "run");
      expect(ended.status).toBe(2);
      expect(ended.err).toContain("code: RUN_DATA");
    } finally {
      writeFileSync(path, was);
    }
  });

  test("models of another run, and none at all", async () => {
    const path = at("run", "decoder.onnx");
    const was = readFileSync(path);
    for (const bytes of [was.subarray(0, 1000), readFileSync(at("run", "encoder.onnx"))]) {
      writeFileSync(path, bytes);
      const ended = await factors("sweep", "run");
      expect(ended.status).toBe(2);
      expect(ended.err).toMatch(/code: (MODEL_CORRUPT|INPUT_UNKNOWN|OUTPUT_UNKNOWN|AUTOENCODER_\w+|TRAINED_\w+)/);
    }
    writeFileSync(path, was);
  });
});

describe("the zoo", () => {
  const zoo = fileURLToPath(new URL("../zoo", import.meta.url));

  test("is under 8 MB, and says how each of its networks was made", () => {
    const names = readdirSync(zoo);
    expect(names).toEqual(expect.arrayContaining(["avatars", "mnist", "mnist-classifier"]));
    let total = 0;
    for (const entry of readdirSync(zoo, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) total += statSync(join(entry.parentPath, entry.name)).size;
    }
    expect(total).toBeLessThan(8e6);
    for (const name of names)
      expect(JSON.parse(readFileSync(join(zoo, name, "run.json"), "utf8")).command).toMatch(/^noema train /);
  });

  test("is looked through without its data, and not written to", async () => {
    for (const [view, name] of [
      ["sweep", "mnist"],
      ["transfer", "avatars"],
    ] as const) {
      const ended = await factors(view, name, "--count", "2");
      expect(said(ended.err)).toBe("");
      expect(existsSync(at(`${name}-${view}.png`))).toBe(true);
      expect(existsSync(join(zoo, name, `${view}.png`))).toBe(false);
    }
  });
});
