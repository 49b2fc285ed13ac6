import { NoemaError } from "@noema/engine";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { activationDifference } from "./activation-difference.js";
import { boundary } from "./boundary.js";
import { caricature } from "./caricature.js";
import { channel } from "./channel.js";
import { direction } from "./direction.js";
import { directionNeuron } from "./direction-neuron.js";
import { each } from "./each.js";
import { group } from "./group.js";
import { interpolation } from "./interpolation.js";
import { l1 } from "./l1.js";
import { neuron } from "./neuron.js";
import type { Objective } from "./objective.js";
import { only } from "./only.js";
import { parseObjective } from "./parse-objective.js";
import { product } from "./product.js";
import { style } from "./style.js";
import { sum } from "./sum.js";

test.each([
  ["channel:inception_4c/output:11", "channel:inception_4c/output:11"],
  ["channel:conv:0:5", 'channel:"conv:0":5'],
  ['channel:"a layer":5', 'channel:"a layer":5'],
  ['channel:"a ""b""":5', 'channel:"a ""b""":5'],
  ["channel:relu(1):5", 'channel:"relu(1)":5'],
  ["0.5*channel:a:1 - channel:b-c:2", "0.5*channel:a:1 - channel:b-c:2"],
  ["  -channel:a+b:1 + 2 * channel:b:2  ", "-channel:a+b:1 + 2*channel:b:2"],
  ["-channel:a:1", "-channel:a:1"],
  ["1e-3*channel:a:1", "0.001*channel:a:1"],
  ["channel:a:1 * 3", "3*channel:a:1"],
  ["channel:a:1 / 4", "0.25*channel:a:1"],
  ["channel:a:1 * channel:b:2 + l1", "channel:a:1 * channel:b:2 + l1"],
  ["2*channel:a:1 * -3*channel:b:2", "-6*channel:a:1 * channel:b:2"],
  ["(channel:a:1 + channel:a:2) * channel:b:2", "(channel:a:1 + channel:a:2) * channel:b:2"],
  ["((channel:a:1)) - (l1 - l2)", "channel:a:1 - (l1 - l2)"],
  ["(-l1) * l2", "(-l1) * l2"],
  ["channel:a:1@0 + channel:a:2@1", "channel:a:1@0 + channel:a:2@1"],
  ["3*(l1 + l2)@2", "3*(l1 + l2)@2"],
  ['deepdream:"a@1"@0', 'deepdream:"a@1"@0'],
  ["deepdream:a@1@0", 'deepdream:"a@1"@0'],
  ["(l1@0)@1 * l2@1", "((l1@0)@1) * (l2@1)"],
  ["deepdream:a@b", 'deepdream:"a@b"'],
  ["neuron:conv:0:5", 'neuron:"conv:0":5'],
  ["neuron:conv:5:0,7", "neuron:conv:5:0,7"],
  ["neuron:conv:0:5:0,7", 'neuron:"conv:0":5:0,7'],
  ["group:a:3,5*0.5,7*-2", "group:a:3,5*0.5,7*-2"],
  ["direction:a:v", "direction:a:v"],
  ["direction:a:0:v:2.5", 'direction:"a:0":v:2.5'],
  ['direction:a:"2":0', 'direction:a:"2"'],
  ["direction-neuron:a:v:1,2", "direction-neuron:a:v:1,2"],
  ["direction-neuron:a:v:4:1,2", "direction-neuron:a:v:4:1,2"],
  ["interpolation:a:0:1:b:2", 'interpolation:"a:0":1:b:2'],
  ["style:a,b/c:starry.png", "style:a,b/c:starry.png"],
  ['style:"a,b",c:"C:\\x y.png"', 'style:"a,b",c:"C:\\x y.png"'],
  ["class-difference:281:285", "class-difference:281:285"],
  ["logit:a:b:3", 'logit:"a:b":3'],
  ["boundary:8 + total-variation + blur + opacity", "boundary:8 + total-variation + blur + opacity"],
])("reads %s", (text, canonical) => {
  expect(parseObjective(text).text).toBe(canonical);
  expect(parseObjective(canonical).text).toBe(canonical);
});

