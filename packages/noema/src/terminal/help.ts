/** @file The help of a command, made from its schema. */
import type { Command, CommandGroup } from "./command.js";
import { type OptionSpec, optionSpecs } from "./option-specs.js";
import { commonOptions } from "./read-options.js";

/** One command and what it does, per line. */
export function overview(commands: readonly (Command | CommandGroup)[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    "Shows what a trained neural network has learned.",
    "",
    "noema COMMAND …",
    "",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "noema COMMAND --help explains one.",
  ].join("\n");
}

/** The commands of a group. */
export function groupHelp({ name, summary, commands, examples = [] }: CommandGroup): string {
  const width = Math.max(...commands.map((one) => one.name.length));
  return [
    `${summary[0].toUpperCase()}${summary.slice(1)}.`,
    "",
    `noema ${name} COMMAND …`,
    "",
    ...commands.flatMap((one) => lines([one.name, one.summary], width)),
    "",
    `noema ${name} COMMAND --help explains one.`,
    ...(examples.length === 0 ? [] : ["", ...examples.map((line) => `  ${line}`)]),
  ].join("\n");
}

export function help(command: Command): string {
  const specs = optionSpecs(command);
  const byPlace = command.positionals.map((field) => specs.find((spec) => spec.field === field)!);
  const named = specs.filter((spec) => !byPlace.includes(spec));
  const usage = [
    `noema ${command.name}`,
    ...byPlace.map((spec) => (spec.required ? spec.placeholder : `[${spec.placeholder}]`)),
    ...named.filter(({ required }) => required).map((spec) => `--${spec.name} ${spec.placeholder}`),
    "[options]",
  ].join(" ");
  const row = (spec: OptionSpec): Row => [
    spec.type === "boolean" ? `--${spec.name}` : `--${spec.name} ${spec.placeholder}`,
    describe(spec),
  ];
  const groups = [...new Set(named.map(({ group }) => group))].map((group) => ({
    heading: group === undefined ? [] : ["", `${group}:`],
    rows: named.filter((spec) => spec.group === group).map(row),
  }));
  const common = commonOptions.map(({ name, description }): Row => [`--${name}`, description]);
  const last = { heading: groups.some(({ heading }) => heading.length > 0) ? [""] : [], rows: common };
  const places = { heading: [""], rows: byPlace.map((spec): Row => [spec.placeholder, describe(spec)]) };
  const blocks = [places, ...groups, last];
  const width = Math.max(...blocks.flatMap(({ rows }) => rows).map(([left]) => left.length));
  return [
    `${command.summary[0].toUpperCase()}${command.summary.slice(1)}.`,
    "",
    usage,
    ...blocks.flatMap(({ heading, rows }) => [...heading, ...rows.flatMap((one) => lines(one, width))]),
    ...(command.examples === undefined ? [] : ["", ...command.examples.map((line) => `  ${line}`)]),
  ].join("\n");
}

type Row = readonly [left: string, right: string];

/** Terminals are at least so wide, mostly. */
const lineWidth = 110;

/** Explanations that are too long go on under themselves. */
function lines([left, right]: Row, width: number): string[] {
  const rows = [""];
  for (const word of right.split(" ")) {
    const last = rows.at(-1)!;
    if (last !== "" && 4 + width + last.length + 1 + word.length > lineWidth) rows.push(word);
    else rows[rows.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return rows.map((text, i) => `  ${(i === 0 ? left : "").padEnd(width)}  ${text}`);
}

function describe({ description, fallback, type }: OptionSpec): string {
  return fallback === undefined || type === "boolean" ? description : `${description} (default ${fallback})`;
}
