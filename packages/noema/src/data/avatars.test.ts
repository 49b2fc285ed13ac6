import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { seededRandom } from "@noema/engine";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Terminal } from "../terminal/command.js";
import { attributeNames, attributes, difference } from "./avatars/attributes.js";
import { avatarSvg, drawAvatar, drawnBy } from "./avatars/draw-avatar.js";
import { expressions } from "./avatars/expressions.js";
import { drawPeople, leastDifference, mostPeople } from "./avatars/people.js";
import { defaultCount, factorsOf, planAvatars } from "./avatars/plan.js";
import { dataset } from "./avatars.js";
import type { Dataset, DatasetOptions } from "./dataset.js";

let cache: string;
beforeAll(() => {
  cache = mkdtempSync(join(tmpdir(), "noema-avatars-"));
  vi.stubEnv("NOEMA_CACHE", cache);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

const warnings: string[] = [];
const terminal = (signal = new AbortController().signal, update: (done: number) => void = () => {}): Terminal => ({
  print: () => {},
  warn: (line) => warnings.push(line),
  progress: () => ({ update, stop: () => {} }),
  signal,
});
const open = (options: Partial<DatasetOptions> = {}, on = terminal()) => {
  warnings.length = 0;
  return dataset.open(undefined, { seed: 0, maxUnreadable: 0, most: 28, ...options }, on);
};

/** Names of a factor's values, picture by picture. */
function named({ factors }: Pick<Dataset, "factors">, name: string): string[] {
  const factor = factors.find((one) => one.name === name)!;
  return Array.from(factor.of, (value) => factor.values[value]);
}

describe("the plan", () => {
  test("people × poses × expressions: who is asked for most gets whole sets, of the same people", () => {
    const sizes = (most: number) => {
      const { people, poses, count } = planAvatars(most, 0);
      expect(poses.every((own) => own.length === poses[0].length && new Set(own).size === own.length)).toBe(true);
      return [people.length, poses[0].length, count];
    };
    expect(sizes(defaultCount)).toEqual([480, 6, 20_160]);
    expect(sizes(20_000)).toEqual([476, 6, 19_992]);
    expect(sizes(7)).toEqual([1, 1, 7]);
    expect(sizes(100)).toEqual([14, 1, 98]);
    expect(sizes(1000)).toEqual([23, 6, 966]);
    expect(sizes(40_000)).toEqual([500, 11, 38_500]);
    expect(sizes(1e9)).toEqual([500, 75, 262_500]);
    const [small, large] = [planAvatars(1000, 3), planAvatars(7000, 3)];
    expect(large.people.slice(0, small.people.length)).toEqual(small.people);
    expect(large.poses[2]).toEqual(small.poses[2].slice(0, large.poses[2].length));
    expect(planAvatars(1000, 4).people).not.toEqual(small.people);
  });

  test("each person has every pose in every expression, and one value of each attribute", () => {
    const plan = planAvatars(2000, 1);
    const factors = factorsOf(plan);
    const of = (name: string) => named({ factors }, name);
    const [who, pose, expression] = [of("identity"), of("pose"), of("expression")];
    const different = (...texts: string[][]) => new Set(who.map((_, i) => texts.map((text) => text[i]).join())).size;
    const sets = plan.count / 7;
    expect(different(who, pose)).toBe(sets);
    expect(different(who, pose, expression)).toBe(7 * sets);
    for (const name of attributeNames) expect(different(who, of(name)), name).toBe(different(who));
    const parts = [of("shift-x"), of("shift-y"), of("scale")];
    pose.forEach((name, i) => {
      expect(name).toBe(parts.map((part) => part[i]).join(" "));
    });
    for (const { name, values, of: at } of factors) {
      expect(new Set(values).size, name).toBe(values.length);
      expect(Math.min(...at) >= 0 && Math.max(...at) < values.length, name).toBe(true);
    }
  });

  test("any two people differ to the eye, for any seed, and all values are drawn", () => {
    for (let seed = 0; seed < 3; seed++) {
      const people = drawPeople(mostPeople, seededRandom(seed));
      people.forEach((a, i) => {
        for (const b of people.slice(0, i)) if (difference(a, b) < leastDifference) expect.fail(`${i}: too alike`);
      });
      for (const name of attributeNames) {
        expect(new Set(people.map((person) => person[name])).size, name).toBe(attributes[name].length);
      }
    }
  });

  test("hair that a hat hides has no colour, unless there is a beard; a headscarf goes with none", () => {
    const factors = factorsOf(planAvatars(defaultCount, 0));
    const of = (name: string) => named({ factors }, name);
    const [top, hair, beard, clothing] = [of("top"), of("hair-colour"), of("facial-hair"), of("clothing")];
    const hides = /^(bald|hat|knit cap|turban|headscarf)$/;
    top.forEach((name, i) => {
      if ((hair[i] === "unseen") !== (hides.test(name) && beard[i] === "none")) expect.fail(`${name}: ${hair[i]}`);
      if ((clothing[i] === "unseen") !== (name === "headscarf")) expect.fail(`${name}: ${clothing[i]}`);
      if (name === "headscarf" && beard[i] !== "none") expect.fail(beard[i]);
    });
  });
});

describe("the pictures", () => {
  const grey = { side: 48, channels: 1 } as const;
  const middle = { shiftX: 0, shiftY: 0, scale: 0.99 };
  const drawn = (svg: string, pose = middle) => {
    const pixels = new Uint8Array(48 * 48);
    drawAvatar(svg, pose, grey, pixels, 0);
    return pixels;
  };
  /** Pixels that differ by more than is to be seen. */
  const changed = (a: Uint8Array, b: Uint8Array) => a.filter((v, i) => Math.abs(v - b[i]) > 20).length;

  test("expressions of any person are to be told apart at 48 grey pixels, and so are people", () => {
    const people = drawPeople(60, seededRandom(2));
    const neutral = people.map((person) => drawn(avatarSvg(person, expressions[0])));
    for (const person of people) {
      const faces = expressions.map((expression) => drawn(avatarSvg(person, expression)));
      faces.forEach((a, i) => {
        for (const b of faces.slice(0, i)) expect(changed(a, b)).toBeGreaterThanOrEqual(20);
      });
    }
    neutral.forEach((a, i) => {
      for (const b of neutral.slice(0, i)) expect(changed(a, b)).toBeGreaterThanOrEqual(80);
    });
  });

  test("every value of every attribute shows: with another one it is another picture", () => {
    const [person] = drawPeople(1, seededRandom(0));
    for (const name of attributeNames) {
      const pictures = attributes[name].flatMap((value, i) =>
        value.name === "unseen" ? [] : [drawn(avatarSvg({ ...person, [name]: i }, expressions[0]))],
      );
      pictures.forEach((a, i) => {
        for (const b of pictures.slice(0, i)) expect(changed(a, b), name).toBeGreaterThanOrEqual(10);
      });
    }
  });

  test("a pose moves the face the way that its name says", () => {
    const [person] = drawPeople(1, seededRandom(0));
    const svg = avatarSvg(person, expressions[0]);
    /** Where what is not background has its middle, and how much of it there is. */
    const dark = (pixels: Uint8Array) => {
      const at = [...pixels.keys()].filter((i) => pixels[i] < 200);
      const mean = (of: (i: number) => number) => at.reduce((sum, i) => sum + of(i), 0) / at.length;
      return { x: mean((i) => i % 48), y: mean((i) => Math.floor(i / 48)), count: at.length };
    };
    const [still, right, down, large] = [
      middle,
      { ...middle, shiftX: 0.05 },
      { ...middle, shiftY: 0.05 },
      { ...middle, scale: 1.06 },
    ].map((pose) => dark(drawn(svg, pose)));
    expect(right.x - still.x).toBeGreaterThan(1);
    expect(Math.abs(right.y - still.y)).toBeLessThan(0.5);
    expect(down.y - still.y).toBeGreaterThan(0.8);
    expect(large.count).toBeGreaterThan(still.count * 1.05);
  });

  test("planes of colour; grey is their weighted sum; the order is that of the factors", async () => {
    const [colour, faded] = [await open(), await open({ channels: 1 })];
    expect(colour.size).toEqual({ channels: 3, height: 64, width: 64 });
    expect(colour.pixels.length).toBe(28 * 3 * 64 * 64);
    expect([colour.label, colour.pairedBy, colour.heldOutBy]).toEqual(["expression", ["identity", "pose"], "identity"]);
    const plane = 64 * 64;
    for (const i of [0, 6, 27]) {
      const [red, green, blue] = [0, 1, 2].map((c) =>
        colour.pixels.subarray((3 * i + c) * plane, (3 * i + c + 1) * plane),
      );
      // The background, #f3f5f7, in the upper left corner.
      expect([red[0], green[0], blue[0]]).toEqual([0xf3, 0xf5, 0xf7]);
      const weighted = red.map((r, at) => Math.round(0.299 * r + 0.587 * green[at] + 0.114 * blue[at]));
      expect(Buffer.compare(faded.pixels.subarray(i * plane, (i + 1) * plane), weighted)).toBe(0);
    }
    expect(colour.names.length).toBe(28);
    expect(colour.names[6]).toBe("person-001/1/fear");
    expect(named(colour, "expression")[6]).toBe("fear");
    expect(colour.names.map((name) => name.split("/")[0])).toEqual(named(colour, "identity"));
  });

  test("same seed, same bytes; another seed, others", async () => {
    const first = await open({ seed: 8, channels: 1, size: { width: 48, height: 48 } });
    for (const file of readdirSync(cache)) rmSync(join(cache, file));
    const again = await open({ seed: 8, channels: 1, size: { width: 48, height: 48 } });
    expect(Buffer.compare(first.pixels, again.pixels)).toBe(0);
    const other = await open({ seed: 9, channels: 1, size: { width: 48, height: 48 } });
    expect(Buffer.compare(first.pixels, other.pixels)).not.toBe(0);
  });
});

describe("the cache", () => {
  const counting = () => {
    const drawn: number[] = [];
    return { drawn, on: terminal(undefined, (done) => drawn.push(done)) };
  };

  test("is read the second time, and drawn again where it is damaged", async () => {
    const options = { seed: 20, channels: 1, size: { width: 32, height: 32 } } as const;
    const first = await open(options);
    const { drawn, on } = counting();
    const second = await open(options, on);
    expect(drawn).toEqual([]);
    expect(Buffer.compare(first.pixels, second.pixels)).toBe(0);
    const file = join(cache, readdirSync(cache).find((name) => name.includes("32x32x1-4x1-seed20"))!);
    const bytes = readFileSync(file);
    bytes[1000] ^= 255;
    writeFileSync(file, bytes);
    const third = await open(options, on);
    expect(drawn.at(-1)).toBe(28);
    expect(warnings).toEqual([expect.stringContaining("was damaged or changed; it is made again")]);
    expect(Buffer.compare(first.pixels, third.pixels)).toBe(0);
  });

  test("Ctrl-C leaves nothing", async () => {
    const controller = new AbortController();
    const before = readdirSync(cache);
    const on = terminal(controller.signal, (done) => {
      if (done === 14) controller.abort();
    });
    await expect(open({ seed: 30 }, on)).rejects.toThrowError(/code: STOPPED/);
    expect(readdirSync(cache)).toEqual(before);
  });

  test("its key names the versions that are installed", () => {
    const installed = (name: string) => {
      let folder = dirname(createRequire(import.meta.url).resolve(name));
      for (;;) {
        try {
          const found = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
          if (found.name === name) return found.version;
        } catch {}
        folder = dirname(folder);
      }
    };
    for (const name of ["@dicebear/avataaars", "@resvg/resvg-js"])
      expect(drawnBy).toContain(`${name} ${installed(name)}`);
  });
});

test("refuses what cannot be drawn, and says where another number is drawn than was asked for", async () => {
  await expect(open({ most: 6 })).rejects.toThrowError(/6 pictures.*expressions is 7.*DATASET_EMPTY/);
  await expect(open({ most: Number.NaN })).rejects.toThrowError(/DATASET_EMPTY/);
  await expect(open({ size: { width: 31, height: 31 } })).rejects.toThrowError(/32 to 128.*DATASET_SIZE/);
  await expect(open({ size: { width: 64, height: 48 } })).rejects.toThrowError(/square.*DATASET_SIZE/);
  await expect(open({ most: 1e9 })).rejects.toThrowError(/DATASET_TOO_LARGE/);
  await expect(open({ label: "expresion" })).rejects.toThrowError(/"expression".*FACTOR_UNKNOWN/);
  const elsewhere = dataset.open("pictures", { seed: 0, maxUnreadable: 0 }, terminal());
  await expect(elsewhere).rejects.toThrowError(/DATASET_SOURCE/);
  await open({ most: 30, channels: 1, size: { width: 32, height: 32 } });
  expect(warnings).toEqual([expect.stringContaining("28 pictures: 4 people × 1 poses × 7 expressions")]);
});
