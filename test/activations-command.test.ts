/** @file noema activations, as it is run: what it writes, and that no interruption changes a byte of it. */
import { type ChildProcess, spawnSync } from "node:child_process";
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
  truncateSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build, constant, emit, input, Tensor, writeModel } from "@noema/engine";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { writeSmallModel } from "../packages/noema/src/dreams/small-model.testing.js";
import { ActivationsStore } from "../packages/noema/src/store/activations-store.js";
import { runNoema } from "./run-noema.js";
import { writeIdx, writeShapes } from "./training-data.js";

vi.setConfig({ testTimeout: 240_000 });

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "noema-activations-"));
  writeSmallModel(folder, { side: 24 });
  await writeShapes(join(folder, "shapes"), 10, 24);
  writeIdx(join(folder, "idx"), 60);
  // Photographs of which nothing is known, large enough that reading takes its time.
  const side = 600;
  const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * i) % 251);
  await sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toFile(at("large.png"));
  mkdirSync(at("photographs"));
  for (let i = 0; i < 150; i++) linkSync(at("large.png"), at("photographs", `${100 + i}.png`));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

type During = Parameters<typeof runNoema>[2];
const run = (words: readonly string[], during?: During) => runNoema(folder, ["activations", ...words], during);
const at = (...names: string[]) => join(folder, ...names);
const bytes = (...names: string[]) => readFileSync(at(...names));
const json = (...names: string[]) => JSON.parse(bytes(...names).toString());

const written = ["activations.json", "activations.png", "shard-00000.f32", "vectors.parquet"];
const small = ["small.onnx", "--data", "shapes", "--layer", "features", "--threads", "1"];
const photographs = ["small.onnx", "--data", "photographs", "--layer", "features", "--threads", "1", "--batch", "4"];

/** All but the command, which names the folder. */
function expectSame(one: string, other: string): void {
  expect(readdirSync(at(one)).sort()).toEqual(readdirSync(at(other)).sort());
  for (const name of readdirSync(at(one))) {
    if (name === "activations.json") {
      expect({ ...json(one, name), command: "" }).toEqual({ ...json(other, name), command: "" });
    } else if (!bytes(one, name).equals(bytes(other, name))) expect.fail(`${name} of ${one} and ${other} differ`);
  }
}

