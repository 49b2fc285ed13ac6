import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, constant, emit, input, NoemaError, Tensor, writeModel } from "@noema/engine";
import { parseObjective, seededRandom } from "@noema/lenses";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readOptions } from "../terminal/read-options.js";
import { command } from "./directions.js";

const classes = { red: [200, 60, 60], green: [60, 200, 60], blue: [60, 60, 200] } as const;
const each = 8;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "noema-directions-"));
  const pixels = input("pixels", [1, 3, 16, 16]);
  const weights = Float32Array.from({ length: 6 * 27 }, (_, i) => Math.sin(i * 12.9898));
  const conv = emit("Conv", [pixels, constant(Tensor.of("float32", [6, 3, 3, 3], weights))])[0];
  conv.name = "signed";
  const features = build.relu(conv);
  features.name = "features";
  const roots = build.sqrt(conv);
  roots.name = "roots";
  const sum = build.reduceSum(features, [0, 1, 2, 3], { keepdims: false });
  sum.name = "sum";
  writeFileSync(
    join(folder, "small.onnx"),
    writeModel({ inputs: { pixels }, outputs: { signed: conv, features, roots, sum } }).bytes,
  );
  writeFileSync(
    join(folder, "small.noema.json"),
    JSON.stringify({ layout: "NCHW", channels: "RGB", range: [0, 1], mean: [0, 0, 0], scale: [1, 1, 1] }),
  );
  const random = seededRandom(1);
  for (const [name, colour] of Object.entries(classes)) {
    mkdirSync(join(folder, "pictures", name), { recursive: true });
    for (let i = 0; i < each; i++) {
      const data = Uint8Array.from({ length: 16 * 16 * 3 }, (_, at) => colour[at % 3] + random.below(50));
      const png = await sharp(data, { raw: { width: 16, height: 16, channels: 3 } })
        .png()
        .toBuffer();
      writeFileSync(join(folder, "pictures", name, `${name}_${i}.png`), png);
    }
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command in this process, where the folder's files go by their names alone. */
async function run(args: readonly string[], abortAt?: string): Promise<{ out: string; err: string }> {
  const controller = new AbortController();
  let [out, err] = ["", ""];
  const terminal = {
    signal: controller.signal,
    print: (line: string) => {
      out += `${line}\n`;
    },
    warn: (line: string) => {
      err += `${line}\n`;
    },
    progress: (_: number, unit: string) => {
      const update = () => {
        if (abortAt !== undefined && unit.includes(abortAt)) controller.abort();
      };
      return { update, stop: () => {} };
    },
  };
  const files = new Set(["--images", "--out", "--labels"]);
  const words = args.map((word, i) => (i === 0 || files.has(args[i - 1]) ? join(folder, word) : word));
  await command.run(readOptions(command, words), terminal);
  return { out, err };
}

const quick = { resamples: "100", dreams: "0", steps: "2", count: "4", images: "pictures" };
function directions(given: Record<string, string>, abortAt?: string) {
  const options = Object.entries({ ...quick, ...given }).flatMap(([name, value]) => [`--${name}`, value]);
  return run(["small.onnx", ...options], abortAt);
}

interface Numbers {
  readonly verdict: readonly string[];
  readonly notes: readonly string[];
  readonly kinds: readonly {
    readonly name: string;
    readonly directions: readonly {
      readonly name: string;
      readonly vector: string;
      readonly label: string;
      readonly beyondChance: number;
    }[];
  }[];
  readonly comparison: { readonly differences: readonly unknown[] };
}
const numbersIn = (out: string) => JSON.parse(readFileSync(join(folder, out, "directions.json"), "utf8")) as Numbers;

test("the same command gives the same files: the answer, all numbers, a figure, a page and vectors to dream of", async () => {
  const { out } = await directions({ layer: "features", out: "a", dreams: "1" });
  await directions({ layer: "features", out: "b", dreams: "1" });
  expect(out).toMatch(/^(The basis is|No difference)/);
  expect(out).toContain(`${join(folder, "a", "index.html")}\n`);
  for (const file of ["directions.png", "vectors/ica-0.json"]) {
    expect(readFileSync(join(folder, "a", file)).equals(readFileSync(join(folder, "b", file))), file).toBe(true);
  }
  const numbers = numbersIn("a");
  const kinds = ["unit", "random", "standardised", "matched", "pca", "ica", "nmf"];
  expect(numbers.kinds.map(({ name }) => name)).toEqual(kinds);
  expect(numbers.kinds).toEqual(numbersIn("b").kinds);
  expect(numbers.comparison.differences).toHaveLength(8);
  for (const { name, vector } of numbers.kinds.flatMap((kind) => kind.directions)) {
    const values = JSON.parse(readFileSync(join(folder, "a", vector), "utf8")) as number[];
    expect(Math.hypot(...values), name).toBeCloseTo(1, 5);
    expect(values).toHaveLength(6);
  }
  const page = readFileSync(join(folder, "a", "index.html"), "utf8");
  expect(page).toContain(numbers.verdict[0].slice(0, 40));
  // Of four directions two are shown, and each of them was dreamt of.
  expect(page.match(/<img class="dream"/g)).toHaveLength(14);
  // Nothing is fetched from anywhere.
  expect(page).not.toMatch(/(src|href)="(?!data:)|url\(|@import/);
  const { width } = await sharp(join(folder, "a", "directions.png")).metadata();
  expect(width).toBeGreaterThan(1000);
  expect(parseObjective("direction:features:a/vectors/ica-0.json").vectors).toEqual(["a/vectors/ica-0.json"]);
});

test("channels that follow a colour each are found to", async () => {
  await directions({ layer: "signed", out: "signed", seed: "3" });
  const { directions: units } = numbersIn("signed").kinds[0];
  expect(units.every(({ label }) => Object.keys(classes).includes(label))).toBe(true);
  expect(Math.max(...units.map(({ beyondChance }) => beyondChance))).toBeGreaterThan(0.9);
});

test.each(["max", "centre"])(
  "%s over positions, opposites, labels from file names, no NMF of negative activations",
  async (positions) => {
    const given = { layer: "signed", out: positions, positions, signs: "both", "label-pattern": "^([a-z]+)_" };
    const { err } = await directions(given);
    expect(err).toContain("Without NMF");
    expect(numbersIn(positions).kinds.map(({ name }) => name)).not.toContain("nmf");
  },
);

test("unreadable pictures are left out, counted and listed, up to the share allowed", async () => {
  cpSync(join(folder, "pictures"), join(folder, "damaged"), { recursive: true });
  const whole = readFileSync(join(folder, "pictures", "red", "red_0.png"));
  writeFileSync(join(folder, "damaged", "red", "red_0.png"), whole.subarray(0, 200));
  writeFileSync(join(folder, "damaged", "blue", "empty.png"), "");
  const given = { layer: "features", images: "damaged" };
  await expect(directions({ ...given, out: "never" })).rejects.toThrow(
    /2 of 25 cannot be read:\n.*(red_0|empty)\.png.*\n.*(red_0|empty)\.png.*\n[^\0]*--max-unreadable\. code: PICTURES_UNREADABLE$/,
  );
  expect(existsSync(join(folder, "never"))).toBe(false);
  const { err } = await directions({ ...given, out: "rest", "max-unreadable": "0.1" });
  expect(err).toMatch(/2 of 25 pictures cannot be read and are left out: .*empty\.png, .*red_0\.png\./);
});

test("Ctrl-C before the dreams writes nothing, during them keeps the numbers", async () => {
  for (const stage of ["pictures", "non-negative", "resamples"]) {
    const { out, err } = await directions({ layer: "features", out: "early" }, stage);
    expect([out, err], stage).toEqual(["", "Stopped: nothing was written.\n"]);
    expect(existsSync(join(folder, "early"))).toBe(false);
  }
  const { err } = await directions({ layer: "features", out: "late", dreams: "1" }, "dreams");
  expect(err).toMatch(/^Stopped after 0 of 14 dreams; all numbers are there\.$/m);
  expect(numbersIn("late").kinds).toHaveLength(7);
});

describe("is refused with a code, and writes no folder:", () => {
  beforeAll(() => {
    const copy = (to: string, names: readonly string[]) => {
      for (const name of names) cpSync(join(folder, "pictures", name), join(folder, to, name), { recursive: true });
    };
    copy("one", ["red"]);
    copy("single", ["red/red_0.png", "green/green_0.png", "blue/blue_0.png"]);
    mkdirSync(join(folder, "empty"));
    mkdirSync(join(folder, "flat"));
    cpSync(join(folder, "pictures", "red", "red_0.png"), join(folder, "flat", "red_0.png"));
    writeFileSync(join(folder, "a-file"), "");
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ["an unknown layer", { layer: "featurs" }, /"featurs".*Nearest: .*"features".*LAYER_UNKNOWN$/],
    ["a layer without channels", { layer: "sum" }, /"sum".*LAYER_NO_CHANNELS$/],
    ["no images", { images: "empty" }, /FOLDER_NO_PICTURES$/],
    ["no folder", { images: "none" }, /FOLDER_UNREADABLE$/],
    ["no labels", { images: "flat" }, /--label-pattern.*LABELS_MISSING$/],
    ["one label", { images: "one" }, /1 label, the most frequent on 8 pictures.*LABELS_FEW$/],
    ["labels of one image", { images: "single", count: "2" }, /3 labels.*on 1 picture.*LABELS_FEW$/],
    ["more directions than channels", { count: "7" }, /6 channels.*DIRECTIONS_MANY$/],
    ["fewer images than directions", { images: "single" }, /3 pictures.*DIRECTIONS_MANY$/],
    [
      "activations that are no numbers",
      { layer: "roots" },
      /\.png: the layer makes NaN of it.*ACTIVATIONS_NOT_FINITE$/,
    ],
    ["a table that is not there", { labels: "none.csv" }, /FILE_UNREADABLE$/],
    ["a file for a folder", { out: "a-file" }, /OUT_PATH$/],
    ["another way to pool", { positions: "median" }, /one of mean, max, centre.*OPTION_VALUE$/],
  ])("%s", async (_, given, message) => {
    const failure = await directions({ layer: "features", out: "never", ...given }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NoemaError);
    expect((failure as NoemaError).message).toMatch(message);
    expect(readdirSync(folder)).not.toContain("never");
  });
});
