/** @file noema train, as it is run: what it writes, and that no interruption changes a byte of it. */
import type { ChildProcess } from "node:child_process";
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runNoema } from "./run-noema.js";
import { writeIdx, writeShapes } from "./training-data.js";

vi.setConfig({ testTimeout: 240_000 });

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "noema-train-"));
  await writeShapes(join(folder, "shapes"), 14);
  writeIdx(join(folder, "idx"), 120);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

type During = Parameters<typeof runNoema>[2];
const run = (words: readonly string[], during?: During) => runNoema(folder, ["train", ...words], during);
const at = (...names: string[]) => join(folder, ...names);
const bytes = (...names: string[]) => readFileSync(at(...names));
const json = (...names: string[]) => JSON.parse(bytes(...names).toString());
const logOf = (out: string) =>
  bytes(out, "log.jsonl")
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

/** 108 pictures to learn from, 14 steps an epoch. */
const small = ["xcov", "--data", "mnist:idx", "--size", "8", "--hidden", "64", "--latents", "2", "--batch", "8"];
const short = [...small, "--epochs", "3", "--threads", "1"];
const long = [...small, "--epochs", "400", "--threads", "1", "--save-every", "0"];

const ofXcov = ["decoder.onnx", "encoder.onnx", "log.jsonl", "run.json", "training.state"];

function expectSame(one: string, other: string): void {
  for (const name of ["encoder.onnx", "decoder.onnx", "log.jsonl"]) {
    if (!bytes(one, name).equals(bytes(other, name))) expect.fail(`${name} of ${one} and ${other} differ`);
  }
  const [a, b] = [json(one, "run.json"), json(other, "run.json")];
  expect([a.history, a.figures, a.steps]).toEqual([b.history, b.figures, b.steps]);
}

/** Steps that the saved state has taken; undefined where there is none. */
function savedStep(out: string): number | undefined {
  if (!existsSync(at(out, "training.state"))) return undefined;
  return Number(/"step":(\d+),"arrays"/.exec(bytes(out, "training.state").toString("latin1"))?.[1]);
}

describe("a run", () => {
  test("writes models, figures and the losses of every step; the same seed the same bytes, another others", async () => {
    const words = [
      "xcov",
      "--data",
      "shapes",
      "--hidden",
      "4,8,16",
      "--latents",
      "3",
      "--epochs",
      "2",
      "--threads",
      "1",
    ];
    const results = await Promise.all([run([...words, "--out", "a"]), run([...words, "--out", "b"])]);
    const [{ status, out, err }] = results;
    expect({ status, err }).toEqual({ status: 0, err: expect.stringMatching(/of \d+ steps, loss [\d.]+, accuracy /) });
    expect(out).toMatch(/^2 epochs, \d+ steps in .*\nOn \d+ pictures set apart .*class right on [\d.]+ %.*\n$/);
    expect(readdirSync(at("a")).sort()).toEqual(ofXcov);
    expectSame("a", "b");
    const file = json("a", "run.json");
    expect(file).toMatchObject({
      command: expect.stringMatching(
        /^noema train xcov --data shapes --out a( --(epochs 2|hidden 4,8,16|latents 3|threads 1)){4}$/,
      ),
      labels: ["bar", "ring", "square"],
      picture: { channels: 1, height: 16, width: 16 },
      data: { count: 42, training: 39, test: 3, skipped: [] },
    });
    const log = logOf("a");
    expect(log.map(({ step }) => step)).toEqual(Array.from({ length: file.steps }, (_, i) => i + 1));
    for (const line of log) {
      expect(Object.keys(line)).toEqual(
        expect.arrayContaining(["loss", "squared-error", "cross-covariance", "accuracy"]),
      );
      expect(Object.values(line).every(Number.isFinite)).toBe(true);
    }
    await run([...words, "--out", "b", "--seed", "1", "--restart"]);
    expect(bytes("a", "encoder.onnx").equals(bytes("b", "encoder.onnx"))).toBe(false);
  });

  test("that is finished is not trained again, but whole again where a model is gone", async () => {
    const first = await run([...short, "--out", "finished"]);
    const before = statSync(at("finished", "encoder.onnx")).mtimeMs;
    const second = await run([...short, "--out", "finished"]);
    expect(second).toMatchObject({ status: 0, out: first.out });
    expect(second.err).toMatch(
      /^finished: this training is finished; what came of it is read\.\nNext: noema factors report finished\n$/,
    );
    expect(statSync(at("finished", "encoder.onnx")).mtimeMs).toBe(before);
    // Another way to write the same path, and another way to keep the same weights, are no other training.
    const model = bytes("finished", "decoder.onnx");
    rmSync(at("finished", "decoder.onnx"));
    const third = await run([
      ...short.map((word) => (word === "mnist:idx" ? "mnist:./idx" : word)),
      "--out",
      "finished",
    ]);
    expect(third).toMatchObject({ status: 0, err: expect.stringMatching(/Going on after step 42/) });
    expect(bytes("finished", "decoder.onnx").equals(model)).toBe(true);
    const log = bytes("finished", "log.jsonl");
    expect((await run([...short, "--out", "finished", "--weights", "int8"])).status).toBe(0);
    expect(bytes("finished", "decoder.onnx").equals(model)).toBe(false);
    expect(bytes("finished", "log.jsonl").equals(log)).toBe(true);
  });

  test("that gets no better ends, with the weights of its best epoch", async () => {
    const words = [...small, "--threads", "1", "--rate", "0.03", "--schedule", "constant"];
    await run([...words, "--epochs", "200", "--patience", "3", "--out", "patient"]);
    const { bestEpoch, history } = json("patient", "run.json");
    expect(history.length).toBe(bestEpoch + 3);
    const losses = history.map(({ held }: { held: { loss: number } }) => held.loss);
    expect(losses.indexOf(Math.min(...losses))).toBe(bestEpoch - 1);
    await run([...words, "--epochs", String(bestEpoch), "--out", "best"]);
    for (const name of ["encoder.onnx", "decoder.onnx"]) {
      expect(bytes("patient", name).equals(bytes("best", name))).toBe(true);
    }
  });
});