describe("a store", () => {
  test("has a vector of each picture, with its labels; the same seed the same bytes", async () => {
    const [one] = await Promise.all([run([...small, "--out", "a"]), run([...small, "--out", "b"])]);
    expect(one).toMatchObject({ status: 0 });
    expect(one.out).toMatch(
      /^30 vectors of 6 numbers: layer features of 30 pictures\.\nMean [\d.]+, deviation [\d.]+; [\d.]+ % are 0.*\.\na\/activations\.png\n$/,
    );
    expect(readdirSync(at("a")).sort()).toEqual(written);
    expectSame("a", "b");
    expect(json("a", "activations.json")).toMatchObject({
      command: "noema activations small.onnx --data shapes --layer features --out a --threads 1",
      model: { name: "small.onnx", from: "small.onnx", size: { width: 24, height: 24 } },
      layer: { name: "features", channels: 6, positions: [24, 24], of: "mean", perPicture: 1 },
      pictures: { kind: "folder", count: 30, used: 30, label: "class", columns: [{ name: "class", column: "class" }] },
      count: 30,
      length: 6,
    });
    const store = ActivationsStore.open(at("a"));
    const known = await store.describe([0, 29]);
    expect(known).toEqual([
      { row: 0, picture: 0, name: "bar/0.png", class: "bar" },
      { row: 29, picture: 29, name: "square/9.png", class: "square" },
    ]);
    store.close();
    const { width, height } = await sharp(at("a", "activations.png")).metadata();
    expect([width, height].every((side) => side! > 400)).toBe(true);
  });

  test("of positions: all, some drawn by the seed, the one in the middle, the largest", async () => {
    const words = (...more: string[]) => [...small, "--most", "4", ...more];
    const ended = await Promise.all([
      run(words("--positions", "all", "--out", "all")),
      run(words("--positions", "5", "--out", "five")),
      run(words("--positions", "5", "--seed", "1", "--data-seed", "0", "--out", "others")),
      run(words("--positions", "centre", "--out", "centre")),
      run(words("--positions", "max", "--out", "max")),
    ]);
    expect(ended.map(({ status }) => status)).toEqual([0, 0, 0, 0, 0]);
    const stores = ["all", "five", "others", "centre", "max"].map((name) => ActivationsStore.open(at(name)));
    const [all, five, others, centre, max] = stores;
    expect(stores.map(({ count }) => count)).toEqual([4 * 576, 20, 20, 4, 4]);
    const places = (await five.describe([...Array(20).keys()])) as { picture: number; y: number; x: number }[];
    const rows = places.map(({ picture, y, x }) => 576 * picture + 24 * y + x);
    expect(five.read(0, 20)).toEqual(all.rows(rows));
    expect(await others.describe([...Array(20).keys()])).not.toEqual(places);
    expect(centre.read(0, 4)).toEqual(all.rows([0, 1, 2, 3].map((picture) => 576 * picture + 12 * 24 + 12)));
    const largest = Array.from({ length: 6 }, (_, c) => {
      const own = all.read(576, 576);
      return Math.max(...own.filter((__, i) => i % 6 === c));
    });
    expect([...max.read(1, 1)]).toEqual(largest);
    for (const store of stores) store.close();
  });

  test("that is finished is not made again, but where a part of it is gone", async () => {
    const words = [...small, "--out", "finished"];
    const first = await run(words);
    const before = statSync(at("finished", "shard-00000.f32")).mtimeMs;
    const second = await run(words);
    expect(second).toMatchObject({ status: 0, out: first.out, err: "finished: these activations are finished.\n" });
    expect(statSync(at("finished", "shard-00000.f32")).mtimeMs).toBe(before);
    cpSync(at("finished"), at("whole-one"), { recursive: true });
    for (const [damage, said] of [
      [() => rmSync(at("finished", "vectors.parquet")), /vectors\.parquet is not there; all is written anew/],
      [() => truncateSync(at("finished", "shard-00000.f32"), 9), /shard-00000\.f32: 9 bytes; all is written anew/],
      [() => writeFileSync(at("finished", "activations.json"), "{"), /activations\.json: no JSON; all is written anew/],
    ] as const) {
      damage();
      const again = await run(words);
      expect(again).toMatchObject({ status: 0, err: expect.stringMatching(said) });
      expectSame("finished", "whole-one");
    }
  });

  test("of what noema train has made: its encoder's latents, of the pictures that it has seen", async () => {
    const trained = ["train", "xcov", "--data", "mnist:idx", "--size", "8", "--hidden", "16", "--latents", "3"];
    await runNoema(folder, [...trained, "--epochs", "1", "--threads", "1", "--out", "run"]);
    const ended = await run(["run", "--threads", "1", "--out", "latents"]);
    expect(ended).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^60 vectors of 3 numbers: layer latents of 60/),
    });
    expect(json("latents", "activations.json")).toMatchObject({
      model: { name: "run", from: "run", size: { width: 8, height: 8 } },
      pictures: { data: "mnist:idx", label: "class" },
    });
    await run([join("run", "encoder.onnx"), "--data", "mnist:idx", "--threads", "1", "--out", "by-path"]);
    expect(bytes("by-path", "shard-00000.f32").equals(bytes("latents", "shard-00000.f32"))).toBe(true);
    const other = await run(["run", "--layer", "logits", "--most", "9", "--threads", "1", "--out", "logits"]);
    expect(other.out).toMatch(/^9 vectors of 3 numbers: layer logits of 9/);
  });

  test("leaves out pictures that cannot be read, and lists them", async () => {
    mkdirSync(at("mixed"));
    for (const name of ["a", "b", "c", "d"]) linkSync(at("large.png"), at("mixed", `${name}.png`));
    writeFileSync(at("mixed", "bb.png"), "no picture");
    const words = ["small.onnx", "--data", "mixed", "--layer", "features", "--threads", "1", "--out", "left"];
    const refused = await run(words);
    expect({ status: refused.status, out: refused.out }).toEqual({ status: 2, out: "" });
    expect(refused.err).toMatch(
      /the pictures: 1 of 5 cannot be read:\n {2}bb\.png: it is none of JPEG.*code: PICTURES_UNREADABLE\n$/s,
    );
    const { status, out, err } = await run([...words, "--max-unreadable", "0.2"]);
    expect({ status, out }).toEqual({ status: 0, out: expect.stringMatching(/^4 vectors of 6 .* of 4 pictures/) });
    expect(err).toMatch(/1 of 5 pictures cannot be read and are left out:\n {2}bb\.png: it is none of JPEG/);
    expect(json("left", "activations.json").pictures).toMatchObject({
      count: 5,
      used: 4,
      skipped: [{ name: "bb.png", reason: expect.any(String) }],
    });
    const store = ActivationsStore.open(at("left"));
    const known = await store.describe([0, 1, 2, 3]);
    expect(known.map(({ picture, name }) => [picture, name])).toEqual([
      [0, "a.png"],
      [1, "b.png"],
      [3, "c.png"],
      [4, "d.png"],
    ]);
    store.close();
  });
});