/** Text, code, and the character the mark stands under, counted from 0. */
const mistakes: [text: string, code: string, at: number][] = [
  ["", "OBJECTIVE_SYNTAX", 0],
  ["chanel:a:1", "OBJECTIVE_UNKNOWN", 0],
  ["channel", "OBJECTIVE_FIELDS", 7],
  ["channel:a", "OBJECTIVE_FIELDS", 9],
  ["channel::3", "OBJECTIVE_FIELDS", 8],
  ['channel:"":3', "OBJECTIVE_FIELDS", 8],
  ["channel:a:x", "OBJECTIVE_FIELDS", 10],
  ["channel:a:-1", "OBJECTIVE_FIELDS", 10],
  ["channel:a:1 channel:b:2", "OBJECTIVE_SYNTAX", 12],
  ["channel:a:1 +", "OBJECTIVE_SYNTAX", 13],
  ["channel:a:1 +channel:b:2", "OBJECTIVE_SYNTAX", 12],
  ["channel:a:1 + chan:b:2", "OBJECTIVE_UNKNOWN", 14],
  ['channel:"a:1', "OBJECTIVE_SYNTAX", 8],
  ['channel:a"b":1', "OBJECTIVE_FIELDS", 9],
  ["channel:a:1*channel:b:2", "OBJECTIVE_FIELDS", 11],
  ["0.5", "OBJECTIVE_SYNTAX", 0],
  ["l1 + 0.5", "OBJECTIVE_SYNTAX", 5],
  ["l1 / l2", "OBJECTIVE_SYNTAX", 5],
  ["l1 / 0", "OBJECTIVE_SYNTAX", 5],
  ["1e999*l1", "OBJECTIVE_SYNTAX", 0],
  ["(l1 + l2", "OBJECTIVE_SYNTAX", 0],
  ["l1 + l2)", "OBJECTIVE_SYNTAX", 7],
  ["()", "OBJECTIVE_SYNTAX", 1],
  ["l1@", "OBJECTIVE_UNKNOWN", 0],
  ["l1:2:3", "OBJECTIVE_FIELDS", 5],
  ["total-variation:2", "OBJECTIVE_FIELDS", 16],
  ["l1:-1", "OBJECTIVE_FIELDS", 3],
  ["neuron:a:3:1,x", "OBJECTIVE_FIELDS", 11],
  ["group:a:3,,5", "OBJECTIVE_FIELDS", 8],
  ["group:a:3*1e999", "OBJECTIVE_FIELDS", 8],
  ["style:a,:p", "OBJECTIVE_FIELDS", 8],
  ["class:tabby", "OBJECTIVE_FIELDS", 6],
  ["caricature:a", "OBJECTIVE_FIELDS", 12],
];

function errorOf(read: () => unknown): NoemaError {
  try {
    read();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(NoemaError);
    return thrown as NoemaError;
  }
  throw new Error("nothing was thrown");
}

describe.each(mistakes)("%s", (text, code, at) => {
  test(`is refused with ${code}, pointing at character ${at + 1}`, () => {
    const { code: found, message } = errorOf(() => parseObjective(text));
    expect(found).toBe(code);
    expect(message).toContain(`character ${at + 1}`);
    expect(message.split("\n").find((line) => line.trim() === "^")).toBe(`  ${" ".repeat(at)}^`);
  });
});

test("lists the nearest names of an unknown objective", () => {
  expect(() => parseObjective("chanel:a:1")).toThrowError(/nearest: "channel"/);
});

