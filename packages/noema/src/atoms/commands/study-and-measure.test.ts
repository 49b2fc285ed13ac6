/** @file noema atoms study and measure: what they write, that they go on where they were, and what they refuse. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { command as activations } from "../../cli/activations.js";
import type { Command } from "../../terminal/command.js";
import { readOptions } from "../../terminal/read-options.js";
import { quietTerminal, writePeople, writeUntrainedRun } from "../small-atoms.testing.js";
import { atomsCommands } from "./index.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
const at = (...names: string[]) => join(folder, ...names);

async function run(command: Command, words: readonly string[], terminal = quietTerminal()): Promise<string[]> {
  await command.run(readOptions(command, words), terminal);
  return terminal.said;
}

const atoms = (name: string, words: readonly string[], terminal = quietTerminal()) =>
  run(atomsCommands.find((one) => one.name === name)!, [...words, "--threads", "1"], terminal);
const json = (...names: string[]) => JSON.parse(readFileSync(at(...names), "utf8"));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "noema-study-"));
  await writePeople(at("people"));
  writeUntrainedRun(at("run"), at("people"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("study", () => {
  const words = (out: string, ...more: string[]) => [
    ...[at("run"), "--layers", "latents", "--data", at("people"), "--positions", "mean", "--out", at(out)],
    ...["--atoms", "8", "--sparsity", "3", "--iterations", "3", "--resamples", "100", ...more],
  ];

  test("compares the layer with its controls, draws it, and says what that supports", async () => {
    const said = await atoms("study", words("study"));
    const [layer] = json("study", "study.json").layers;
    expect(Object.keys(layer.study.curves).sort()).toEqual([
      "gaussian",
      "layer",
      "shuffled",
      "untrained",
      "untrained-gaussian",
    ]);
    expect(layer.learning + layer.heldOut).toBe(144);
    for (const curve of Object.values<{ value: number }[]>(layer.study.curves)) {
      expect(curve).toHaveLength(4);
      expect(curve[0].value).toBe(0);
      expect(curve[3].value).toBeGreaterThan(curve[1].value);
      expect(curve[3].value).toBeLessThanOrEqual(1);
    }
    expect(said.join("\n")).toMatch(/latents: 3 atoms explain \d+\.\d %/);
    const { width } = await sharp(at("study", "study.png")).metadata();
    expect(width).toBeGreaterThan(400);
    // What was recorded is not kept unless asked for.
    const [own] = readdirSync(at("study", "layers"));
    expect(readdirSync(at("study", "layers", own))).toEqual([]);
  });

  test("layers that are studied are not studied again; the same seed gives the same figures", async () => {
    const before = readFileSync(at("study", "study.json"), "utf8");
    const said = await atoms("study", words("study"));
    expect(said.join("\n")).toContain("it is studied already");
    expect(readFileSync(at("study", "study.json"), "utf8")).toBe(before);
    await atoms("study", words("again"));
    expect(json("again", "study.json").layers[0].study).toEqual(json("study", "study.json").layers[0].study);
    const own = words("untrained-out", "--no-untrained");
    await atoms("study", own);
    expect(json("untrained-out", "study.json").layers[0].study.above.untrained).toBeUndefined();
  });

  test("stopped, it keeps what it recorded, and goes on to the same figures", async () => {
    const controller = new AbortController();
    const terminal = quietTerminal(controller.signal);
    const progress = () => ({
      update: (_: number, note?: string) => note === "gaussian" && controller.abort(),
      stop: () => {},
    });
    const said = await atoms("study", words("stopped"), Object.assign(terminal, { progress }) as never);
    expect(said.at(-1)).toContain("Stopped");
    expect(existsSync(at("stopped", "study.json"))).toBe(false);
    await atoms("study", words("stopped"));
    expect(json("stopped", "study.json").layers[0].study).toEqual(json("study", "study.json").layers[0].study);
  });

  test.each([
    ["LAYER_UNKNOWN", ["--layers", "latent"]],
    ["OPTION_VALUE", ["--layers", "latents,latents"]],
    ["OPTION_VALUE", ["--layers", ","]],
    ["SPARSITY", ["--sparsity", "9"]],
    ["VECTORS_FEW", ["--atoms", "140"]],
  ])("%s: %j", async (code, more) => {
    const [name, value] = more;
    const own = words("refused");
    if (own.includes(name)) own[own.indexOf(name) + 1] = value;
    await expect(atoms("study", own)).rejects.toThrow(code);
    expect(existsSync(at("refused", "study.json"))).toBe(false);
  });

  test("a folder of another study, or of a broken one, is refused", async () => {
    const other = words("study");
    other[other.indexOf("--atoms") + 1] = "7";
    await expect(atoms("study", other)).rejects.toThrow(/a study made with.*STORE_OTHER/);
    writeFileSync(at("study", "study.json"), "{");
    await expect(atoms("study", words("study"))).rejects.toThrow("STUDY_CORRUPT");
  });
});

describe("measure", () => {
  beforeAll(async () => {
    await run(activations as unknown as Command, [
      ...[at("run"), "--data", at("people"), "--out", at("vectors"), "--threads", "1"],
    ]);
    const how = ["--atoms", "12", "--sparsity", "3", "--iterations", "6"];
    await atoms("learn", [at("vectors"), "--out", at("atoms"), ...how]);
  });

  test("says which atoms find what is known, and what judges see when they are added; a second time it reads", async () => {
    const said = await atoms("measure", [at("atoms"), "--wanted", "0.3", "--most", "20"]);
    const { values, judges, chosenBy, measuredOn } = json("atoms", "measures.json");
    expect([chosenBy, measuredOn]).toEqual([126, 18]);
    expect(values.length).toBeGreaterThan(1);
    const added = values.filter((value: { steered?: unknown }) => value.steered !== undefined);
    expect(added.length).toBeGreaterThan(0);
    for (const { precision, steered } of added) {
      expect(precision).toBeGreaterThanOrEqual(0.3);
      for (const share of [steered.flipped, steered.unchanged, steered.allUnchanged]) {
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
      }
      expect(steered.allUnchanged).toBeLessThanOrEqual(steered.unchanged + 1e-9);
      // None of two or more is kept less often than the least, nor all together more often.
      expect(steered.least.unchanged).toBeLessThanOrEqual(steered.unchanged + 1e-9);
      expect(steered.allUnchanged).toBeLessThanOrEqual(steered.least.unchanged + 1e-9);
    }
    expect(judges.length).toBeGreaterThan(0);
    expect(said.join("\n")).toContain("average precision");
    expect((await sharp(at("atoms", "measure.png")).metadata()).height).toBeGreaterThan(100);
    const before = readFileSync(at("atoms", "measures.json"), "utf8");
    const again = await atoms("measure", [at("atoms"), "--wanted", "0.3", "--most", "20"]);
    expect(again.join("\n")).not.toContain("The judge of");
    expect(readFileSync(at("atoms", "measures.json"), "utf8")).toBe(before);
  });

  test("where no atom finds anything well enough, nothing is trained", async () => {
    const said = await atoms("measure", [
      at("atoms"),
      "--wanted",
      "1",
      "--factors",
      json("atoms", "measures.json").values[0].factor,
    ]);
    expect(said.join("\n")).toMatch(/0 of \d+ known values|of these atoms give/);
  });

  test.each([
    ["ATOMS_FACTORS", ["--factors", "shoe-size"]],
    ["OUT_FORMAT", ["--out", "measure.gif"]],
  ])("%s: %j", async (code, more) => {
    await expect(atoms("measure", [at("atoms"), ...more])).rejects.toThrow(code);
  });
});