describe("interrupted, the same command goes on to the same bytes:", () => {
  let whole: ReturnType<typeof run>;
  beforeAll(() => {
    whole = run([...photographs, "--positions", "40", "--out", "undisturbed"]);
  });
  const broken = [...photographs, "--positions", "40", "--save-every", "0", "--out", "broken"];

  /** How many pictures were saved. */
  const saved = () =>
    existsSync(at("broken", "activations.state")) ? json("broken", "activations.state").progress.next : 0;

  /** As soon as more was saved than before. */
  const afterSaving = (act: (child: ChildProcess) => void): During => {
    const before = saved();
    let begun = false;
    return (child) => {
      if (begun) return;
      begun = true;
      const look = setInterval(() => {
        if (child.exitCode !== null || child.signalCode !== null) return clearInterval(look);
        if (saved() <= before) return;
        clearInterval(look);
        act(child);
      }, 2);
    };
  };

  test("killed between savings and while saving, stopped by Ctrl-C, killed while the table is written", async () => {
    let done = 0;
    const interrupted = async (during: During) => {
      const ended = await run(broken, during);
      if (done > 0 && ended.status !== 0)
        expect(ended.err).toMatch(new RegExp(`Going on after ${done} of 150 pictures\\.`));
      if (ended.status !== 0) {
        expect(saved()).toBeGreaterThan(done);
        done = saved();
      }
      return ended;
    };
    const kill = (child: ChildProcess) => child.kill("SIGKILL");
    await interrupted(afterSaving(kill));
    // As soon as the file is there that is being written.
    const saving = new AbortController();
    await interrupted(
      afterSaving((child) => {
        watch(at("broken"), { signal: saving.signal }, (_, name) => name?.endsWith(".part") && kill(child));
      }),
    );
    saving.abort();
    // What a disk may hold that was never told to keep it.
    writeFileSync(at("broken", "shard-00000.f32"), "half a number", { flag: "a" });
    const stopped = await interrupted(afterSaving((child) => child.kill("SIGINT")));
    if (stopped.status !== 0) {
      expect(stopped).toMatchObject({ status: 130, out: "" });
      expect(stopped.err).toMatch(/\nStopped\. What was done is kept: the same command goes on with it\.\n$/);
    }
    const ending = new AbortController();
    let watching = false;
    await run(broken, (child) => {
      if (watching) return;
      watching = true;
      watch(at("broken"), { signal: ending.signal }, (_, name) => name?.includes(".vectors.parquet") && kill(child));
    });
    ending.abort();
    expect(existsSync(at("broken", "activations.json"))).toBe(false);
    expect(readdirSync(at("broken")).some((name) => name.endsWith(".part") || name.includes("duckdb"))).toBe(true);
    const end = await run(broken);
    expect([end.status, (await whole).status]).toEqual([0, 0]);
    expectSame("broken", "undisturbed");
    expect(readdirSync(at("broken")).sort()).toEqual(written);
  });
});

