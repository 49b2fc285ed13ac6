/** @file noema train refuses what it cannot do, in one message with a code, and leaves nothing half-written. */
import { spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Ended, noema, runNoema } from "./run-noema.js";
import { writeIdx, writeShapes } from "./training-data.js";

vi.setConfig({ testTimeout: 240_000 });

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "noema-refusals-"));
  await writeShapes(join(folder, "shapes"), 10, 8);
  writeIdx(join(folder, "idx"), 60);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const at = (...names: string[]) => join(folder, ...names);
const run = (words: readonly string[]) => runNoema(folder, ["train", ...words]);
const few = ["--hidden", "4,8", "--latents", "2", "--epochs", "1", "--threads", "1"];
const xcov = (data: string, ...more: string[]) => run(["xcov", "--data", data, ...few, "--out", "never", ...more]);

/** What it says besides how far it is, and what may come next. */
const said = (err: string) =>
  err
    .split("\n")
    .filter((line) => line !== "" && !/^(Next: |\d+ of \d+ (pictures|steps)(,|$))/.test(line))
    .join("\n");

function expectRefused({ status, out, err }: Ended, message: RegExp): void {
  expect({ status, out }).toEqual({ status: 2, out: "" });
  expect(said(err)).toMatch(message);
  expect(err.match(/ code: [A-Z_]+$/gm)).toHaveLength(1);
  expect(err).not.toMatch(/\n\s+at |UNEXPECTED/);
}

/** A grey TIFF of 8×8 floats, all the same (TIFF 6.0, section 2). */
function floatTiff(value: number): Buffer {
  const entries = [
    [256, 4, 1, 8],
    [257, 4, 1, 8],
    [258, 3, 1, 32],
    [259, 3, 1, 1],
    [262, 3, 1, 1],
    [273, 4, 1, 8 + 2 + 9 * 12 + 4],
    [277, 3, 1, 1],
    [279, 4, 1, 256],
    [339, 3, 1, 3],
  ];
  const head = Buffer.alloc(8 + 2 + entries.length * 12 + 4);
  head.write("II*\0", "latin1");
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(entries.length, 8);
  for (const [i, [tag, type, count, content]] of entries.entries()) {
    head.writeUInt16LE(tag!, 10 + 12 * i);
    head.writeUInt16LE(type!, 12 + 12 * i);
    head.writeUInt32LE(count!, 14 + 12 * i);
    head.writeUInt32LE(content!, 18 + 12 * i);
  }
  return Buffer.concat([head, Buffer.from(new Float32Array(64).fill(value).buffer)]);
}

const picture = (light: number, side = 8) =>
  sharp({ create: { width: side, height: side, channels: 3, background: { r: light, g: light, b: light } } })
    .png()
    .toBuffer();

/** Files by their paths, in a new folder. */
function write(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  mkdirSync(at(name), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(at(name), path, ".."), { recursive: true });
    writeFileSync(at(name, path), content);
  }
  return name;
}