describe("interrupted, the same command goes on to the same bytes:", () => {
  let whole: ReturnType<typeof run>;
  beforeAll(() => {
    whole = run([...long, "--out", "whole"]);
  });

  /** Once it has saved since it began, and so much later. */
  const afterSaving = (out: string, waitMs: number, act: (child: ChildProcess) => void): During => {
    const before = savedStep(out) ?? 0;
    let begun = false;
    return (child) => {
      if (begun) return;
      begun = true;
      const look = setInterval(() => {
        if (child.exitCode !== null || child.signalCode !== null) return clearInterval(look);
        if ((savedStep(out) ?? 0) <= before) return;
        clearInterval(look);
        setTimeout(() => act(child), waitMs);
      }, 5);
    };
  };

  test("killed between savings, while saving, while models are written; stopped by Ctrl-C", async () => {
    const words = [...long, "--out", "broken"];
    const kill = (child: ChildProcess) => child.kill("SIGKILL");
    let [kills, step] = [0, 0];
    const interrupt = async (during: During) => {
      const ended = await run(words, during);
      if (ended.status === 0) return ended;
      kills++;
      // Every time more is saved, and nothing but what came after the last saving is lost.
      if (step > 0) expect(ended.err).toMatch(new RegExp(`Going on after step ${step};`));
      expect(savedStep("broken")).toBeGreaterThan(step);
      step = savedStep("broken")!;
      return ended;
    };
    // Savings may take a tenth of the time.
    for (const waitMs of [0, 60]) await interrupt(afterSaving("broken", waitMs, kill));
    // As soon as the file is there that is being written.
    for (let i = 0; i < 2; i++) {
      const saving = new AbortController();
      const onWriting = (child: ChildProcess) =>
        watch(at("broken"), { signal: saving.signal }, (_, name) => name?.endsWith(".part") && kill(child));
      await interrupt(afterSaving("broken", 0, onWriting));
      saving.abort();
    }
    let sentMs = 0;
    const stopped = await interrupt(
      afterSaving("broken", 30, (child) => {
        sentMs = performance.now();
        // As it arrives from a terminal through npx: twice.
        child.kill("SIGINT");
        child.kill("SIGINT");
      }),
    );
    // A second, and what a busy machine adds.
    if (sentMs > 0) expect(performance.now() - sentMs).toBeLessThan(5000);
    if (stopped.status !== 0) {
      expect(stopped).toMatchObject({ status: 130, out: "" });
      expect(stopped.err).toMatch(/\nStopped\. What was learned is kept: the same command goes on with it\.\n$/);
    }
    expect(kills).toBeGreaterThan(2);
    const ending = new AbortController();
    let watching = false;
    await run(words, (child) => {
      if (watching) return;
      watching = true;
      watch(at("broken"), { signal: ending.signal }, (_, name) => name?.startsWith(".encoder.onnx") && kill(child));
    });
    ending.abort();
    const end = await run(words);
    expect([end.status, (await whole).status]).toEqual([0, 0]);
    expectSame("broken", "whole");
    expect(readdirSync(at("broken")).sort()).toEqual(ofXcov);
  });

  test("Ctrl-C while pictures are read: nothing is written", async () => {
    // Large ones, so that there is time.
    await sharp({ create: { width: 3000, height: 2000, channels: 3, background: "#888" } })
      .png()
      .toFile(at("large.png"));
    for (const label of ["a", "b"]) {
      mkdirSync(at("large", label), { recursive: true });
      for (let i = 0; i < 30; i++) linkSync(at("large.png"), at("large", label, `${i}.png`));
    }
    const words = ["xcov", "--data", "large", "--size", "16", "--no-colour", "--out", "unread"];
    const { status, out, err } = await run(words, (child, said) => /\n.*\n/.test(said) || child.kill("SIGINT"));
    expect({ status, out }).toEqual({ status: 130, out: "" });
    expect(err).toMatch(
      /\nthe pictures of a dataset: stopped after \d+ of 60\. Nothing was written.* code: STOPPED\n$/,
    );
    expect(existsSync(at("unread"))).toBe(false);
  });

  test("with several threads", async () => {
    const words = ["xcov", "--data", "shapes", "--network", "jaffe", "--size", "16", "--hidden", "300,300"];
    const more = ["--latents", "20", "--batch", "32", "--epochs", "40", "--threads", "2", "--save-every", "0"];
    const [, killed] = await Promise.all([
      run([...words, ...more, "--out", "threads"]),
      run(
        [...words, ...more, "--out", "threads-killed"],
        afterSaving("threads-killed", 50, (child) => child.kill("SIGKILL")),
      ),
    ]);
    expect(killed.status).toBe(null);
    await run([...words, ...more, "--out", "threads-killed"]);
    expectSame("threads", "threads-killed");
  });

  test("a state that is damaged is told of, and the training begins anew", async () => {
    await run([...short, "--out", "sound"]);
    const state = bytes("sound", "training.state");
    const flipped = Buffer.from(state);
    flipped[state.length - 100] ^= 1;
    const damaged = {
      truncated: [state.subarray(0, -1), "it is not whole, or was changed"],
      flipped: [flipped, "it is not whole, or was changed"],
      other: [Buffer.concat([Buffer.from("noema training 9\n"), state.subarray(17)]), "another version wrote it"],
    } as const;
    await Promise.all(
      Object.entries(damaged).map(async ([name, [content, message]]) => {
        cpSync(at("sound"), at(name), { recursive: true });
        rmSync(at(name, "run.json"));
        writeFileSync(at(name, "training.state"), content);
        const { status, err } = await run([...short, "--out", name]);
        expect({ status, err }).toEqual({
          status: 0,
          err: expect.stringContaining(`${join(name, "training.state")}: it`),
        });
        expect(err).toContain(message);
        expect(err).toContain("begins anew");
        expect(err).not.toContain("Going on");
        expectSame(name, "sound");
      }),
    );
  });
});

