import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { attributeNames, attributes, drawnValues, type Person } from "./avatars/attributes.js";
import { avatarSvg, drawAvatar } from "./avatars/draw-avatar.js";
import { expressions } from "./avatars/expressions.js";
import {
  defaultCount,
  mostStrangers,
  planStrangers,
  strangerFactors,
  strangerNames,
} from "./avatars/plan-strangers.js";
import { middlePose, poseCount, poseOf } from "./avatars/poses.js";
import type { Dataset, DatasetOptions } from "./dataset.js";
import { listeningTerminal, usualOptions } from "./reading/sources.testing.js";
import { dataset } from "./strangers.js";

let cache: string;
beforeAll(() => {
  cache = mkdtempSync(join(tmpdir(), "noema-strangers-"));
  vi.stubEnv("NOEMA_CACHE", cache);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

const hidesHair = /^(bald|hat|knit cap|turban|headscarf)$/;
const small = { channels: 1, size: { width: 32, height: 32 } } as const;
const open = (options: Partial<DatasetOptions> = {}, on = listeningTerminal()) =>
  dataset.open(undefined, { ...usualOptions, most: 20, ...options }, on);

/** Names of a factor's values, picture by picture. */
function named({ factors }: Pick<Dataset, "factors">, name: string): string[] {
  const factor = factors.find((one) => one.name === name)!;
  return Array.from(factor.of, (value) => factor.values[value]);
}

function counted(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

describe("the plan", () => {
  const plan = planStrangers(defaultCount, 0);
  const factors = strangerFactors(plan);
  const of = (name: string) => named({ factors }, name);

  test("a larger one of the same seed begins with the smaller one; another seed draws others", () => {
    const few = planStrangers(500, 0);
    expect(plan.faces.slice(0, 500)).toEqual(few.faces);
    expect(strangerNames(plan).slice(0, 500)).toEqual(strangerNames(few));
    for (const [f, { of: all, values }] of factors.entries()) {
      const first = strangerFactors(few)[f];
      expect(all.slice(0, 500)).toEqual(first.of);
      expect(values.slice(0, first.values.length)).toEqual(first.values);
    }
    expect(planStrangers(500, 1).faces).not.toEqual(few.faces);
  });

  test("has no more pictures than would show something new, nearly all that there are among them", () => {
    const { faces, looks } = planStrangers(1e9, 0);
    expect(faces.length).toBe(mostStrangers);
    expect(looks).toBe(9306);
    const different = new Set(faces.map(({ identity, expression }) => identity * 7 + expression)).size;
    expect(different / (9306 * 7)).toBeCloseTo(0.97, 2);
  });

  test("each value is as likely as the others of its factor, where it can be seen", () => {
    const shares = (name: string, where: (i: number) => boolean, among: number) => {
      const seen = of(name).filter((_, i) => where(i));
      expect(counted(seen).size, name).toBe(among);
      const error = Math.sqrt((1 / among) * (1 - 1 / among) * seen.length);
      for (const [value, count] of counted(seen)) {
        if (Math.abs(count - seen.length / among) > 4.5 * error) expect.fail(`${name} ${value}: ${count}`);
      }
    };
    const top = of("top");
    shares("expression", () => true, expressions.length);
    for (const name of attributeNames) {
      const hides = { "hair-colour": hidesHair, "facial-hair": /^headscarf$/, clothing: /^headscarf$/ }[name as string];
      shares(name, (i) => !hides?.test(top[i]), drawnValues(name));
    }
  });

  test("what is known of one factor says nothing of another, but for what a hat hides", () => {
    const top = of("top");
    const bare = (i: number) => !hidesHair.test(top[i]);
    const names = ["expression", ...attributeNames];
    for (const [i, a] of names.entries()) {
      for (const b of names.slice(0, i)) {
        const [as, bs] = [a, b].map((name) => of(name).filter((_, at) => bare(at)));
        const [ofA, ofB, both] = [counted(as), counted(bs), counted(as.map((value, at) => `${value} ${bs[at]}`))];
        let chiSquare = 0;
        for (const [valueA, countA] of ofA) {
          for (const [valueB, countB] of ofB) {
            const expected = (countA * countB) / as.length;
            chiSquare += ((both.get(`${valueA} ${valueB}`) ?? 0) - expected) ** 2 / expected;
          }
        }
        const freedom = (ofA.size - 1) * (ofB.size - 1);
        if (chiSquare > freedom + 4 * Math.sqrt(2 * freedom)) expect.fail(`${a}, ${b}: ${chiSquare} of ${freedom}`);
      }
    }
  });

  test("who looks the same is the same, and has one value of each attribute; names are numbers of where they first are", () => {
    const who = of("identity");
    const texts = attributeNames.map(of);
    const looks = who.map((_, i) => texts.map((text) => text[i]).join());
    const pairs = new Set(who.map((name, i) => `${name} ${looks[i]}`)).size;
    expect([pairs, new Set(who).size]).toEqual([new Set(looks).size, new Set(looks).size]);
    expect([...new Set(who)]).toEqual(factors[1].values);
    expect(factors[1].values[11]).toBe("look-0012");
  });

  test("a headscarf hides clothing and beard; hair that is hidden has no colour, unless there is a beard", () => {
    const [top, hair, beard, clothing] = ["top", "hair-colour", "facial-hair", "clothing"].map(of);
    top.forEach((name, i) => {
      if ((hair[i] === "unseen") !== (hidesHair.test(name) && beard[i] === "none")) expect.fail(`${name}: ${hair[i]}`);
      if ((clothing[i] === "unseen") !== (name === "headscarf")) expect.fail(`${name}: ${clothing[i]}`);
      if (name === "headscarf" && beard[i] !== "none") expect.fail(beard[i]);
    });
  });
});

describe("the pictures", () => {
  test("are what their factors say, in the middle one of the poses of avatars", async () => {
    const found = await open(small);
    expect(Array.from({ length: poseCount }, (_, pose) => poseOf(pose))).toContainEqual(middlePose);
    expect(middlePose).toEqual({ shiftX: 0, shiftY: 0, scale: 0.99 });
    const [said, expressed] = [attributeNames.map((name) => named(found, name)), named(found, "expression")];
    const drawn = new Uint8Array(32 * 32);
    for (let i = 0; i < found.count; i++) {
      const person = Object.fromEntries(
        attributeNames.map((name, a) => [name, attributes[name].findIndex((value) => value.name === said[a][i])]),
      ) as Person;
      const expression = expressions.find(({ name }) => name === expressed[i])!;
      drawAvatar(avatarSvg(person, expression), middlePose, { side: 32, channels: 1 }, drawn, 0);
      expect(Buffer.compare(found.pixels.subarray(i * 32 * 32, (i + 1) * 32 * 32), drawn)).toBe(0);
      expect(found.names[i]).toBe(`stranger-${String(i + 1).padStart(5, "0")}/${expression.name}`);
    }
  });

  test("are in colour at 64 pixels, or grey; people are held out, and nothing makes pairs", async () => {
    const [colour, grey] = [await open(), await open({ channels: 1 })];
    expect(colour.size).toEqual({ channels: 3, height: 64, width: 64 });
    expect(grey.size).toEqual({ channels: 1, height: 64, width: 64 });
    expect(colour.pixels.length).toBe(3 * grey.pixels.length);
    expect(colour.factors).toEqual(grey.factors);
    expect(colour).toMatchObject({ label: "expression", heldOutBy: "identity", count: 20 });
    expect(colour).not.toHaveProperty("pairedBy");
    expect(colour.factors.map(({ name }) => name)).toEqual(["expression", "identity", ...attributeNames]);
  });

  test("same seed, same bytes; more begin with them; another seed, others", async () => {
    const first = await open({ ...small, seed: 8 });
    for (const file of readdirSync(cache)) rmSync(join(cache, file));
    const [again, more, other] = [
      await open({ ...small, seed: 8 }),
      await open({ ...small, seed: 8, most: 30 }),
      await open({ ...small, seed: 9 }),
    ];
    expect(Buffer.compare(first.pixels, again.pixels)).toBe(0);
    expect(Buffer.compare(first.pixels, more.pixels.subarray(0, first.pixels.length))).toBe(0);
    expect(Buffer.compare(first.pixels, other.pixels)).not.toBe(0);
  });

  test("are kept in files of their own; Ctrl-C leaves none", async () => {
    for (const file of readdirSync(cache)) rmSync(join(cache, file));
    await open({ ...small, seed: 5 });
    expect(readdirSync(cache)).toEqual([expect.stringMatching(/^strangers-32x32x1-20-seed5-[0-9a-f]{16}[.]bin$/)]);
    const controller = new AbortController();
    const on = {
      ...listeningTerminal(controller.signal),
      progress: () => ({ update: (done: number) => done === 10 && controller.abort(), stop: () => {} }),
    };
    await expect(open({ ...small, seed: 6 }, on)).rejects.toThrowError(/strangers: stopped.*code: STOPPED/);
    expect(readdirSync(cache).length).toBe(1);
  });
});

test("refuses what cannot be drawn, and says where fewer are drawn than were asked for", async () => {
  await expect(open({ most: 1 })).rejects.toThrowError(/1 pictures.*DATASET_EMPTY/);
  await expect(open({ most: Number.NaN })).rejects.toThrowError(/DATASET_EMPTY/);
  await expect(open({ size: { width: 31, height: 31 } })).rejects.toThrowError(/32 to 128.*DATASET_SIZE/);
  await expect(open({ size: { width: 64, height: 48 } })).rejects.toThrowError(/strangers are square.*DATASET_SIZE/);
  await expect(open({ label: "pose" })).rejects.toThrowError(/FACTOR_UNKNOWN/);
  const elsewhere = dataset.open("pictures", usualOptions, listeningTerminal());
  await expect(elsewhere).rejects.toThrowError(/strangers are drawn, not read.*DATASET_SOURCE/);
  const on = listeningTerminal(AbortSignal.abort());
  await expect(open({ ...small, most: 1e9 }, on)).rejects.toThrowError(/STOPPED/);
  expect(on.warned).toEqual(["strangers: 262144 pictures: more would show hardly anything new."]);
});