describe("data that cannot be learned from", () => {
  test("are refused one by one", async () => {
    const png = await picture(100);
    const nan = floatTiff(Number.NaN);
    const ten = (name: string, content: Uint8Array) =>
      Object.fromEntries(Array.from({ length: 10 }, (_, i) => [name.replace("*", String(i)), content]));
    const both = { ...ten("a/*.png", png), ...ten("b/*.png", png) };
    const cases: Readonly<Record<string, readonly [string, RegExp]>> = {
      "no pictures": [write("empty", {}), /there is no picture in it.* code: DATASET_EMPTY$/],
      "no such folder": ["nowhere", /"nowhere": there is no such kind, file or folder.* code: DATASET_UNKNOWN$/],
      "no labels": [write("flat", ten("*.png", png)), /lie in no subfolders.* code: LABELS_MISSING$/],
      "one label": [write("one", ten("a/*.png", png)), /all have the label "a".* code: LABELS_ONE$/],
      "a label of one picture": [
        write("single", { ...both, "c/rare.png": png }),
        /label "c" \(1 picture\).*share for testing be 0.* code: LABEL_FEW$/,
      ],
      "a table of other files": [
        write("table", { ...ten("*.png", png), "labels.csv": "file,label\nx.png,a\ny.png,b\n" }),
        /none of its 2 files is in.* code: LABELS_TABLE$/,
      ],
      "a table with a row that is too short": [
        write("short", { ...ten("*.png", png), "labels.csv": "file,label\n0.png,a\n1.png\n" }),
        /row 3 has 1 fields.* code: LABELS_TABLE$/,
      ],
      "too many that cannot be read": [
        write("corrupt", { ...both, "a/0.png": png.subarray(0, 60), "b/1.png": "not a picture" }),
        /2 of 20 pictures cannot be read:[\s\S]*a\/0\.png: it is damaged[\s\S]*b\/1\.png: it is none of JPEG[\s\S]* code: PICTURES_UNREADABLE$/,
      ],
      "pixels that are no numbers": [
        write("nan", { ...ten("a/*.png", png), ...ten("b/*.tif", nan) }),
        /10 of 20 pictures cannot be read:[\s\S]*its numbers are of the kind float[\s\S]* code: PICTURES_UNREADABLE$/,
      ],
    };
    await Promise.all(Object.values(cases).map(async ([data, message]) => expectRefused(await xcov(data), message)));
    expect(existsSync(at("never"))).toBe(false);
  });

  test("are left out where they are few, and listed", async () => {
    cpSync(at("shapes"), at("some"), { recursive: true });
    writeFileSync(at("some", "bar", "nan.tif"), floatTiff(Number.NaN));
    const { status, err } = await run(["xcov", "--data", "some", ...few, "--out", "clean"]);
    expect({ status, err: said(err) }).toEqual({
      status: 0,
      err: "1 of 31 pictures cannot be read and are left out: bar/nan.tif: its numbers are of the kind float",
    });
    const { data, figures } = JSON.parse(readFileSync(at("clean", "run.json"), "utf8"));
    expect(data).toMatchObject({ count: 30, skipped: [{ name: "bar/nan.tif" }] });
    expect(Object.values(figures).every(Number.isFinite)).toBe(true);
    rmSync(at("clean"), { recursive: true });
  });

  test("whatever they are called, is trained on; and its command can be given again", async () => {
    const hostile = ["__proto__", "constructor", '"; rm -rf $HOME #', "<script>", "a\nb", "--out", "ünï 😀"];
    const files: Record<string, Uint8Array> = {};
    for (const [i, name] of hostile.entries()) {
      for (let k = 0; k < 3; k++) files[`${name}/-${k}%00${"'".repeat(k)}.png`] = await picture(30 * i + 3 * k);
    }
    const data = write("--it's", files);
    const words = ["xcov", `--data=${data}`, ...few, "--out", "o'ut $(x)"];
    expect(await run(words)).toMatchObject({ status: 0 });
    const { labels, command } = JSON.parse(readFileSync(at("o'ut $(x)", "run.json"), "utf8"));
    expect(labels).toEqual([...hostile].sort((a, b) => (a < b ? -1 : 1)));
    const shell = `noema() { '${process.execPath}' '${noema}' "$@"; }; ${command}`;
    const again = await runCommand("sh", ["-c", shell]);
    expect(again).toMatchObject({ status: 0, err: expect.stringContaining("this training is finished") });
  });
});

function runCommand(command: string, words: readonly string[]): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(command, words, { cwd: folder });
    let [out, err] = ["", ""];
    child.stdout.on("data", (text) => {
      out += text;
    });
    child.stderr.on("data", (text) => {
      err += text;
    });
    child.on("error", failed);
    child.on("close", (status) => done({ status, out, err }));
  });
}

test("words that make no sense are refused", async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["xcv", "--data", "idx"], /"xcv".*Nearest: "xcov".* code: TASK_UNKNOWN$/],
    [["xcov", "--data", "idx", "--network", "convolution"], /Nearest: "conv".* code: ARCHITECTURE_UNKNOWN$/],
    [["xcov", "--data", "idx", "--hidden", "0,8"], /--hidden: "0,8".* code: OPTION_VALUE$/],
    [["xcov", "--data", "idx", "--hidden", "8"], /at least two.* code: ARCHITECTURE_SHAPE$/],
    [["xcov", "--data", "idx", "--schedule", "cosin"], /Nearest: "cosine".* code: SCHEDULE_UNKNOWN$/],
    [["classifier", "--data", "idx", "--gamma", "3"], /--gamma: .* code: OPTION_UNUSED$/],
    [["classifier", "--data", "idx", "--spatial"], /--spatial: .* code: OPTION_UNUSED$/],
    [["xcov", "--data", "idx", "--label", "clas"], /Nearest: "class".* code: FACTOR_UNKNOWN$/],
    [["xcov", "--data", "idx", "--held-out", "person"], /"person".* code: FACTOR_UNKNOWN$/],
    [["xcov", "--data", "idx", "--pairs"], /without pairs.* code: PAIRS_UNKNOWN$/],
  ];
  await Promise.all(
    cases.map(async ([words, message]) => expectRefused(await run([...words, "--out", "never"]), message)),
  );
  expect(existsSync(at("never"))).toBe(false);
});

