/** @file What a command is: one schema, from which its arguments are read, checked and explained. */
import type { z } from "zod";
import type { Progress } from "./progress.js";

/** What a command has of the terminal. */
export interface Terminal {
  /** A line of the result, to standard output. */
  print(line: string): void;
  /** A line that is not the result: what was guessed, what was left out. To standard error. */
  warn(line: string): void;
  /** Shows how far a long work is, on standard error; `before`: so many were done by an earlier command. */
  progress(total: number, unit: string, before?: number): Progress;
  /** Aborted by Ctrl-C: stop soon, and keep what there is. */
  readonly signal: AbortSignal;
}

export interface Command<S extends z.ZodObject = z.ZodObject> {
  /** The word for it on the command line; also the name of its file. */
  readonly name: string;
  readonly summary: string;
  /**
   * Its arguments and options. A field is written in kebab-case after two dashes; its description is its help. `meta` may
   * hold `placeholder` (what stands for the value in the help), `needed` (what to say of a value that does not fit) and
   * `group` (the heading that it stands under in the help).
   */
  readonly options: S;
  /** Fields that may also be given by their place, in order. */
  readonly positionals: readonly (keyof z.input<S> & string)[];
  readonly examples?: readonly string[];
  run(options: z.output<S>, terminal: Terminal): Promise<void>;
}

/** Declares a command. A file of cli/ that exports one as `command` is one. */
export function defineCommand<S extends z.ZodObject>(command: Command<S>): Command<S> {
  return command;
}

/** A word under which commands stand, such as `noema atoms learn`. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly Command[];
  readonly examples?: readonly string[];
}

/** Declares a group of commands. A file of cli/ that exports one as `command` is one. */
export function defineGroup(group: CommandGroup): CommandGroup {
  return group;
}

/** A command of a group, by its whole name. */
export function commandOf(group: CommandGroup, name: string): Command | undefined {
  const found = group.commands.find((one) => one.name === name);
  return found && { ...found, name: `${group.name} ${found.name}` };
}
