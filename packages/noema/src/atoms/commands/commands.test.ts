import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { command as activations } from "../../cli/activations.js";
import type { Command } from "../../terminal/command.js";
import { readOptions } from "../../terminal/read-options.js";
import { quietTerminal, writePeople, writeUntrainedRun } from "../small-atoms.testing.js";
import { atomsCommands } from "./index.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
const at = (...names: string[]) => join(folder, ...names);

async function run(command: Command, words: readonly string[], terminal = quietTerminal()): Promise<string[]> {
  await command.run(readOptions(command, words), terminal);
  return terminal.said;
}

/** Words that begin with @ are within the test's folder. */
const atoms = (name: string, ...words: string[]) =>
  run(
    atomsCommands.find((one) => one.name === name)!,
    words.map((word) => word.replaceAll("@", `${folder}/`)),
  );
const learned = ["--atoms", "12", "--sparsity", "3", "--iterations", "4", "--threads", "1"];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "noema-atoms-"));
  await writePeople(at("people"));
  writeUntrainedRun(at("run"), at("people"));
  writeUntrainedRun(at("narrow"), at("people"), 4);
  for (const [model, out] of [
    ["run", "vectors"],
    ["narrow", "others"],
  ]) {
    await run(activations as unknown as Command, [
      at(model),
      "--data",
      at("people"),
      "--out",
      at(out),
      "--threads",
      "1",
    ]);
  }
  await atoms("learn", "@vectors", "--out", "@atoms", ...learned);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const json = (...names: string[]) => JSON.parse(readFileSync(at(...names), "utf8"));
const sides = async (path: string) => {
  const { width, height } = await sharp(path).metadata();
  return [width!, height!];
};