test("a training that diverges stops, names the step, keeps what was good and writes no model", async () => {
  const words = ["xcov", "--data", "idx", ...few, "--batch", "8", "--out", "wild"];
  const ended = await run([...words, "--rate", "1e6"]);
  expectRefused(
    ended,
    /^step \d+: .* is (NaN|-?Infinity).*smaller learning rate.*wild.training\.state holds what was good, step \d+; .*--restart.* code: TRAINING_DIVERGED$/,
  );
  expect(readdirSync(at("wild")).filter((name) => name !== "log.jsonl")).toEqual(["training.state"]);
  expectRefused(await run([...words, "--rate", "1e-3"]), /--rate 1000000, this one has --rate 0\.001.*RUN_OTHER$/);
  expect(await run([...words, "--rate", "1e-3", "--restart"])).toMatchObject({ status: 0 });
});

describe("where it cannot write", () => {
  test("it says so before it begins", async () => {
    writeFileSync(at("file"), "mine");
    for (const out of ["file", join("file", "deeper"), ""]) {
      expectRefused(await run(["xcov", "--data", "idx", ...few, "--out", out]), / code: OUT_PATH$/);
    }
    expect(readFileSync(at("file"), "utf8")).toBe("mine");
  });

  test.skipIf(process.platform === "win32")(
    "as in a folder that may only be read, nothing is written",
    async (context) => {
      const out = at("locked");
      const undo = await readOnly(out);
      try {
        if (canWrite(out)) context.skip("this user may write everywhere, and may not mount a file system");
        expectRefused(await run(["xcov", "--data", "idx", ...few, "--out", out]), / code: OUT_PATH$/);
        expect(readdirSync(out)).toEqual([]);
      } finally {
        await undo();
      }
    },
  );

  /** A file may have so many KiB, as though the disk were full; the signal that comes with it is not for us. */
  const withLimit = (kib: number, words: readonly string[]) =>
    runCommand("bash", ["-c", `trap '' XFSZ; ulimit -f ${kib}; exec "$@"`, "-", process.execPath, noema, ...words]);
  const hasBash = process.platform !== "win32" && existsSync("/bin/bash");

  test.skipIf(!hasBash)("a disk without room for the state: nothing is left behind", async () => {
    const words = ["xcov", "--data", "idx", ...few, "--out", "full"];
    expectRefused(
      await withLimit(1, ["train", ...words]),
      /^--out "full.training\.state": it cannot be written: .* code: OUT_PATH$/,
    );
    expect(readdirSync(at("full"))).toEqual([]);
  });

  test.skipIf(!hasBash)("a disk that is full later: what was saved is whole, and is gone on with", async () => {
    const words = ["xcov", "--data", "mnist:idx", "--size", "8", "--hidden", "4", "--latents", "1", "--batch", "4"];
    const more = ["--epochs", "20", "--save-every", "0", "--threads", "1"];
    expectRefused(
      await withLimit(24, ["train", ...words, ...more, "--out", "later"]),
      /(log|--out) ".*": it cannot be written: .* code: OUT_PATH$/,
    );
    expect(readdirSync(at("later")).sort()).toEqual(["log.jsonl", "training.state"]);
    // Whole lines, or none.
    expect(readFileSync(at("later", "log.jsonl"), "utf8")).toMatch(/^(.*\}\n)*$/);
    expect(await run([...words, ...more, "--out", "later"])).toMatchObject({ status: 0 });
    await run([...words, ...more, "--out", "undisturbed"]);
    for (const name of ["encoder.onnx", "decoder.onnx", "log.jsonl"]) {
      expect(readFileSync(at("later", name)).equals(readFileSync(at("undisturbed", name)))).toBe(true);
    }
  });

  test.skipIf(process.platform !== "linux")("a file system that is full", async (context) => {
    const out = at("tiny");
    if (!(await mounted(out, "size=64k"))) context.skip("only root may mount one");
    try {
      const ended = await run(["xcov", "--data", "idx", "--hidden", "16,64", "--epochs", "1", "--out", out]);
      expectRefused(ended, /no space left on device.* code: OUT_PATH$/);
      expect(readdirSync(out)).toEqual([]);
    } finally {
      await unmount(out);
    }
  });
});

async function mounted(path: string, options: string): Promise<boolean> {
  mkdirSync(path, { recursive: true });
  const { status } = await runCommand("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path]).catch(() => ({
    status: 1,
  }));
  return status === 0;
}

const unmount = (path: string) => runCommand("umount", [path]);

/** A folder that may only be read, even by root where that may mount. */
async function readOnly(path: string): Promise<() => unknown> {
  if (await mounted(path, "ro")) return () => unmount(path);
  chmodSync(path, 0o555);
  return () => chmodSync(path, 0o755);
}

function canWrite(path: string): boolean {
  try {
    writeFileSync(join(path, "try"), "");
    rmSync(join(path, "try"));
    return true;
  } catch {
    return false;
  }
}
