import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "@noema/lenses";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readColoursFile } from "../models/colours-file.js";
import type { Terminal } from "../terminal/command.js";
import { readOptions } from "../terminal/read-options.js";
import { command } from "./colours.js";

let folder: string;
let pictures: string;

/** A picture whose pixels are all of one hue, dark to light. */
async function picture(path: string, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const data = Uint8Array.from({ length: 3 * 40 * 30 });
  for (let i = 0; i < 40 * 30; i++) {
    const light = random.uniform();
    data.set([200 * light, 100 * light, 20 + 40 * random.uniform()], 3 * i);
  }
  await sharp(data, { raw: { width: 40, height: 30, channels: 3 } })
    .png()
    .toFile(path);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "noema-colours-"));
  pictures = join(folder, "pictures");
  mkdirSync(join(pictures, "deeper"), { recursive: true });
  for (let i = 0; i < 10; i++) await picture(join(pictures, i < 5 ? "deeper" : "", `${i}.png`), i);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Said {
  readonly lines: string[];
  readonly warnings: string[];
}

async function run(words: readonly string[], signal = new AbortController().signal): Promise<Said> {
  const said: Said = { lines: [], warnings: [] };
  const terminal: Terminal = {
    signal,
    print: (line) => said.lines.push(line),
    warn: (line) => said.warnings.push(line),
    progress: () => ({ update: () => {}, stop: () => {} }),
  };
  await command.run(readOptions(command, words), terminal);
  return said;
}

test("measures a folder and those within it, the same each time, and draws a sheet", async () => {
  const out = join(folder, "made", "colours.json");
  const { lines, warnings } = await run([pictures, "--out", out, "--size", "24"]);
  expect(lines.join()).toMatch(/10 pictures/);
  expect(warnings).toEqual([]);
  const file = readColoursFile(out, 3);
  expect(file.from).toEqual({ pictures: 10, unreadable: 0, size: 24 });
  // The longest axis is that of the light, twice as much red as green.
  expect(file.colours[0][0] / file.colours[1][0]).toBeCloseTo(2, 1);
  const { width, height } = await sharp(out.replace("json", "png")).metadata();
  expect(Math.min(width, height)).toBeGreaterThan(500);
  const text = readFileSync(out, "utf8");
  await run([pictures, "--out", out, "--size", "24"]);
  expect(readFileSync(out, "utf8")).toBe(text);
});

test("a picture in ten may be unreadable, and is named; no more", async () => {
  const out = join(folder, "partly.json");
  writeFileSync(join(pictures, "broken.jpg"), "no picture");
  const { warnings } = await run([pictures, "--out", out, "--channels", "1", "--size", "16"]);
  expect(warnings.join()).toMatch(/broken\.jpg/);
  expect(readColoursFile(out, 1).from).toEqual({ pictures: 10, unreadable: 1, size: 16 });
  writeFileSync(join(pictures, "empty.jpg"), "");
  const other = join(folder, "refused.json");
  await expect(run([pictures, "--out", other, "--size", "16"])).rejects.toThrowError(
    /2 of 12[\s\S]*broken\.jpg[\s\S]*empty\.jpg[\s\S]*PICTURES_UNREADABLE/,
  );
  expect(existsSync(other)).toBe(false);
});

test("bad input is refused before any work", async () => {
  await expect(run([pictures, "--out", join(folder, "a.txt")])).rejects.toThrowError(/OUT_FORMAT/);
  await expect(run([pictures, "--channels", "2"])).rejects.toThrowError(/1 or 3/);
  await expect(run([join(folder, "none")])).rejects.toThrowError(/FOLDER_UNREADABLE/);
  const stopped = new AbortController();
  stopped.abort();
  const { warnings } = await run([pictures, "--out", join(folder, "stopped.json")], stopped.signal);
  expect(warnings.join()).toMatch(/nothing was written/);
  expect(existsSync(join(folder, "stopped.json"))).toBe(false);
});
