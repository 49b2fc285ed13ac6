import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { expandBraces } from "./expand-braces.js";
import { objectives } from "./index.js";
import { parseObjective } from "./parse-objective.js";
import { objectiveForm } from "./written.js";

const page = readFileSync(new URL("../../../../../docs/objectives.md", import.meta.url), "utf8");
const rows = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, first]) => first);
const isCode = (word: string) => /^[A-Z]+(_[A-Z]+)+$/.test(word);

test("docs/objectives.md lists every objective as it is written, and no other", () => {
  expect(rows.filter((word) => !isCode(word)).sort()).toEqual(objectives.map(objectiveForm).sort());
});

test("docs/objectives.md says which objectives are penalties", () => {
  for (const { name, penalty } of objectives) {
    const at = page.search(new RegExp(`^\\| \`${name}[:\`[]`, "m"));
    const section = page
      .slice(0, at)
      .match(/^## .*$/gm)!
      .at(-1)!;
    const isPenalty = section.includes("Penalties") || page.slice(at).split("\n")[0].includes("| penalty: ");
    expect(isPenalty, name).toBe(penalty === true);
  }
});

test("the examples of docs/objectives.md can be read", () => {
  const blocks = [...page.matchAll(/^```\n([\s\S]*?)^```$/gm)].map(([, block]) => block);
  const examples = blocks.filter((block) => !block.includes(" = ")).flatMap((block) => block.trimEnd().split("\n"));
  expect(examples.length).toBeGreaterThan(5);
  for (const example of examples) {
    for (const text of expandBraces(example)) parseObjective(text, { labels: ["goldfish", "tabby, tabby cat"] });
  }
});

test("docs/objectives.md explains every error code of this folder", () => {
  const folder = new URL(".", import.meta.url);
  const sources = readdirSync(folder).filter((file) => /(?<![.]test|[.]testing)[.]ts$/.test(file));
  const thrown = sources.flatMap((file) => {
    const text = readFileSync(new URL(file, folder), "utf8");
    return (text.match(/(?<=")[A-Z]+(?:_[A-Z]+)+(?=")/g) ?? []).filter(isCode);
  });
  expect([...new Set(thrown)].filter((code) => !rows.includes(code))).toEqual([]);
});
