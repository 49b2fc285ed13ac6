/** @file noema atoms, as it is run: learned, killed and gone on with; looked at, asked, reported on; and refused. */
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { writePeople, writeUntrainedRun } from "../packages/noema/src/atoms/small-atoms.testing.js";
import { launchChromium } from "./browser/chromium.js";
import { runNoema } from "./run-noema.js";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
const atoms = (words: readonly string[], during?: (child: ChildProcess, err: string) => void) =>
  runNoema(folder, ["atoms", ...words, "--threads", "1"], during);
/** What was said beside how far it is. */
const said = (err: string) =>
  err
    .split("\n")
    .filter((line) => line !== "" && !/^\d+ of \d+ /.test(line))
    .join("\n");

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "noema-atoms-command-"));
  await writePeople(at("people"));
  writeUntrainedRun(at("run"), "people");
  const ended = await runNoema(folder, [
    "activations",
    "run",
    "--data",
    "people",
    "--out",
    "vectors",
    "--threads",
    "1",
  ]);
  expect(ended.status).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("learning", () => {
  const words = (out: string, iterations: number) => {
    const numbers = ["--atoms", "12", "--sparsity", "3", "--iterations", `${iterations}`];
    return ["learn", "vectors", "--out", out, ...numbers];
  };

  test("killed at any moment, the same command goes on to the same bytes", async () => {
    let watch: NodeJS.Timeout | undefined;
    const killed = await atoms([...words("atoms", 400), "--save-every", "0"], (child) => {
      watch ??= setInterval(() => existsSync(at("atoms", "atoms.state")) && child.kill("SIGKILL"), 5);
    });
    clearInterval(watch);
    expect(killed.status).toBe(null);
    expect(existsSync(at("atoms", "atoms.json"))).toBe(false);
    const [resumed, whole] = await Promise.all([atoms(words("atoms", 400)), atoms(words("whole", 400))]);
    expect([resumed.status, whole.status]).toEqual([0, 0]);
    expect(resumed.err).toMatch(/Going on after step \d+/);
    expect(resumed.out).toMatch(/^12 atoms of 6 numbers, by k-svd; at most 3 of each vector explain [\d.]+ %/);
    expect(resumed.err).toContain("Next: noema atoms show atoms");
    const names = readdirSync(at("whole"));
    expect(readdirSync(at("atoms"))).toEqual(names);
    for (const name of names.filter((one) => one !== "atoms.json")) {
      expect(readFileSync(at("atoms", name)).equals(readFileSync(at("whole", name))), name).toBe(true);
    }
  });

  test("Ctrl-C keeps what was learned", async () => {
    let sent = false;
    const ended = await atoms(words("stopped", 1_000_000), (child) => {
      // Once: what it says while it ends must not be answered by another, which finds it no longer listening.
      if (!sent) child.kill("SIGINT");
      sent = true;
    });
    expect(ended.status).toBe(130);
    expect(ended.err).toContain("the same command goes on");
    expect(readdirSync(at("stopped"))).toEqual(["atoms.state"]);
  });
});

describe("looking", () => {
  test("at atoms, at pictures that are steered, and for pictures", async () => {
    const [show, steer, query] = await Promise.all([
      atoms(["show", "atoms", "--top", "3"]),
      atoms(["steer", "atoms", "--add", "3:1,2:-0.5", "--count", "2"]),
      atoms(["query", "atoms", "--where", "atom(3) != 0 and place != 'up'", "--count", "4"]),
    ]);
    expect([show.status, steer.status, query.status]).toEqual([0, 0, 0]);
    expect([said(show.err), said(steer.err), said(query.err)]).toEqual(["", "", ""]);
    expect(query.out).toMatch(/^row +picture +atom\(3\) +place +person\n/);
    for (const name of ["atoms.png", "steer.png", "query.png"]) {
      expect((await sharp(at("atoms", name)).metadata()).width).toBeGreaterThan(300);
    }
  });

  test("the page shows every picture, and leads to what it names", async () => {
    expect((await atoms(["report", "atoms", "--top", "4"])).status).toBe(0);
    let browser: Browser | undefined;
    try {
      ({ browser } = await launchChromium());
      const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
      const told: string[] = [];
      page.on("pageerror", (error) => told.push(error.message));
      page.on("console", (message) => message.type() === "error" && told.push(message.text()));
      page.on("request", (request) => /^(file|data):/.test(request.url()) || told.push(request.url()));
      await page.goto(pathToFileURL(at("atoms", "report.html")).href);
      expect(await page.$$eval(".atom", (cards) => cards.length)).toBe(4);
      await page.$$eval("img", (all) => Promise.all((all as HTMLImageElement[]).map((one) => one.decode())));
      const targets = await page.$$eval("a[href^='#']", (all) => all.map((one) => one.getAttribute("href")!.slice(1)));
      for (const id of targets) expect(await page.$(`[id="${id}"]`), id).not.toBe(null);
      // Nothing stands out of the page.
      for (const width of [1200, 400]) {
        await page.setViewportSize({ width, height: 800 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      }
      expect(told).toEqual([]);
    } finally {
      await browser?.close();
    }
  });
});

describe("refuses, with one message and nothing written:", () => {
  test.each([
    ["COMMAND_UNKNOWN", ["lern", "vectors"]],
    ["OPTION_UNKNOWN", ["show", "atoms", "--atom", "3"]],
    ["ATOM_UNKNOWN", ["show", "atoms", "--atoms", "12"]],
    ["ATOMS_MISSING", ["report", "vectors"]],
    ["STORE_OTHER", ["learn", "vectors", "--out", "atoms", "--atoms", "5", "--sparsity", "2"]],
  ])("%s: %j", async (code, words) => {
    const before = readdirSync(at("atoms")).sort();
    const ended = await atoms(words);
    expect(ended.status).toBe(2);
    expect(said(ended.err).split("\n")).toHaveLength(1);
    expect(ended.err).toContain(`code: ${code}`);
    expect(readdirSync(at("atoms")).sort()).toEqual(before);
  });

  test("and says which commands there are", async () => {
    const ended = await runNoema(folder, ["atoms"]);
    expect(ended.status).toBe(2);
    for (const name of ["learn", "encode", "show", "steer", "query", "study", "report"]) {
      expect(ended.out).toMatch(new RegExp(`^  ${name} `, "m"));
    }
    expect((await runNoema(folder, ["atoms", "--help"])).status).toBe(0);
  });
});
