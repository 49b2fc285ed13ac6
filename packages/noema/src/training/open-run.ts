/** @file openRun: a finished XCov training, to look through: its autoencoder, and the pictures it was trained and tested on. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { type OpenAutoencoder, openAutoencoder } from "@noema/lenses";
import { openDataset } from "../data/open/open-dataset.js";
import { zooFolder } from "../models/zoo.js";
import type { Terminal } from "../terminal/command.js";
import { dataOptions, subjectOf } from "./learn.js";
import type { SettledOptions } from "./learn-options.js";
import { type RunFile, readRun } from "./run-file.js";
import type { Subject } from "./subject.js";

export interface OpenRun {
  readonly folder: string;
  readonly file: RunFile;
  readonly options: SettledOptions;
  readonly autoencoder: OpenAutoencoder;
  /** The data as they were in training, opened when they are first asked for. */
  subject(): Promise<Subject>;
}

/**
 * @param nameOrFolder a folder, or the name of a network of the zoo
 * @throws NoemaError RUN_MISSING, RUN_CORRUPT, RUN_TASK; later RUN_DATA where the data are not those of the training
 */
export async function openRun(nameOrFolder: string, terminal: Terminal, threads?: number): Promise<OpenRun> {
  const folder = existsSync(nameOrFolder) ? nameOrFolder : (zooFolder(nameOrFolder) ?? nameOrFolder);
  const file = readRun(folder);
  if (file.task !== "xcov") {
    throw new NoemaError("RUN_TASK", {
      where: `run "${folder}"`,
      found: file.task === "autoencoder" ? "it is an autoencoder of no label" : `it is a ${file.task}`,
      needed: "an autoencoder that noema train xcov has made",
    });
  }
  const options = file.options as unknown as SettledOptions;
  const autoencoder = await openAutoencoder({
    encoder: readModelFile(folder, "encoder.onnx"),
    decoder: readModelFile(folder, "decoder.onnx"),
    labels: file.labels,
    ...(threads !== undefined && { compile: { threads } }),
  });
  let subject: Promise<Subject> | undefined;
  return {
    ...{ folder, file, options, autoencoder },
    subject: () => {
      subject ??= openSubject(file, options, terminal);
      return subject;
    },
  };
}

async function openSubject({ data }: RunFile, options: SettledOptions, terminal: Terminal): Promise<Subject> {
  const dataset = await openDataset(options.data, dataOptions(options), terminal);
  const subject = subjectOf(dataset, options, { ...terminal, warn: () => {} });
  if (subject.hash === data.hash) return subject;
  throw new NoemaError("RUN_DATA", {
    where: `data "${options.data}"`,
    found: `${dataset.count} pictures that are not those of the training`,
    needed: `it saw ${data.count}`,
    remedy: "Bring the data back to what they were, or train anew.",
  });
}

/** @throws NoemaError RUN_MISSING */
export function readModelFile(folder: string, name: string): Uint8Array {
  try {
    return readFileSync(join(folder, name));
  } catch (cause) {
    throw new NoemaError("RUN_MISSING", {
      where: `run "${folder}"`,
      found: `${name} cannot be read: ${(cause as Error).message}`,
      remedy: "Train it again, with --restart.",
      cause,
    });
  }
}