describe("a folder that holds another training", () => {
  test("is refused and left as it is, until --restart", async () => {
    const words = [...short, "--out", "taken"];
    await run(words);
    const before = readdirSync(at("taken")).map((name) => [name, bytes("taken", name).toString("latin1")]);
    const other = [...words, "--gamma", "3", "--clip-norm", "1"];
    const check = async () => {
      const { status, out, err } = await run(other);
      expect({ status, out }).toEqual({ status: 2, out: "" });
      expect(err).toMatch(
        /^--out "taken": it holds a training with --gamma 10 no --clip-norm, this one has --gamma 3 --clip-norm 1\..*--restart.* code: RUN_OTHER\n$/,
      );
    };
    await check();
    expect(readdirSync(at("taken")).map((name) => [name, bytes("taken", name).toString("latin1")])).toEqual(before);
    // By the state alone, too.
    rmSync(at("taken", "run.json"));
    await check();
    const anew = await run([...other, "--restart"]);
    expect({ status: anew.status, err: anew.err }).toEqual({ status: 0, err: expect.not.stringContaining("Going on") });
    await run([...other.filter((word) => word !== "taken" && word !== "--out"), "--out", "fresh"]);
    expectSame("taken", "fresh");
  });

  test("is cleared by --restart of what another task has left", async () => {
    await run([...short, "--out", "changed"]);
    const words = ["classifier", "--data", "mnist:idx", "--hidden", "4,8", "--epochs", "1", "--threads", "1"];
    expect(await run([...words, "--out", "changed", "--restart"])).toMatchObject({ status: 0 });
    expect(readdirSync(at("changed")).sort()).toEqual(["classifier.onnx", "log.jsonl", "run.json", "training.state"]);
  });

  test("is refused where its pictures, labels or parts have changed since", async () => {
    await writeShapes(at("edited"), 4, 8);
    const words = [
      "xcov",
      "--data",
      "edited",
      "--hidden",
      "4,8",
      "--latents",
      "2",
      "--epochs",
      "1",
      "--out",
      "of-edited",
    ];
    const table = (mark: (i: number) => string) =>
      [
        "file,label,split",
        ...Array.from({ length: 12 }, (_, i) => {
          const shape = ["bar", "ring", "square"][i % 3];
          return `${shape}/${Math.floor(i / 3)}.png,${shape},${mark(i)}`;
        }),
      ].join("\n");
    writeFileSync(
      at("edited", "labels.csv"),
      table((i) => (i < 3 ? "test" : "train")),
    );
    expect(await run(words)).toMatchObject({ status: 0 });
    writeFileSync(
      at("edited", "labels.csv"),
      table((i) => (i > 8 ? "test" : "train")),
    );
    expect(await run(words)).toMatchObject({
      status: 2,
      err: expect.stringMatching(/on other data: other pictures of it were set apart.*RUN_OTHER\n$/),
    });
    rmSync(at("edited", "labels.csv"));
    rmSync(at("edited", "bar", "0.png"));
    expect(await run(words)).toMatchObject({
      status: 2,
      err: expect.stringMatching(/on other data: its pictures or their labels were others.*RUN_OTHER\n$/),
    });
  });
});
