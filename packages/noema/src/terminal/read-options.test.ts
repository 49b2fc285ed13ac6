import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineCommand } from "./command.js";
import { help } from "./help.js";
import { optionSpecs } from "./option-specs.js";
import { readOptions } from "./read-options.js";

const command = defineCommand({
  name: "paint",
  summary: "paints a wall",
  options: z.object({
    wall: z.string().meta({ description: "which wall" }),
    coats: z.int().min(1).max(9).default(2).meta({ description: "how often" }),
    tint: z.enum(["red", "blue"]).optional().meta({ description: "colour" }),
    wetPaint: z.boolean().default(false).meta({ description: "hang up a warning" }),
    width: z.number().positive().optional().meta({ description: "of the brush", needed: "a number above 0" }),
  }),
  positionals: ["wall"],
  run: async () => {},
});
const read = (line: string) => readOptions(command, line === "" ? [] : line.split(" "));

test.each([
  ["north", { wall: "north", coats: 2, wetPaint: false }],
  ["north --coats 3 --wet-paint", { wall: "north", coats: 3, wetPaint: true }],
  ["--coats=3 north --no-wet-paint", { wall: "north", coats: 3, wetPaint: false }],
  ["--wall north --tint blue --width 1.5e-1", { wall: "north", coats: 2, tint: "blue", wetPaint: false, width: 0.15 }],
  ["-- --coats", { wall: "--coats", coats: 2, wetPaint: false }],
])("reads %s", (line, expected) => {
  expect(read(line)).toEqual(expected);
});

describe("refuses", () => {
  test.each([
    ["", /WALL is missing.*OPTION_MISSING/],
    ["north south", /"south" is one word too many.*ARGUMENT_EXTRA/],
    ["north --coat 3", /option of noema paint, "--coat".*Nearest: "--coats".*OPTION_UNKNOWN/],
    ["north --coats three", /--coats: "three", it must be a whole number, at least 1, at most 9.*OPTION_VALUE/],
    ["north --coats 1.5", /--coats: "1.5".*OPTION_VALUE/],
    ["north --coats 10", /--coats: "10".*OPTION_VALUE/],
    ["north --coats 0x3", /--coats: "0x3".*OPTION_VALUE/],
    ["north --coats", /--coats: no value follows it.*OPTION_VALUE/],
    ["north --coats --wet-paint", /--coats: no value follows it.*OPTION_VALUE/],
    ["north --coats=", /--coats: "".*OPTION_VALUE/],
    ["north --coats 1 --coats 2", /given twice.*OPTION_TWICE/],
    ["north --tint green", /--tint: "green", it must be one of red, blue.*OPTION_VALUE/],
    ["north --wet-paint=maybe", /--wet-paint: "maybe".*OPTION_VALUE/],
    ["north --width -1", /--width: "-1", it must be a number above 0.*OPTION_VALUE/],
  ])("%s", (line, message) => {
    expect(() => read(line)).toThrowError(message);
  });
});

test("the help names every option, its default, and what it takes", () => {
  const text = help(command as never);
  expect(text).toContain("noema paint WALL [options]");
  for (const { name } of optionSpecs(command as never).filter((spec) => spec.field !== "wall")) {
    expect(text).toContain(`--${name}`);
  }
  expect(text).toMatch(/--coats N +how often \(default 2\)/);
  expect(text).toContain("--debug");
});