describe("learn", () => {
  test("sets whole people apart, says what atoms explain, and codes every vector", () => {
    const { split, curve, history } = json("atoms", "atoms.json");
    // A tenth of eight people is one; each has 18 pictures.
    expect([split.manner, split.training, split.test]).toEqual(["held out", 126, 18]);
    expect(history).toHaveLength(4);
    expect(curve).toHaveLength(4);
    for (let k = 1; k < curve.length; k++) expect(curve[k]).toBeGreaterThanOrEqual(curve[k - 1] - 1e-6);
    expect(curve[3]).toBeGreaterThan(0.5);
    expect(json("atoms", "dictionary.json").figures.explained).toBe(curve[3]);
    expect(json("atoms", "codes.json").vectors).toBe(144);
    expect(existsSync(at("atoms", "atoms.state"))).toBe(false);
  });

  test("a second time only reads; another recipe is refused, or begins anew when asked", async () => {
    const before = readFileSync(at("atoms", "codes.parquet"));
    const said = await atoms("learn", "@vectors", "--out", "@atoms", ...learned);
    expect(said[0]).toContain("these atoms are learned");
    await expect(atoms("learn", "@vectors", "--out", "@atoms", "--atoms", "10", "--sparsity", "3")).rejects.toThrow(
      /made with.*--atoms 12.*these have --atoms 10.*STORE_OTHER/,
    );
    expect(readFileSync(at("atoms", "codes.parquet")).equals(before)).toBe(true);
    await atoms("learn", "@vectors", "--out", "@again", ...learned);
    for (const name of ["dictionary.f32", "codes.parquet", "codes-coefficients.f32", "learning.png"]) {
      expect(readFileSync(at("again", name)).equals(readFileSync(at("atoms", name)))).toBe(true);
    }
    await atoms("learn", "@vectors", "--out", "@again", ...learned.with(1, "8"), "--restart");
    expect(json("again", "dictionary.json").count).toBe(8);
  });

  test("stopped after any step, it goes on to the same bytes", async () => {
    const learn = atomsCommands.find(({ name }) => name === "learn")!;
    for (const method of ["k-svd", "online"]) {
      const words = [at("vectors"), ...learned, "--method", method, "--save-every", "0"];
      const outs = ["whole", "stopped"].map((name) => at(`${name}-${method}`));
      await run(learn, [...words, "--out", outs[0]]);
      const controller = new AbortController();
      const terminal = quietTerminal(controller.signal);
      const progress = () => ({ update: (done: number) => done === 2 && controller.abort(), stop: () => {} });
      const said = await run(learn, [...words, "--out", outs[1]], Object.assign(terminal, { progress }) as never);
      expect(said.at(-1)).toContain("Stopped");
      expect(existsSync(join(outs[1], "atoms.state"))).toBe(true);
      await expect(atoms("show", outs[1])).rejects.toThrow(/begun and not finished.*ATOMS_UNFINISHED/);
      expect((await run(learn, [...words, "--out", outs[1]])).join()).toContain("Going on after step 2");
      for (const name of ["dictionary.f32", "codes.parquet", "learning.png"]) {
        expect(readFileSync(join(outs[1], name)).equals(readFileSync(join(outs[0], name)))).toBe(true);
      }
    }
  });

  test("a state that was cut off is not gone on with", async () => {
    mkdirSync(at("cut"));
    writeFileSync(at("cut", "atoms.state"), "noema atoms 1\nand nothing else that a state has in it, whatever it says");
    const said = await atoms("learn", "@vectors", "--out", "@cut", ...learned);
    expect(said[0]).toMatch(/not whole, or was changed; it begins anew/);
    expect(readFileSync(at("cut", "dictionary.f32")).equals(readFileSync(at("atoms", "dictionary.f32")))).toBe(true);
  });

  test("only added, without a mean, of pictures drawn whoever is in them", async () => {
    const words = ["--non-negative", "--held-out", "none", "--test-share", "0.25"];
    await atoms("learn", "@vectors", "--out", "@added", ...learned, ...words);
    expect(json("added", "atoms.json").split).toMatchObject({ manner: "stratified", test: 36 });
    expect(json("added", "dictionary.json").nonNegative).toBe(true);
    const bytes = readFileSync(at("added", "codes-coefficients.f32"));
    const coefficients = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    expect(coefficients.every((amount) => amount >= 0)).toBe(true);
    expect(await sides((await atoms("show", "@added", "--pictures", "2")).at(-1)!)).not.toContain(0);
  });

  test("whitened, general ones first: all that is done with atoms is done with these", async () => {
    await atoms("learn", "@vectors", "--out", "@white", ...learned, "--whiten", "0.1", "--general", "5");
    const { length, whitened, options } = json("white", "dictionary.json");
    expect([whitened, options.whiten, options.general]).toEqual([true, 0.1, 5]);
    expect(readFileSync(at("white", "dictionary.f32")).length).toBe(4 * length * (12 + 1 + length));
    expect(json("white", "atoms.json").history).toHaveLength(8);
    const { curve } = json("white", "atoms.json");
    expect(curve[3]).toBeGreaterThan(0.3);
    const views: readonly (readonly string[])[] = [
      ["show", "@white", "--top", "2"],
      ["truncate", "@white", "--count", "1"],
      ["contribution", "@white", "--count", "1"],
      ["steer", "@white", "--add", "3", "--images", "@people/0-0-up.png"],
      ["query", "@white", "--like", "@people/0-0-up.png"],
      ["neighbours", "@white", "--atoms", "3"],
    ];
    for (const [name, ...words] of views) {
      expect(Math.min(...(await sides((await atoms(name, ...words)).at(-1)!)))).toBeGreaterThan(150);
    }
    await atoms("report", "@white", "--top", "2");
    expect(readFileSync(at("white", "report.html"), "utf8")).toContain("5 general atoms");
    await atoms("encode", "@white", "--sparsity", "3", "--out", "@white-again");
    const coefficients = (folder: string) => readFileSync(at(folder, "codes-coefficients.f32"));
    expect(coefficients("white-again").equals(coefficients("white"))).toBe(true);
    const refused = atoms("learn", "@vectors", "--out", "@white", ...learned, "--whiten", "0.2", "--general", "5");
    await expect(refused).rejects.toThrow(/--whiten 0.1.*--whiten 0.2.*STORE_OTHER/);
    await expect(atoms("learn", "@vectors", "--out", "@none", ...learned, "--general", "12")).rejects.toThrow(
      "LEARNING_OPTIONS",
    );
    expect(existsSync(at("none"))).toBe(false);
  });
});

