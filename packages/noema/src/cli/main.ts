/** @file The command line: finds the command among the files beside this one, runs it, and says what went wrong. */
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { NoemaError, nearestNames } from "@noema/engine";
import { type Command, type CommandGroup, commandOf, type Terminal } from "../terminal/command.js";
import { groupHelp, help, overview } from "../terminal/help.js";
import { showProgress } from "../terminal/progress.js";
import { readOptions } from "../terminal/read-options.js";

/** Exit statuses: 0 done, 2 refused or failed, 130 stopped by Ctrl-C (128 + SIGINT, as shells have it). */
const failed = 2;
const interrupted = 130;

/** Milliseconds in which signals are one Ctrl-C: npx hands on the one that the terminal sends to all by itself. */
const oneStrokeMs = 500;

const folder = new URL(".", import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".js") && file !== basename(fileURLToPath(import.meta.url)))
  .map((file) => file.slice(0, -".js".length))
  .sort();

const load = async (name: string) =>
  ((await import(new URL(`${name}.js`, folder).href)) as { command: Command | CommandGroup }).command;

// Who reads only the first lines of what is printed has them.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const has = (...options: string[]) => words.some((word) => options.includes(word));
  const controller = new AbortController();
  let heardMs: number | undefined;
  const interrupt = () => {
    heardMs ??= performance.now();
    // The second time somebody means it.
    if (performance.now() - heardMs > oneStrokeMs) process.exit(interrupted);
    controller.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    const [name, ...rest] = words.filter((word) => word !== "--debug");
    if (name === "--version") {
      process.stdout.write(`${version()}\n`);
      return 0;
    }
    if (name === undefined || !names.includes(name)) {
      if (name !== undefined && !["--help", "-h", "help"].includes(name)) throw unknownCommand(name);
      process.stdout.write(`${overview(await Promise.all(names.map(load)))}\n`);
      return name === undefined ? failed : 0;
    }
    const found = await load(name);
    if ("commands" in found && (rest.length === 0 || ["--help", "-h", "help"].includes(rest[0]))) {
      process.stdout.write(`${groupHelp(found)}\n`);
      return rest.length === 0 ? failed : 0;
    }
    const command = "commands" in found ? commandOf(found, rest[0]) : found;
    if (command === undefined) throw unknownCommand(rest[0], found as CommandGroup);
    if (has("--help", "-h")) process.stdout.write(`${help(command)}\n`);
    else await command.run(readOptions(command, rest.slice("commands" in found ? 1 : 0)), terminal(controller.signal));
    return controller.signal.aborted ? interrupted : 0;
  } catch (error) {
    process.stderr.write(`${describe(error, has("--debug"))}\n`);
    return error instanceof NoemaError && error.code === "STOPPED" ? interrupted : failed;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

function terminal(signal: AbortSignal): Terminal {
  return {
    signal,
    print: (line) => process.stdout.write(`${line}\n`),
    warn: (line) => process.stderr.write(`${line}\n`),
    progress: (total, unit, before = 0) => showProgress({ stream: process.stderr, total, unit, before }),
  };
}

function version(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

function unknownCommand(name: string, group?: CommandGroup): NoemaError {
  const kind = name.startsWith("-") ? "option" : "command";
  const [within, known] =
    group === undefined ? ["noema", names] : [`noema ${group.name}`, group.commands.map((one) => one.name)];
  return new NoemaError("COMMAND_UNKNOWN", {
    where: `${kind} "${name.slice(0, 100)}"`,
    found: `${within} has no such ${kind}`,
    remedy: `Nearest: ${nearestNames(name, known).join(", ")}. ${within} --help lists them all.`,
  });
}

function describe(error: unknown, debug: boolean): string {
  if (debug) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (error instanceof NoemaError) return error.message;
  // Not an error that we foresaw: say so, since its words were not written for users.
  const text = error instanceof Error ? error.message : String(error);
  return `noema failed unexpectedly: ${text}. Run it again with --debug to see where. code: UNEXPECTED`;
}
