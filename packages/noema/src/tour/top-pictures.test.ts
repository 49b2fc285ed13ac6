import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeSmallModel } from "../dreams/small-model.testing.js";
import { type OpenModel, openModel } from "../models/open-model.js";
import type { Terminal } from "../terminal/command.js";
import { ofChannels, type TopPicturesOptions, topPictures } from "./top-pictures.js";

let folder: string;
let opened: OpenModel;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "noema-top-"));
  opened = await openModel(writeSmallModel(folder));
  mkdirSync(join(folder, "pictures"));
  for (let i = 0; i < 20; i++) {
    const [r, g, b] = [(i * 83) % 256, (i * 151) % 256, (i * 29) % 256];
    const plain = { create: { width: 30, height: 24, channels: 3, background: { r, g, b } } } as const;
    await sharp(plain)
      .png()
      .toFile(join(folder, "pictures", `n000000${10 + i}_colour_${i}.png`));
  }
  writeFileSync(join(folder, "pictures", "broken.jpg"), "no picture");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Counts the pictures that the network is shown. */
function options(out: string, more: Partial<TopPicturesOptions> = {}, stopAfter = Number.POSITIVE_INFINITY) {
  const controller = new AbortController();
  const shown = { last: 0 };
  const update = (done: number) => {
    shown.last = done;
    if (done >= stopAfter) controller.abort();
  };
  const terminal = { signal: controller.signal, progress: () => ({ update, stop: () => {} }) } as unknown as Terminal;
  const own = { opened, modelHash: "m", input: undefined, threads: 1, layer: "features", over: "max" as const };
  const rest = { folder: join(folder, "pictures"), top: 3, both: true, out: join(folder, out), terminal };
  return { shown, given: { ...own, ...rest, ...more } };
}

test("the strongest are found, with labels and places, and what is no picture is named", async () => {
  const found = (await topPictures(options("a").given))!;
  expect(found.count).toBe(20);
  expect(found.skipped).toEqual([{ name: "broken.jpg", reason: expect.stringMatching(/broken\.jpg: it is none of/) }]);
  expect(found.highest).toHaveLength(6);
  expect(found.geometry).toMatchObject({ width: 24, height: 24, rows: 24, columns: 24 });
  expect(found.geometry!.field!.rows).toEqual({ step: 1, from: -1, to: 1 });
  for (const { top, quantiles } of found.highest) {
    expect(top.map(({ value }) => value)).toEqual([...top.map(({ value }) => value)].sort((x, y) => y - x));
    expect(top[0].value).toBe(quantiles[4]);
    expect(found.photographs[top[0].picture].label).toMatch(/^colour$/);
  }
});

test("what was found is not looked for again, unless pictures, layer or model are others", async () => {
  const first = await topPictures(options("b").given);
  const again = options("b");
  expect(await topPictures(again.given)).toEqual(first);
  expect(again.shown.last).toBe(0);
  for (const more of [{ top: 2 }, { layer: "logits" }, { modelHash: "other" }, { over: "mean" as const }]) {
    const other = options("b", more);
    await topPictures(other.given);
    expect(other.shown.last).toBe(21);
  }
  const added = join(folder, "pictures", "added.png");
  copyFileSync(join(folder, "pictures", "n00000010_colour_0.png"), added);
  const more = options("b");
  expect((await topPictures(more.given))!.count).toBe(21);
  rmSync(added);
});

test("interrupted, it goes on, and ends with the same", async () => {
  const whole = await topPictures(options("c").given);
  expect(await topPictures(options("d", {}, 8).given)).toBeUndefined();
  expect(existsSync(join(folder, "d", "photographs.part"))).toBe(true);
  expect(existsSync(join(folder, "d", "photographs.json"))).toBe(false);
  expect(await topPictures(options("d").given)).toEqual(whole);
  expect(existsSync(join(folder, "d", "photographs.part"))).toBe(false);
});

test("a tour that is written among the photographs does not look at its own pictures", async () => {
  const out = "pictures/tour";
  mkdirSync(join(folder, out, "dreams"), { recursive: true });
  copyFileSync(join(folder, "pictures", "n00000010_colour_0.png"), join(folder, out, "dreams", "0.png"));
  expect((await topPictures(options(out).given))!.count).toBe(20);
  rmSync(join(folder, out), { recursive: true });
});

test("damaged files of an earlier run count as none", async () => {
  const whole = await topPictures(options("e").given);
  writeFileSync(join(folder, "e", "photographs.json"), "{");
  writeFileSync(join(folder, "e", "photographs.part"), "nonsense");
  expect(await topPictures(options("e").given)).toEqual(whole);
});

test("of some channels, only their photographs are kept", async () => {
  const found = (await topPictures(options("a").given))!;
  const some = ofChannels(found, [2]);
  const names = (of: typeof found) => of.highest[2].top.map(({ picture }) => of.photographs[picture].name);
  expect(names(some)).toEqual(names(found));
  expect(some.highest[1].top).toEqual([]);
  expect(some.photographs.length).toBeLessThanOrEqual(6);
});