describe("refused, and nothing is changed:", () => {
  const all = (name: string) => readdirSync(at(name)).map((one) => [one, bytes(name, one).toString("latin1")]);

  test("a folder that holds other vectors, until --restart", async () => {
    const words = [...small, "--out", "taken"];
    await run(words);
    const before = all("taken");
    for (const [more, said] of [
      [["--positions", "max"], "--positions mean, these have --positions max"],
      [["--most", "7"], "no --most, these have --most 7"],
    ] as const) {
      const { status, out, err } = await run([...words, ...more]);
      expect({ status, out }).toEqual({ status: 2, out: "" });
      expect(err).toMatch(/^--out "taken": it holds vectors made with .*--restart.* code: STORE_OTHER\n$/);
      expect(err).toContain(said);
    }
    mkdirSync(at("model"));
    writeSmallModel(at("model"), { side: 24, phase: 1, name: "m" });
    const other = [join("model", "m.onnx"), ...words.slice(1)];
    expect((await run(other)).err).toMatch(/it holds other vectors: its network was another, or is changed since\. /);
    await sharp(at("shapes", "bar", "0.png"))
      .negate()
      .toFile(at("shapes", "bar", "new.png"));
    expect((await run(words)).err).toMatch(/it holds other vectors: its pictures or their labels were others\. /);
    rmSync(at("shapes", "bar", "new.png"));
    expect(all("taken")).toEqual(before);
    writeFileSync(at("taken", "mine.txt"), "not yours");
    expect(await run([...words, "--positions", "max", "--restart"])).toMatchObject({ status: 0 });
    expect(json("taken", "activations.json").layer.of).toBe("max");
    expect(readdirSync(at("taken")).sort()).toEqual([...written, "mine.txt"].sort());
  });

  test("what cannot be done, before anything is written", async () => {
    mkdirSync(at("nothing"));
    const refusals: [name: string, words: readonly string[], said: RegExp][] = [
      ["no data", ["small.onnx", "--layer", "features"], /--data DATA is missing.*code: OPTION_MISSING/],
      [
        "no layer",
        ["small.onnx", "--data", "shapes"],
        /--layer LAYER is missing.*noema inspect .*code: OPTION_MISSING/,
      ],
      ["a layer that is not there", [...small.slice(0, 3), "--layer", "feature"], /"features".*code: LAYER_UNKNOWN/],
      ["data that are not there", ["small.onnx", "--data", "./shape", "--layer", "features"], /code: DATASET_SOURCE/],
      ["a folder without pictures", ["small.onnx", "--data", "nothing", "--layer", "features"], /code: DATASET_EMPTY/],
      [
        "positions that are none",
        [...small, "--positions", "0"],
        /--positions: "0", it must be mean, max, centre.*code: OPTION_VALUE/,
      ],
      ["a file as the folder", [...small, "--out", "large.png"], /it is a file.*code: OUT_PATH/],
      ["a model that is no model", ["large.png", ...small.slice(1)], /code: MODEL_FORMAT/],
      [
        "a size that the dataset has not",
        ["small.onnx", "--data", "avatars", "--layer", "features"],
        /--data-size .*code: DATASET_SIZE/,
      ],
    ];
    await Promise.all(
      refusals.map(async ([name, words, said], i) => {
        const ended = await run(words.includes("--out") ? words : [...words, "--out", `refused-${i}`]);
        expect({ status: ended.status, out: ended.out }, name).toEqual({ status: 2, out: "" });
        expect(ended.err, name).toMatch(said);
        expect(existsSync(at(`refused-${i}`)), name).toBe(false);
      }),
    );
  });

  test("more than the disk holds", async () => {
    const x = input("pixels", [1, 1, 28, 28]);
    const sizes = constant(Tensor.ofNumbers("int64", [4], [1, 1, 8000, 8000]));
    const wide = emit("Resize", [x, null, null, sizes])[0];
    wide.name = "wide";
    writeFileSync(at("wide.onnx"), writeModel({ inputs: { pixels: x }, outputs: { wide } }).bytes);
    // 64 million positions of 70,000 pictures.
    const words = ["wide.onnx", "--data", "mnist", "--layer", "wide", "--batch", "1", "--out", "full"];
    const { status, err } = await run([...words, "--positions", "all"]);
    expect(status).toBe(2);
    expect(err).toMatch(
      /4480000000000 vectors of 1 numbers are 17,900 GB, .*--positions 4.* code: ACTIVATIONS_SPACE\n$/,
    );
    expect(existsSync(at("full"))).toBe(false);
  });

  test("NaN: the picture is named, and nothing is left", async () => {
    const x = input("pixels", [1, 3, 8, 8]);
    // The logarithm of less than 0 where a picture is darker than half, as only the second of these is.
    const odd = emit("Log", [build.sub(build.reduceMean(x, [2, 3], { keepdims: false }), 0.5)])[0];
    odd.name = "odd";
    writeFileSync(at("odd.onnx"), writeModel({ inputs: { pixels: x }, outputs: { odd } }).bytes);
    const sidecar = { layout: "NCHW", channels: "RGB", range: [0, 1], mean: [0, 0, 0], scale: [1, 1, 1] };
    writeFileSync(at("odd.noema.json"), JSON.stringify(sidecar));
    mkdirSync(at("two"));
    for (const [name, grey] of [
      ["a", 200],
      ["b", 20],
    ] as const) {
      await sharp({ create: { width: 8, height: 8, channels: 3, background: { r: grey, g: grey, b: grey } } })
        .png()
        .toFile(at("two", `${name}.png`));
    }
    const { status, err } = await run(["odd.onnx", "--data", "two", "--layer", "odd", "--out", "nan"]);
    expect(status).toBe(2);
    expect(err).toMatch(/^b\.png: the layer makes NaN of it.*code: ACTIVATIONS_NOT_FINITE\n$/);
    expect(readdirSync(at("nan"))).toEqual([]);
  });
});

describe("as docs/activations.md says, Python reads it in four lines", () => {
  const python = spawnSync("python3", ["-c", "import numpy"]).status === 0;
  test("and sees the same numbers", async (context) => {
    if (!python) context.skip("python3 with numpy is not there");
    await run([...small, "--out", "read"]);
    const page = readFileSync(join(dirname(import.meta.dirname), "docs/activations.md"), "utf8");
    const [, code] = /```python\n(.*?)```/s.exec(page)!;
    expect(code.trim().split("\n")).toHaveLength(4);
    const text = `${code.replaceAll("activations/4c", "read")}\nprint(vectors.dtype, vectors.shape, float(vectors[29, 5]))`;
    const { stdout, stderr } = spawnSync("python3", ["-c", text], { cwd: folder, encoding: "utf8" });
    const store = ActivationsStore.open(at("read"));
    expect({ stdout, stderr }).toEqual({ stdout: `float32 (30, 6) ${store.read(29, 1)[5]}\n`, stderr: "" });
    store.close();
  });
});
