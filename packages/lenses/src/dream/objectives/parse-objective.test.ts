import { NoemaError } from "@noema/engine";
import { describe, expect, test } from "vitest";
import { parseObjective } from "./parse-objective.js";

test.each([
  ["channel:inception_4c/output:11", "channel:inception_4c/output:11"],
  ["channel:conv:0:5", "channel:conv:0:5"],
  ['channel:"a layer":5', "channel:a layer:5"],
  ["0.5*channel:a:1 - channel:b-c:2", "0.5*channel:a:1 - channel:b-c:2"],
  ["  -channel:a+b:1 + 2 * channel:b:2  ", "-channel:a+b:1 + 2*channel:b:2"],
])("reads %s", (text, canonical) => {
  expect(parseObjective(text).text).toBe(canonical);
});

/** Text, code, and the character the mark stands under, counted from 0. */
const mistakes: [text: string, code: string, at: number][] = [
  ["", "OBJECTIVE_SYNTAX", 0],
  ["chanel:a:1", "OBJECTIVE_UNKNOWN", 0],
  ["channel", "OBJECTIVE_FIELDS", 7],
  ["channel:a", "OBJECTIVE_FIELDS", 9],
  ["channel::3", "OBJECTIVE_FIELDS", 8],
  ["channel:a:x", "OBJECTIVE_FIELDS", 10],
  ["channel:a:-1", "OBJECTIVE_FIELDS", 10],
  ["channel:a:1 channel:b:2", "OBJECTIVE_SYNTAX", 12],
  ["channel:a:1 +", "OBJECTIVE_SYNTAX", 12],
  ["channel:a:1 + chan:b:2", "OBJECTIVE_UNKNOWN", 14],
  ['channel:"a:1', "OBJECTIVE_SYNTAX", 8],
];

describe.each(mistakes)("%s", (text, code, at) => {
  test(`is refused with ${code}, pointing at character ${at + 1}`, () => {
    let error: unknown;
    try {
      parseObjective(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(NoemaError);
    const { code: found, message } = error as NoemaError;
    expect(found).toBe(code);
    expect(message).toContain(`character ${at + 1}`);
    expect(message.split("\n").find((line) => line.trim() === "^")).toBe(`  ${" ".repeat(at)}^`);
  });
});

test("lists the nearest names of an unknown objective", () => {
  expect(() => parseObjective("chanel:a:1")).toThrowError(/nearest: "channel"/);
});
