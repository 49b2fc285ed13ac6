/** @file The options of a command as its schema declares them, for reading them and for the help. */
import { z } from "zod";
import type { Command } from "./command.js";

export interface OptionSpec {
  /** Name of the field. */
  readonly field: string;
  /** As written on the command line, without dashes. */
  readonly name: string;
  readonly type: "string" | "number" | "boolean";
  readonly required: boolean;
  readonly description: string;
  /** What stands for its value in the help. */
  readonly placeholder: string;
  /** The kind of value it takes, in words. */
  readonly needed: string;
  readonly fallback: unknown;
  /** The heading that it stands under in the help. */
  readonly group: string | undefined;
}

interface FieldSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly placeholder?: string;
  readonly needed?: string;
  readonly group?: string;
}

export function optionSpecs(command: Command): OptionSpec[] {
  const schema = z.toJSONSchema(command.options, { io: "input" });
  const fields = (schema.properties ?? {}) as Record<string, FieldSchema>;
  return Object.entries(fields).map(([field, own]) => ({
    field,
    name: optionName(field),
    type: own.type === "boolean" ? "boolean" : own.type === "number" || own.type === "integer" ? "number" : "string",
    required: (schema.required ?? []).includes(field),
    description: own.description ?? "",
    placeholder: own.placeholder ?? (own.type === "string" ? field.toUpperCase() : "N"),
    needed: own.needed ?? inWords(own),
    fallback: own.default,
    group: own.group,
  }));
}

/** As it is written on the command line, without dashes. */
export function optionName(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function inWords({ type, enum: choices, minimum, maximum }: FieldSchema): string {
  if (choices !== undefined) return `one of ${choices.join(", ")}`;
  if (type !== "number" && type !== "integer") return "a text";
  const low = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? "" : `, at least ${minimum}`;
  const high = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? "" : `, at most ${maximum}`;
  return `a ${type === "integer" ? "whole " : ""}number${low}${high}`;
}
