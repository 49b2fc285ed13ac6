/** @file The help of a command, made from its schema. */
import type { Command } from "./command.js";
import { type OptionSpec, optionSpecs } from "./option-specs.js";
import { commonOptions } from "./read-options.js";

/** One command and what it does, per line. */
export function overview(commands: readonly Command[]): string {
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
  const rows: [string, string][] = [
    ...byPlace.map((spec): [string, string] => [spec.placeholder, describe(spec)]),
    ...named.map((spec): [string, string] => [
      spec.type === "boolean" ? `--${spec.name}` : `--${spec.name} ${spec.placeholder}`,
      describe(spec),
    ]),
    ...commonOptions.map(({ name, description }): [string, string] => [`--${name}`, description]),
  ];
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    `${command.summary[0].toUpperCase()}${command.summary.slice(1)}.`,
    "",
    usage,
    "",
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    ...(command.examples === undefined ? [] : ["", ...command.examples.map((line) => `  ${line}`)]),
  ].join("\n");
}

function describe({ description, fallback, type }: OptionSpec): string {
  return fallback === undefined || type === "boolean" ? description : `${description} (default ${fallback})`;
}