describe("classes by their labels", () => {
  const labels = ["tabby, tabby cat", "tiger cat", "Persian_cat", "crane", "crane", "catamaran", "tiger"];
  test.each([
    ["class:tabby", "class:0"],
    ["class:tiger", "class:6"],
    ['class:"Tiger cat"', "class:1"],
    ["class:persian-cat", "class:2"],
    ["class:maran", "class:5"],
    ["class:3", "class:3"],
    ["class-difference:tabby:persian", "class-difference:0:2"],
    ["logit:conv:0:tabby", 'logit:"conv:0":0'],
  ])("%s", (text, canonical) => {
    expect(parseObjective(text, { labels }).text).toBe(canonical);
  });
  test.each([
    ["class:cat", "LABEL_AMBIGUOUS", /0 "tabby, tabby cat", 1 "tiger cat", 2 "Persian_cat"/],
    ["class:crane", "LABEL_AMBIGUOUS", /3 "crane", 4 "crane"/],
    ["class:tigre", "LABEL_UNKNOWN", /nearest: "tiger"/],
    ['class:"-"', "LABEL_UNKNOWN", /no class is labelled/],
  ])("%s is refused", (text, code, message) => {
    const error = errorOf(() => parseObjective(text, { labels }));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});

const name = fc.oneof(
  fc.string({ minLength: 1, unit: "grapheme" }),
  fc.constantFrom("conv:0", "a b", 'a"b', "x(1)", "3", "1,2", "a@1", "2*a", "-", ".5", "{a}", "C:\\p.png", "1e5"),
);
const unit = fc.nat({ max: 9999 });
const factor = fc.oneof(
  fc.constantFrom(1, -1, 0.5, 2),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((v) => v + 0),
);
const power = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 });
const leaf: fc.Arbitrary<Objective> = fc.oneof(
  fc.record({ layer: name, unit }).map(channel),
  fc.record({ layer: name, unit, position: fc.array(unit, { minLength: 2, maxLength: 3 }) }).map(neuron),
  fc.record({ layer: name, units: fc.array(fc.record({ unit, weight: factor }), { minLength: 1 }) }).map(group),
  fc.record({ layer: name, vector: name, cosinePower: power }).map(direction),
  fc.record({ layer: name, vector: name, position: fc.tuple(unit, unit) }).map(directionNeuron),
  fc.record({ layer: name, photograph: name, cosinePower: power }).map(caricature),
  fc.record({ layer: name, photograph: name }).map(activationDifference),
  fc.record({ layers: fc.array(name, { minLength: 1 }), photograph: name }).map(style),
  fc.record({ from: fc.record({ layer: name, unit }), to: fc.record({ layer: name, unit }) }).map(interpolation),
  fc.record({ grey: power }).map(l1),
  fc.record({ width: unit }).map(boundary),
);
const { tree } = fc.letrec<{ tree: Objective }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(fc.record({ factor, objective: tie("tree") }), { minLength: 1, maxLength: 4 }).map(sum),
    fc.array(tie("tree"), { minLength: 1, maxLength: 3 }).map(product),
    fc.tuple(tie("tree"), unit).map(([objective, picture]) => only(objective, picture)),
    fc.array(tie("tree"), { minLength: 1, maxLength: 3 }).map(each),
  ),
}));

test("what any objective is written as is read as the same", () => {
  fc.assert(
    fc.property(tree, (objective) => {
      fc.pre(objective.text.length < 20_000);
      const read = parseObjective(objective.text);
      expect(read.text).toBe(objective.text);
      expect(new Set(read.photographs)).toEqual(new Set(objective.photographs));
      expect(new Set(read.vectors)).toEqual(new Set(objective.vectors));
    }),
    { numRuns: 200 },
  );
});

test("any text is read, or refused with a code", () => {
  const scrap = fc.constantFrom(
    "channel",
    ":",
    "a",
    "1",
    " ",
    "*",
    "/",
    "+",
    "-",
    "(",
    ")",
    "@",
    '"',
    ",",
    "l1",
    "0.5*",
  );
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(scrap).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        parseObjective(text);
      } catch (error) {
        expect(error).toBeInstanceOf(NoemaError);
      }
    }),
    { numRuns: 200 },
  );
});

describe("hostile texts are answered at once", () => {
  const times = 100_000;
  test.each([
    ["parentheses", "(".repeat(times)],
    ["few enough parentheses", "(".repeat(19_999)],
    ["signs", `${"-".repeat(19_000)}l1x`],
    ["terms", `${"l1 + ".repeat(3900)}x`],
    ["factors", `${"0.1*".repeat(4900)}x`],
    ["colons", `channel${":".repeat(19_000)}`],
    ["pictures", `l1${"@1".repeat(9000)}x`],
    ["quotes", '"'.repeat(19_999)],
    ["spaces", " ".repeat(19_999)],
    ["a name", "x".repeat(19_999)],
    ["a field", `channel:${"x".repeat(19_000)}:y`],
    ["strange characters", "\u0000\u001b[31m\u202e😀\ud800".repeat(20)],
  ])("%s", (_, text) => {
    // Of this process alone: how busy the machine is does not matter.
    const start = process.cpuUsage();
    const { code, message } = errorOf(() => parseObjective(text));
    expect(code).toMatch(/^(OBJECTIVE|LABEL)_/);
    expect(process.cpuUsage(start).user / 1e3).toBeLessThan(1000);
    expect(message.length).toBeLessThan(2000);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get through
    expect(message).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  test("a long sum is one", () => {
    expect(parseObjective(Array(2000).fill("l1").join(" + ")).text.length).toBe(2000 * 5 - 3);
  });
});
