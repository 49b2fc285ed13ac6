import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Checkpoint } from "./checkpoint.js";
import type { Recipe } from "./recipe.js";
import type { Outcome, Unfinished } from "./render.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "noema-checkpoint-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const recipe = (steps: number) => ({ noema: 1, steps }) as unknown as Recipe;
const open = (steps = 4, name = "a.png") => new Checkpoint({ folder, name, recipe: recipe(steps), every: 0 });

const pixels = { width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3) } as const;
const begun: Unfinished = {
  state: { step: 3, parameters: Float32Array.of(1.5), mean: Float32Array.of(-0), variance: Float32Array.of(1e-40) },
  objectives: [Number.NaN, 1 / 3],
  views: [[{ step: 2, pixels }], []],
};
const failure = new NoemaError("DREAM_DIVERGED", { where: "step 3", found: "the objective is NaN" });
const done: Outcome[] = [
  { batch: [{ objective: "channel:a:1", seed: 2 }], place: 0, views: [{ step: 4, pixels }], objective: 0.1, failure },
];

test("what is saved comes back bit for bit, and is gone when the run is done", async () => {
  const checkpoint = open();
  expect(checkpoint.exists).toBe(false);
  await checkpoint.advance("0", () => begun, false);
  expect(open().exists).toBe(true);
  expect(open().unfinished("0")).toEqual(begun);
  expect(open().outcomes("0")).toBeUndefined();
  await checkpoint.finish("0", done);
  await checkpoint.advance("1", () => begun, true);
  expect(open().unfinished("0")).toBeUndefined();
  expect(open().outcomes("0")).toEqual(done);
  expect(open().outcomes("0")![0].failure).toBeInstanceOf(NoemaError);
  open().remove();
  expect(readdirSync(folder)).toEqual([]);
});

test("runs of other options stay as they are, until they are told to go", async () => {
  await open(4).advance("0", () => begun, true);
  await open(5).advance("0", () => begun, true);
  await open(5, "a.png-2.png").advance("0", () => begun, true);
  expect(open(6).exists).toBe(false);
  expect(open(6).others()).toEqual(expect.arrayContaining([recipe(4), recipe(5)]));
  expect(open(5).others()).toEqual([recipe(4)]);
  open(5).remove();
  expect(open(6).others()).toEqual([recipe(4)]);
  open(6).removeAll();
  expect(open(6).others()).toEqual([]);
  expect(open(5, "a.png-2.png").exists).toBe(true);
  open(5, "a.png-2.png").remove();
  expect(existsSync(join(folder, ".noema"))).toBe(false);
});

test("a damaged file counts as none", async () => {
  const checkpoint = open();
  await checkpoint.advance("0", () => begun, true);
  const inside = join(folder, ".noema", readdirSync(join(folder, ".noema"))[0], "0.part");
  const bytes = readFileSync(inside);
  for (const [at, length] of [
    [0, bytes.length - 1],
    [0, 0],
    [bytes.length - 3, bytes.length],
    [5, bytes.length],
    [30, bytes.length],
  ]) {
    const damaged = Buffer.from(bytes.subarray(0, length));
    if (damaged.length > at) damaged[at] ^= 1;
    writeFileSync(inside, damaged);
    expect(open().unfinished("0")).toBeUndefined();
  }
  checkpoint.remove();
});

test("before its time, nothing is written; when it must be, all is", async () => {
  const checkpoint = new Checkpoint({ folder, name: "b.png", recipe: recipe(4), every: 1000 });
  await checkpoint.finish("0", done);
  await checkpoint.advance("1", () => begun, false);
  expect(existsSync(join(folder, ".noema"))).toBe(false);
  await checkpoint.advance("1", () => begun, true);
  const again = new Checkpoint({ folder, name: "b.png", recipe: recipe(4), every: 1000 });
  expect([again.outcomes("0"), again.unfinished("1")]).toEqual([done, begun]);
  again.remove();
});