describe("views", () => {
  test.each<[string, readonly string[], string]>([
    ["show", ["--pictures", "3"], "atoms.png"],
    ["show", ["--as", "grid"], "atoms.png"],
    ["show", ["--atoms", "3,1", "--dreams", "--steps", "2"], "atoms.png"],
    ["truncate", ["--count", "2"], "truncate.png"],
    ["truncate", ["--images", "@people/0-0-up.png"], "truncate.png"],
    ["contribution", ["--count", "1", "--atoms", "2,5", "--gain", "3"], "contribution.png"],
    ["steer", ["--add", "3:1,2:-0.5/1", "--count", "2"], "steer.png"],
    [
      "steer",
      ["--add", "3", "--amounts", "-2:2:5", "--images", "@people/0-0-up.png,@people/1-1-down.png"],
      "steer.png",
    ],
    ["steer", ["--attribute", "place = 'up'", "--against", "others"], "steer.png"],
    ["neighbours", ["--atoms", "3,4", "--count", "2"], "neighbours.png"],
    ["density", [], "density.png"],
    ["query", ["--like", "7"], "query.png"],
    ["query", ["--like", "@people/0-0-up.png", "--count", "3"], "query.png"],
  ])("%s %j is a picture", async (name, words, file) => {
    rmSync(at("atoms", file), { force: true });
    const said = await atoms(name, "@atoms", ...words);
    expect(said.at(-1)).toBe(at("atoms", file));
    expect(Math.min(...(await sides(at("atoms", file))))).toBeGreaterThan(150);
  });

  test("the same twice", async () => {
    await atoms("show", "@atoms", "--top", "2", "--out", "@first.png");
    await atoms("show", "@atoms", "--top", "2", "--out", "@second.png");
    expect(readFileSync(at("second.png")).equals(readFileSync(at("first.png")))).toBe(true);
  });

  test("an attribute says which atoms it is made of", async () => {
    const said = await atoms("steer", "@atoms", "--attribute", "place = 'up' and person != 'p0'", "--count", "1");
    expect(said[0]).toMatch(/^place = 'up' and person != 'p0': −?[\d.]+ · atom \d+, .*% of it is left$/);
  });

  test("the report holds all of it, and fetches nothing", async () => {
    await atoms("report", "@atoms", "--top", "4");
    const page = readFileSync(at("atoms", "report.html"), "utf8");
    const sections = [...page.matchAll(/<section id="([\w-]+)"/g)].map(([, id]) => id);
    expect(sections).toEqual([
      "learned",
      "numbers",
      "found",
      "atoms",
      "all",
      "density",
      "truncate",
      "steer",
      "neighbours",
    ]);
    expect(page.match(/<article class="atom"/g)).toHaveLength(4);
    expect(page).toContain("noema atoms learn");
    expect(page).not.toMatch(/(src|href)="https?:/);
  });
});

/** The lines of a table, without its head and the file that is named last. */
const rows = (said: readonly string[]) => said.slice(1, -1).map((line) => line.split(/ {2,}/));

describe("query", () => {
  test("by an atom: the strongest first, on the side that was asked for", async () => {
    const found = rows(await atoms("query", "@atoms", "--atom", "3", "--count", "5")).map(([, , amount]) =>
      Number(amount),
    );
    expect(found).toEqual([...found].sort((a, b) => b - a));
    expect(found.every((amount) => amount > 0)).toBe(true);
    const other = rows(await atoms("query", "@atoms", "--atom", "-3", "--count", "5")).map(([, , amount]) =>
      Number(amount),
    );
    expect(other.every((amount) => amount < 0)).toBe(true);
  });

  test("by several: each has all of them", async () => {
    const [row] = rows(await atoms("query", "@atoms", "--like", "0", "--count", "1"));
    const said = await atoms("query", "@atoms", "--where", "atom(0) != 0 and atom(3) != 0", "--count", "100");
    expect(row).toBeDefined();
    for (const [, , first, second] of rows(said)) expect([Number(first), Number(second)]).not.toContain(0);
  });

  test("by a formula over atoms and labels", async () => {
    const said = await atoms("query", "@atoms", "--where", "place = 'up' and person in ('p1', 'p2')", "--count", "100");
    const found = rows(said);
    expect(found).toHaveLength(12);
    for (const [, , place, person] of found) expect([place, ["p1", "p2"].includes(person)]).toEqual(["up", true]);
  });

  test("like a picture: itself comes first, at 1", async () => {
    const [first] = rows(await atoms("query", "@atoms", "--like", "@people/2-3-middle.png", "--count", "2"));
    expect([first[1], Number(first[2])]).toEqual(["2-3-middle.png", 1]);
  });

  test("of what is not there: no picture is written", async () => {
    const said = await atoms("query", "@atoms", "--where", "place = 'nowhere'", "--out", "@none.png");
    expect(said).toEqual(["Nothing was found: no picture is written."]);
    expect(existsSync(at("none.png"))).toBe(false);
  });
});

describe("encode", () => {
  test("with another sparsity, into a folder that is one of atoms too", async () => {
    await atoms("encode", "@atoms", "--sparsity", "2", "--out", "@two");
    expect(json("two", "codes.json")).toMatchObject({ options: { sparsity: 2 }, vectors: 144 });
    expect(json("two", "codes.json").parts).toBeLessThanOrEqual(288);
    expect((await atoms("truncate", "@two", "--count", "1")).at(-1)).toBe(at("two", "truncate.png"));
  });

  test("to an error: vectors take as many atoms as they need", async () => {
    await atoms("encode", "@atoms", "--error", "0.5", "--out", "@enough");
    expect(json("enough", "codes.json").parts).toBeLessThan(json("atoms", "codes.json").parts);
  });

  test("vectors of another network are refused, and nothing is written", async () => {
    await expect(atoms("encode", "@atoms", "--activations", "@others", "--out", "@none")).rejects.toThrow(
      /vectors of 4 numbers.*learned from vectors of 6.*ATOMS_VECTORS/,
    );
    await expect(atoms("encode", "@atoms", "--sparsity", "40", "--out", "@none")).rejects.toThrow(/SPARSITY/);
    expect(existsSync(at("none"))).toBe(false);
  });
});

describe("refuses", () => {
  test.each<[string, readonly string[], RegExp]>([
    ["show", ["@nowhere"], /ATOMS_MISSING/],
    ["show", ["@vectors"], /ATOMS_MISSING/],
    ["show", ["@atoms", "--atoms", "12"], /no atom 12, there are 12: 0 to 11.*ATOM_UNKNOWN/],
    ["show", ["@atoms", "--atoms", "1;2"], /OPTION_VALUE/],
    ["show", ["@atoms", "--out", "@atoms.gif"], /OUT_FORMAT/],
    [
      "show",
      ["@atoms", "--decoder", "@narrow/decoder.onnx"],
      /takes vectors of 4 numbers, atoms have 6.*THOUGHT_SHAPE/,
    ],
    ["show", ["@atoms", "--model", "@narrow"], /another network.*ATOMS_MODEL/],
    ["show", ["@atoms", "--activations", "@others"], /others than those that were coded.*ATOMS_ACTIVATIONS/],
    ["show", ["@atoms", "--data", "@run"], /code: \w+/],
    ["truncate", ["@atoms", "--images", "@none.png"], /PICTURE_MISSING/],
    ["steer", ["@atoms"], /OPTION_MISSING/],
    ["steer", ["@atoms", "--add", "1:"], /"1:".*OPTION_VALUE/],
    ["steer", ["@atoms", "--add", "1:1e400"], /OPTION_VALUE/],
    ["steer", ["@atoms", "--add", "99"], /ATOM_UNKNOWN/],
    ["steer", ["@atoms", "--add", "1", "--attribute", "place = 'up'"], /OPTION_UNUSED/],
    ["steer", ["@atoms", "--add", "1", "--amounts", "2:-2:5"], /OPTION_VALUE/],
    ["steer", ["@atoms", "--attribute", "place = 'nowhere'"], /true of no vector.*ATOMS_EXAMPLES/],
    ["steer", ["@atoms", "--attribute", "plaice = 'up'"], /FORMULA_FACTOR/],
    ["query", ["@atoms"], /OPTION_MISSING/],
    ["query", ["@atoms", "--atom", "1", "--like", "2"], /OPTION_UNUSED/],
    ["query", ["@atoms", "--like", "144"], /CODES_ROWS/],
    ["query", ["@atoms", "--atom", "1'; DROP TABLE codes"], /OPTION_VALUE/],
    ["report", ["@atoms", "--out", "@report.png"], /OUT_FORMAT/],
    ["learn", ["@people"], /ACTIVATIONS_MISSING/],
    ["learn", ["@vectors", "--out", "@new", "--method", "ksvd"], /"k-svd".*LEARNER_UNKNOWN/],
    ["learn", ["@vectors", "--out", "@new", "--atoms", "20", "--sparsity", "7"], /SPARSITY/],
    ["learn", ["@vectors", "--out", "@new", "--atoms", "127", "--sparsity", "2"], /126 for 127 atoms.*VECTORS_FEW/],
    ["learn", ["@vectors", "--out", "@new", "--held-out", "hair"], /FACTOR_UNKNOWN/],
    ["learn", ["@vectors", "--out", "@people/labels.csv"], /OUT_PATH/],
  ])("%s %j", async (name, words, message) => {
    const before = readdirSync(at("atoms")).sort();
    await expect(atoms(name, ...words)).rejects.toThrow(message);
    expect(readdirSync(at("atoms")).sort()).toEqual(before);
    expect(existsSync(at("new"))).toBe(false);
  });

  test("pictures and vectors that are gone or changed, saying what to do", async () => {
    renameSync(at("people"), at("moved"));
    await expect(atoms("show", "@atoms")).rejects.toThrow(/DATASET|PICTURES/);
    const said = await atoms("show", "@atoms", "--data", "@moved", "--top", "1", "--pictures", "1");
    expect(said).toEqual([at("atoms", "atoms.png")]);
    renameSync(at("moved"), at("people"));
    const was = readFileSync(at("people", "labels.csv"), "utf8");
    writeFileSync(at("people", "labels.csv"), was.replace("0-0-up.png,up", "0-0-up.png,down"));
    await expect(atoms("query", "@atoms", "--atom", "1")).rejects.toThrow(/not those of the activations/);
    writeFileSync(at("people", "labels.csv"), was);
    renameSync(at("vectors"), at("away"));
    await expect(atoms("show", "@atoms")).rejects.toThrow(/not there.*--activations.*ATOMS_ACTIVATIONS/);
    expect(await atoms("density", "@atoms", "--activations", "@away")).toHaveLength(3);
    renameSync(at("away"), at("vectors"));
  });

  test("files that are damaged", async () => {
    const path = at("atoms", "atoms.json");
    const was = readFileSync(path, "utf8");
    for (const [text, message] of [
      ["{", /ATOMS_CORRUPT/],
      [was.replace('"curve"', '"curves"'), /curve.*ATOMS_CORRUPT/],
    ] as const) {
      writeFileSync(path, text);
      await expect(atoms("show", "@atoms")).rejects.toThrow(message);
    }
    writeFileSync(path, was);
    const numbers = readFileSync(at("atoms", "dictionary.f32"));
    writeFileSync(at("atoms", "dictionary.f32"), numbers.subarray(4));
    await expect(atoms("show", "@atoms")).rejects.toThrow(/DICTIONARY_CORRUPT/);
    writeFileSync(at("atoms", "dictionary.f32"), numbers);
  });
});

describe("without a decoder", () => {
  beforeAll(async () => {
    // A network of which nothing but the encoder is there.
    mkdirSync(at("cut-off"));
    writeFileSync(at("cut-off", "network.onnx"), readFileSync(at("run", "encoder.onnx")));
    const own = [at("cut-off", "network.onnx"), "--layer", "latents", "--data", at("people"), "--size", "8"];
    await run(activations as unknown as Command, [...own, "--out", at("bare-vectors"), "--threads", "1"]);
    await atoms("learn", "@bare-vectors", "--out", "@bare-atoms", ...learned);
  });

  test("atoms are shown by pictures, by dreams, and in a report without what needs one", async () => {
    const said = await atoms("show", "@bare-atoms", "--top", "2");
    expect(said[0]).toMatch(/Nothing draws these vectors.*--dreams/);
    await atoms("show", "@bare-atoms", "--top", "2", "--dreams", "--steps", "2");
    expect(Math.min(...(await sides(at("bare-atoms", "atoms.png"))))).toBeGreaterThan(150);
    await atoms("report", "@bare-atoms", "--top", "2");
    const page = readFileSync(at("bare-atoms", "report.html"), "utf8");
    expect(page).toContain("Nothing draws these vectors");
    expect(page).not.toContain('id="truncate"');
    await atoms("neighbours", "@bare-atoms", "--atoms", "1");
  });

  test("what needs one says so, and another decoder does", async () => {
    await expect(atoms("truncate", "@bare-atoms")).rejects.toThrow(/--decoder.*--dreams.*ATOMS_NO_DECODER/);
    const said = await atoms("truncate", "@bare-atoms", "--decoder", "@run/decoder.onnx", "--count", "1");
    expect(said).toEqual([at("bare-atoms", "truncate.png")]);
  });
});
