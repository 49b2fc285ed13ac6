import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pixels } from "@noema/lenses";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openForPictures } from "../models/open-for-pictures.js";
import { type OpenModel, openModel } from "../models/open-model.js";
import type { Job } from "./job.js";
import { type Rendered, type RenderOptions, type RenderStore, render, type Unfinished } from "./render.js";
import { writeSmallModel } from "./small-model.testing.js";

let folder: string;
let opened: OpenModel;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "noema-render-"));
  opened = await openModel(writeSmallModel(folder));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const jobs = (...units: number[]): Job[] =>
  units.map((unit) => ({ objective: `channel:features:${unit}`, seed: unit }));

async function rendered(given: Partial<RenderOptions> & { jobs: readonly Job[] }): Promise<Rendered[]> {
  const all: Rendered[] = [];
  const compile = { threads: 1 };
  const open = (batch: number) => openForPictures(opened, { batch });
  for await (const one of render({ open, steps: 6, compile, ...given })) all.push(one);
  return all;
}

const last = ({ views }: Rendered) => views.at(-1)!;

test("every job gives its picture, and is told from which batch it came", async () => {
  const all = await rendered({ jobs: [...jobs(0, 1, 2), { objective: "channel:logits:1", seed: 9 }], batch: 2 });
  expect(all.map(({ job, finished }) => [job, finished])).toEqual([0, 1, 2, 3].map((job) => [job, true]));
  expect(all.map(({ batch, place }) => batch[place].seed)).toEqual([0, 1, 2, 9]);
  expect(all.map(({ batch }) => batch.length)).toEqual([1, 2, 2, 1]);
  expect(new Set(all.map((one) => last(one).pixels.data.join())).size).toBe(4);
  expect(all.every((one) => last(one).step === 6 && Number.isFinite(one.objective))).toBe(true);
});

test("in batches of one, a picture does not depend on what else is asked for", async () => {
  const [alone] = await rendered({ jobs: jobs(2) });
  const among = await rendered({ jobs: jobs(4, 2, 1) });
  expect(last(among[1])).toEqual(last(alone));
});

test("a batch is repeated by the jobs that its pictures name", async () => {
  const all = await rendered({ jobs: jobs(0, 3, 5, 4), batch: 2 });
  const { batch, place } = all[3];
  const again = await rendered({ jobs: batch, batch: batch.length });
  expect(last(again[place])).toEqual(last(all[3]));
});

/** A store that forgets all but what it was last told, as after a crash. */
class Memory implements RenderStore {
  readonly done = new Map<string, Parameters<RenderStore["finish"]>[1]>();
  readonly begun = new Map<string, Unfinished>();
  outcomes = (batch: string) => this.done.get(batch);
  unfinished = (batch: string) => this.begun.get(batch);
  async finish(batch: string, outcomes: Parameters<RenderStore["finish"]>[1]) {
    this.done.set(batch, outcomes);
  }
  async flush() {}
  async advance(batch: string, state: () => Unfinished, must: boolean) {
    const now = state();
    if (must || now.state.step % 2 === 0) this.begun.set(batch, now);
  }
}

test("of several tries it is the one with the highest score", async () => {
  const store = new Memory();
  const job = { objective: "channel:features:2", seed: 1 };
  const [best] = await rendered({ jobs: [job], tries: 3, batch: 2, store });
  const tried = [...store.done.values()].flat();
  expect(tried.map(({ batch, place }) => batch[place].seed)).toEqual([3, 4, 5]);
  expect(new Set(tried.map(({ score }) => score)).size).toBe(3);
  expect(best.score).toBe(Math.max(...tried.map(({ score }) => score!)));
  const own = await rendered({ jobs: best.batch, batch: best.batch.length });
  expect(last(own[best.place])).toEqual(last(best));
});

test("early pictures are kept: those of a shorter ascent in the same plan", async () => {
  const [one] = await rendered({ jobs: jobs(1), keep: [0, 2, 4] });
  expect(one.views.map(({ step }) => step)).toEqual([0, 2, 4, 6]);
  expect(new Set(one.views.map(({ pixels: { data } }) => data.join())).size).toBe(4);
});

test.each([1, 2, 3])("what was interrupted goes on as if it had not been: batches of %i", async (batch) => {
  const whole = await rendered({ jobs: jobs(0, 1, 2), keep: [3], batch });
  const store = new Memory();
  let steps = 0;
  const parts: Rendered[] = [];
  for (let run = 0; run < 12; run++) {
    const controller = new AbortController();
    const onStep = () => {
      if (++steps % 5 === 0) controller.abort();
    };
    const now = await rendered({ jobs: jobs(0, 1, 2), keep: [3], batch, store, signal: controller.signal, onStep });
    if (now.length === 3 && now.every(({ finished }) => finished)) {
      parts.push(...now);
      break;
    }
  }
  expect(parts).toEqual(whole);
  // Nothing was done twice.
  expect(steps).toBe(6 * Math.ceil(3 / batch));
});

test("what was begun is handed over when it is interrupted", async () => {
  const controller = new AbortController();
  const onStep = () => controller.abort();
  const all = await rendered({ jobs: jobs(0, 1), signal: controller.signal, onStep });
  expect(all.map(({ job, finished, views }) => [job, finished, views.at(-1)?.step])).toEqual([[0, false, 1]]);
});

test("a picture that diverges ends by itself, with its last good picture; the others are finished", async () => {
  const asked = [
    { objective: "channel:features:1", seed: 0 },
    { objective: "1e39*channel:features:1", seed: 1 },
    { objective: "channel:features:1", seed: 2 },
  ];
  const image = (size: Parameters<typeof pixels.create>[0]) => pixels.create(size);
  const all = await rendered({ jobs: asked, image, batch: 3 });
  const told = all.map(({ job, finished, failure }) => [job, finished, failure?.code]);
  expect(told.sort(([a], [b]) => Number(a) - Number(b))).toEqual([
    [0, true, undefined],
    [1, true, "DREAM_DIVERGED"],
    [2, true, undefined],
  ]);
});
