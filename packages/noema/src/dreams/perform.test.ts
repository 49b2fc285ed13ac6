import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { command } from "../cli/dream.js";
import { withPngTexts } from "../pictures/png-text.js";
import type { Terminal } from "../terminal/command.js";
import { readOptions } from "../terminal/read-options.js";
import { readRecipe } from "./recipe.js";
import { writeSmallModel } from "./small-model.testing.js";

let folder: string;
let model: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "noema-perform-"));
  model = writeSmallModel(folder);
  writeFileSync(join(folder, "labels.txt"), "cat\ndog, hound\nfox\nhen\nowl\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);

interface Ran {
  readonly printed: string[];
  readonly warned: string[];
}

/** The command with these words, interrupted after so many of its steps. */
async function run(words: readonly string[], stopAfter = Number.POSITIVE_INFINITY): Promise<Ran> {
  const [printed, warned]: [string[], string[]] = [[], []];
  const controller = new AbortController();
  const terminal: Terminal = {
    print: (line) => printed.push(line),
    warn: (line) => warned.push(line),
    progress: () => ({
      update: (done) => {
        if (done >= stopAfter) controller.abort();
      },
      stop: () => {},
    }),
    signal: controller.signal,
  };
  await command.run(readOptions(command, words), terminal);
  return { printed, warned };
}

/** A picture of the small model. */
const dream = (name: string, ...more: string[]) => [
  ...[model, "--threads", "1", "--out", at(name)],
  ...(more.includes("--objective") ? [] : ["--objective", "channel:features:2"]),
  ...(more.includes("--steps") ? [] : ["--steps", "4"]),
  ...more,
];
const bytes = (name: string) => readFileSync(at(name));
const size = async (name: string) => {
  const { width, height, channels } = await sharp(at(name)).metadata();
  return [width, height, channels];
};

describe("a picture is repeated byte for byte by its recipe", () => {
  test.each<[string, string[]]>([
    ["alone", []],
    ["of a best try", ["--tries", "3", "--batch", "2"]],
    [
      "with other options",
      ["--size", "20x28", "--rate", "0.1", "--image", "pixels", "--transforms", "jitter:2", "--overrides", "none"],
    ],
    ["of colours by themselves", ["--colours", "none", "--image", "fourier:decay=0.5"]],
    ["transparent", ["--alpha"]],
    ["of a class by its label", ["--objective", "class:hound", "--labels", "LABELS"]],
  ])("%s", async (_, more) => {
    await run(dream("first.png", ...more.map((word) => (word === "LABELS" ? at("labels.txt") : word))));
    const { printed, warned } = await run(["--from", at("first.png"), "--out", at("again.png")]);
    expect({ printed, warned }).toEqual({ printed: [at("again.png")], warned: ["The same picture, byte for byte."] });
    expect(bytes("again.png").equals(bytes("first.png"))).toBe(true);
  });

  test("out of a batch, of a snapshot, of a whole sheet, and of a run that was stopped", async () => {
    const many = ["--objective", "channel:features:{0..2}", "--seeds", "0..1", "--snapshots", "2", "--batch", "3"];
    const { printed } = await run(dream("many", ...many));
    expect(printed.length).toBe(13);
    await run(dream("stopped.png", "--steps", "9"), 3);
    const chosen = [
      "many/channel-features-2-seed-1.png",
      "many/channel-features-1-seed-0-step-2.png",
      "many/sheet.png",
      "stopped.png",
    ];
    for (const name of chosen) {
      await run(["--from", at(name), "--out", at("again.png")]);
      expect(bytes("again.png").equals(bytes(name)), name).toBe(true);
    }
    expect(readRecipe(bytes("stopped.png"), "").shows).toEqual({ place: 0, step: 3 });
    await run(dream("stopped.png", "--steps", "9"));
  });

  test("when the model was moved, and is told where it is", async () => {
    const moved = writeSmallModel(folder, { name: "moved" });
    await run([moved, "--objective", "channel:features:1", "--steps", "2", "--out", at("m.png")]);
    rmSync(moved);
    await expect(run(["--from", at("m.png"), "--out", at("n.png")])).rejects.toThrowError(
      /noema dream MODEL --from .*MODEL_MOVED$/,
    );
    await run([model, "--from", at("m.png"), "--out", at("n.png")]);
    expect(bytes("n.png").equals(bytes("m.png"))).toBe(true);
    const other = writeSmallModel(folder, { name: "other", phase: 1 });
    await expect(run([other, "--from", at("m.png"), "--out", at("o.png")])).rejects.toThrowError(/MODEL_CHANGED$/);
    expect(existsSync(at("o.png"))).toBe(false);
  });

  test("other options do not go with it", async () => {
    await expect(run(["--from", at("first.png"), "--steps", "3"])).rejects.toThrowError(/--steps.*OPTION_BESIDE_FROM$/);
  });
});

describe("refuses recipes that are", () => {
  test.each<[string, (recipe: Record<string, unknown>) => string | undefined, RegExp]>([
    ["not there", () => undefined, /RECIPE_MISSING$/],
    ["no JSON", () => "{", /RECIPE_CORRUPT$/],
    ["something else", () => "null", /RECIPE_CORRUPT$/],
    ["of another form", (recipe) => JSON.stringify({ ...recipe, noema: 2 }), /form 2.*RECIPE_VERSION$/],
    ["hostile", (recipe) => JSON.stringify(recipe).replace("{", `{"__proto__":{"x":1},`), /RECIPE_CORRUPT$/],
    ["endless", (recipe) => JSON.stringify({ ...recipe, steps: 1e9 }), /"steps".*RECIPE_CORRUPT$/],
    [
      "too large",
      (recipe) => JSON.stringify({ ...recipe, size: { width: 1e6, height: 1 } }),
      /"size.width".*RECIPE_CORRUPT$/,
    ],
    ["of wrong types", (recipe) => JSON.stringify({ ...recipe, jobs: "x" }), /"jobs".*RECIPE_CORRUPT$/],
    [
      "of a picture that is not among them",
      (recipe) => JSON.stringify({ ...recipe, shows: { place: 5, step: 1 } }),
      /RECIPE_CORRUPT$/,
    ],
    ["deep", () => `${"[".repeat(100_000)}`, /RECIPE_CORRUPT$/],
  ])("%s", async (_, change, message) => {
    await run(dream("good.png", "--steps", "1"));
    const { data, info } = await sharp(at("good.png")).raw().toBuffer({ resolveWithObject: true });
    const plain = await sharp(data, { raw: info }).png().toBuffer();
    const text = change(JSON.parse(JSON.stringify(readRecipe(bytes("good.png"), ""))));
    writeFileSync(at("bad.png"), text === undefined ? plain : withPngTexts(plain, { noema: text }));
    await expect(run(["--from", at("bad.png"), "--out", at("never.png")])).rejects.toThrowError(message);
    expect(existsSync(at("never.png"))).toBe(false);
  });

  test("in files that are no PNG, truncated, or not there", async () => {
    writeFileSync(at("cut.png"), bytes("first.png").subarray(0, 900));
    await expect(run(["--from", at("cut.png")])).rejects.toThrowError(/PNG_CORRUPT$/);
    await expect(run(["--from", at("labels.txt")])).rejects.toThrowError(/PNG_CORRUPT$/);
    await expect(run(["--from", at("none.png")])).rejects.toThrowError(/PNG_UNREADABLE$/);
  });
});

describe("what was interrupted", () => {
  test.each<[string, string[]]>([
    ["one picture", []],
    ["many pictures", ["--objective", "channel:features:{0..2}", "--snapshots", "1,3", "--batch", "2"]],
    ["tries", ["--tries", "3"]],
  ])("goes on with the same command, to the same bytes: %s", async (_, more) => {
    await run(dream("whole.png", ...more));
    rmSync(at("part.png"), { force: true });
    let warned: readonly string[] = [];
    for (let i = 0; i < 9 && !(i > 0 && warned.length === 0); i++) {
      ({ warned } = await run(dream("part.png", ...more), 2));
      warned = warned.filter((line) => line.startsWith("Stopped"));
    }
    expect(bytes("part.png").equals(bytes("whole.png"))).toBe(true);
    expect(existsSync(at(".noema"))).toBe(false);
  });

  test("is told about, left alone by other options, and forgotten when told so", async () => {
    const first = await run(dream("x.png"), 2);
    expect(first.warned).toEqual([
      expect.stringMatching(
        /^Stopped after 2 of 4 steps; .*x\.png holds the picture so far\. The same command goes on/,
      ),
    ]);
    const other = await run(dream("x.png", "--seed", "3"));
    expect(other.warned).toEqual([
      expect.stringMatching(/interrupted run of other options.*channel:features:2, 4 steps/),
    ]);
    const on = await run(dream("x.png"), 1);
    expect(on.warned[0]).toMatch(/^Going on where it was interrupted/);
    expect(readRecipe(bytes("x.png"), "").shows?.step).toBe(3);
    const anew = await run(dream("x.png", "--restart"), 1);
    expect(anew.warned.length).toBe(1);
    expect(readRecipe(bytes("x.png"), "").shows?.step).toBe(1);
    await run(dream("x.png", "--seed", "3", "--restart"));
    expect(existsSync(at(".noema"))).toBe(false);
  });
});

test("pictures that diverge are told of, the others and their last good ones are written", async () => {
  const words = dream("d", "--objective", "{channel:features:1,1e39*channel:features:1}", "--batch", "2");
  await expect(run(words)).rejects.toThrowError(/step 1, objective 1e\+?39.*DREAM_DIVERGED$/);
  expect(readdirSync(at("d")).sort()).toEqual(["channel-features-1.png", "sheet.png"]);
});

describe("pictures of any count of channels", () => {
  test.each<[number, string[], number[]]>([
    [1, [], [24, 24, 1]],
    [1, ["--alpha"], [24, 24, 2]],
    [3, ["--alpha"], [24, 24, 4]],
    [4, [], [96, 24, 1]],
  ])("%i %s", async (channels, more, wanted) => {
    const own = writeSmallModel(folder, { name: `of-${channels}`, channels });
    await run([own, ...dream("n.png", ...more).slice(1)]);
    expect(await size("n.png")).toEqual(wanted);
    await run([own, ...dream("n.png", ...more, "--seeds", "0..1").slice(1)]);
  });
});

test("frames of one picture are an animation, of several one each", async () => {
  await run(dream("f.png", "--frames", at("f.webp"), "--every", "2", "--steps", "5"));
  const { pages, width, pageHeight } = await sharp(at("f.webp"), { animated: true }).metadata();
  expect([pages, width, pageHeight]).toEqual([4, 24, 24]);
  expect(await size("f.png")).toEqual([24, 24, 3]);
  await run(dream("g.png", "--frames", at("frames"), "--seeds", "1..2"));
  expect(readdirSync(at("frames")).sort()).toEqual([
    "channel-features-2-seed-1.webp",
    "channel-features-2-seed-2.webp",
  ]);
  await expect(run(dream("g.png", "--frames", at("h.webp"), "--seeds", "1..2"))).rejects.toThrowError(/FRAMES_ONE$/);
});

describe("from files", () => {
  test("a photograph to start from, which a recipe knows again", async () => {
    const photograph = at("photograph.png");
    await sharp({ create: { width: 60, height: 40, channels: 3, background: "#2060c0" } })
      .png()
      .toFile(photograph);
    await run(dream("s.png", "--start", photograph, "--steps", "1"));
    const { channels } = await sharp(at("s.png")).stats();
    channels.forEach(({ mean }, i) => {
      expect(Math.abs(mean - [0x20, 0x60, 0xc0][i])).toBeLessThan(12);
    });
    await run(["--from", at("s.png"), "--out", at("again.png")]);
    expect(bytes("again.png").equals(bytes("s.png"))).toBe(true);
    await sharp({ create: { width: 60, height: 40, channels: 3, background: "#2060c1" } })
      .png()
      .toFile(photograph);
    await expect(run(["--from", at("s.png"), "--out", at("t.png")])).rejects.toThrowError(
      /another file.*FILE_CHANGED$/,
    );
  });

  test("a direction", async () => {
    writeFileSync(at("v.json"), JSON.stringify({ vector: [0, 1, 0, 0, 0.5, 0] }));
    await run(dream("v.png", "--objective", `direction:features:"${at("v.json")}"`));
    await run(["--from", at("v.png"), "--out", at("again.png")]);
    expect(bytes("again.png").equals(bytes("v.png"))).toBe(true);
  });
});

test("objectives that compare the pictures of a batch say how to draw several", async () => {
  const words = ["--objective", "channel:features:2 + diversity:features", "--seeds", "0..1"];
  await expect(run(dream("x.png", ...words))).rejects.toThrowError(/--seeds 0\.\.3 --batch 4.*BATCH_SIZE$/);
  await run(dream("x.png", ...words, "--batch", "2"));
});

describe("refuses", () => {
  test.each<[string, string[], RegExp]>([
    ["snapshots after the end", ["--snapshots", "9"], /OPTION_VALUE$/],
    ["both seed and seeds", ["--seed", "1", "--seeds", "2"], /OPTION_VALUE$/],
    [
      "too many pictures",
      ["--objective", "channel:features:{0..5}", "--seeds", "0..4999"],
      /30,000 pictures.*RUN_PICTURES$/,
    ],
    ["an unknown image", ["--image", "fourie"], /"fourier".*IMAGE_UNKNOWN$/],
    ["an unknown override", ["--overrides", "redirected"], /OVERRIDE_UNKNOWN$/],
    ["frames without a file", ["--every", "2"], /--frames.*OPTION_MISSING$/],
    ["another kind of file", ["--out", "x.jpg"], /OUT_FORMAT$/],
    ["a photograph that is not there", ["--start", "none.jpg"], /none\.jpg.*FILE_UNREADABLE$/],
    ["a size of 5000", ["--size", "5000"], /4096.*OPTION_VALUE$/],
    ["a label without labels", ["--objective", "class:dog"], /code: [A-Z_]+$/],
  ])("%s", async (_, more, message) => {
    const words = dream("never.png", ...more);
    const given = more.includes("--out") ? words.filter((_, i) => i !== 3 && i !== 4) : words;
    await expect(run(given)).rejects.toThrowError(message);
    expect(existsSync(at("never.png"))).toBe(false);
  });
});
