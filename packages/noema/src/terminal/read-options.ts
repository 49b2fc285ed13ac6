/** @file The words after a command to its options, checked by its schema. */
import { NoemaError, unknownName } from "@noema/engine";
import type { z } from "zod";
import type { Command } from "./command.js";
import { type OptionSpec, optionSpecs } from "./option-specs.js";

/** Options that every command has; they are taken before its own are read. */
export const commonOptions: readonly { name: string; description: string }[] = [
  { name: "help", description: "explains the command" },
  { name: "debug", description: "shows where in the program an error comes from" },
];

/**
 * Reads `--name value`, `--name=value`, `--flag`, `--no-flag` and values by their place.
 *
 * @throws NoemaError OPTION_UNKNOWN, OPTION_VALUE, OPTION_MISSING, OPTION_TWICE, ARGUMENT_EXTRA
 */
export function readOptions<S extends z.ZodObject>(command: Command<S>, words: readonly string[]): z.output<S> {
  const specs = optionSpecs(command as unknown as Command);
  const given = collect(command as unknown as Command, specs, words);
  for (const spec of specs)
    if (spec.required && !given.has(spec.field)) throw missing(command as unknown as Command, spec);
  const values = Object.fromEntries([...given].map(([field, text]) => [field, convert(specs, field, text)]));
  const result = command.options.safeParse(values);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const spec = specs.find(({ field }) => field === issue.path[0]);
  throw new NoemaError("OPTION_VALUE", {
    where: spec === undefined ? command.name : `--${spec.name}`,
    found: `"${spec === undefined ? "" : given.get(spec.field)}"`,
    needed: `it must be ${spec?.needed ?? issue.message}`,
  });
}

type Given = Map<string, string | boolean>;

function collect(command: Command, specs: readonly OptionSpec[], words: readonly string[]): Given {
  const given: Given = new Map();
  const places = [...command.positionals];
  const set = (spec: OptionSpec, value: string | boolean) => {
    if (given.has(spec.field)) {
      throw new NoemaError("OPTION_TWICE", {
        where: `--${spec.name}`,
        found: `given twice ("${given.get(spec.field)}" and "${value}")`,
        needed: "once",
      });
    }
    given.set(spec.field, value);
  };
  let optionsEnd = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === "--" && !optionsEnd) {
      optionsEnd = true;
    } else if (optionsEnd || !/^-./.test(word)) {
      const place = places.shift();
      if (place === undefined) {
        throw new NoemaError("ARGUMENT_EXTRA", {
          where: command.name,
          found: `"${word}" is one word too many`,
          needed: `it takes ${command.positionals.map((p) => p.toUpperCase()).join(" ") || "none"} and options`,
          remedy: `See noema ${command.name} --help.`,
        });
      }
      set(specs.find(({ field }) => field === place)!, word);
    } else {
      const [, name, value] = /^-{1,2}([^=]+)(?:=(.*))?$/s.exec(word) ?? ["", word, undefined];
      const spec = specs.find((one) => one.name === name);
      const negated = name.startsWith("no-") ? specs.find((one) => one.name === name.slice(3)) : undefined;
      if (spec?.type === "boolean" && value === undefined) set(spec, true);
      else if (negated?.type === "boolean" && value === undefined) set(negated, false);
      else if (spec === undefined) throw unknownOption(command.name, word, specs);
      else if (value !== undefined) set(spec, value);
      else if (i + 1 < words.length && !/^--./.test(words[i + 1])) set(spec, words[++i]);
      else {
        throw new NoemaError("OPTION_VALUE", {
          where: `--${spec.name}`,
          found: "no value follows it",
          needed: `it must be ${spec.needed}`,
        });
      }
    }
  }
  return given;
}

function unknownOption(command: string, word: string, specs: readonly OptionSpec[]): NoemaError {
  const known = [...specs, ...commonOptions].map(({ name }) => `--${name}`);
  return unknownName("OPTION_UNKNOWN", `option of noema ${command},`, word.split("=")[0], known);
}

function missing(command: Command, { field, name, description, placeholder }: OptionSpec): NoemaError {
  const byPlace = command.positionals.includes(field);
  return new NoemaError("OPTION_MISSING", {
    where: `noema ${command.name}`,
    found: `${byPlace ? placeholder : `--${name} ${placeholder}`} is missing (${description})`,
    remedy: `See noema ${command.name} --help.`,
  });
}

function convert(specs: readonly OptionSpec[], field: string, text: string | boolean): unknown {
  const spec = specs.find((one) => one.field === field)!;
  if (typeof text === "boolean" || spec.type === "string") return text;
  if (spec.type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  // Number("") is 0, and Number("0x10") is 16: neither is what was meant.
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}
