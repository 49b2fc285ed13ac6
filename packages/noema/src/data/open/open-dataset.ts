/** @file openDataset: labelled pictures, by what was written on the command line. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { NoemaError, nearestNames } from "@noema/engine";
import type { Terminal } from "../../terminal/command.js";
import type { Dataset, DatasetKind, DatasetOptions } from "../dataset.js";
import { checkFactor } from "../reading/read-listing.js";
import { kindNames, loadKind } from "./kinds.js";

/** Reads any folder of pictures: asked last whether it knows a path. */
const anyPictures = "folder";

/**
 * Opens a dataset.
 *
 * @param spec a kind (`mnist`), a kind and a path (`jaffe:faces`), or a path, whose kind is recognized. What is there as a
 *   file or folder in whole is a path, and so is what begins with one letter and a colon, a drive of Windows.
 * @throws NoemaError DATASET_UNKNOWN, DATASET_SOURCE, DATASET_AMBIGUOUS, DATASET_EMPTY, FACTOR_UNKNOWN; STOPPED after Ctrl-C;
 *   and what the kind refuses
 */
export async function openDataset(spec: string, options: DatasetOptions, terminal: Terminal): Promise<Dataset> {
  const { kind, source } = await resolveDataset(spec);
  const dataset = await kind.open(source, options, terminal);
  if (dataset.count === 0) {
    throw new NoemaError("DATASET_EMPTY", { where: `dataset "${spec}"`, found: "it has no pictures" });
  }
  return relabelled(dataset, options.label);
}

/**
 * Which kind reads what was written, and from where.
 *
 * @throws NoemaError DATASET_UNKNOWN, DATASET_SOURCE, DATASET_AMBIGUOUS
 */
export async function resolveDataset(
  spec: string,
): Promise<{ readonly kind: DatasetKind; readonly source: string | undefined }> {
  if (kindNames.includes(spec)) return { kind: await loadKind(spec), source: undefined };
  const whole = expanded(spec);
  if (spec !== "" && existsSync(whole)) return { kind: await recognized(whole), source: whole };
  // Names of kinds have two letters at least: one letter is a drive.
  const [, name, rest] = /^([^:/\\]{2,}):(.*)$/s.exec(spec) ?? [];
  if (name === undefined) throw unknown(spec, spec);
  if (!kindNames.includes(name)) throw unknown(spec, name);
  const kind = await loadKind(name);
  const source = rest === "" ? undefined : expanded(rest);
  if (source !== undefined && kind.source === undefined) {
    throw new NoemaError("DATASET_SOURCE", {
      where: `dataset "${spec}"`,
      found: `${name} has no source`,
      needed: `${name} alone`,
    });
  }
  if (source !== undefined && !existsSync(source)) throw absent(spec, source);
  return { kind, source };
}

/** Shells leave the tilde as it is where something stands before it, as in `jaffe:~/faces`. */
const expanded = (path: string) => path.replace(/^~(?=$|[/\\])/, () => homedir());

async function recognized(path: string): Promise<DatasetKind> {
  const kinds = await Promise.all(kindNames.map(loadKind));
  const [first, second] = kinds.filter((kind) => kind.name !== anyPictures && kind.recognizes(path));
  if (second !== undefined) {
    throw new NoemaError("DATASET_AMBIGUOUS", {
      where: path,
      found: `it looks like ${first.name} and like ${second.name}`,
      needed: "say which",
      remedy: `Write ${first.name}:${path} or ${second.name}:${path}.`,
    });
  }
  const found = first ?? kinds.find((kind) => kind.name === anyPictures && kind.recognizes(path));
  if (found !== undefined) return found;
  throw new NoemaError("DATASET_UNKNOWN", {
    where: path,
    found: "no kind of dataset recognizes it",
    needed: "a folder of pictures, a table of their labels, or what one of these reads",
    remedy: `Kinds: ${kindNames.join(", ")}. Name one, as in ${kindNames[0]}:PATH.`,
  });
}

function unknown(spec: string, name: string): NoemaError {
  // What is written as a path was meant as one.
  if (name === spec && /[/\\.~]|^[a-z]:/i.test(spec)) return absent(spec, spec);
  return new NoemaError("DATASET_UNKNOWN", {
    where: `dataset "${spec.slice(0, 200)}"`,
    found: name === spec ? "there is no such kind, file or folder" : `there is no kind "${name.slice(0, 100)}"`,
    remedy: `Nearest: ${nearestNames(name, kindNames, 3).join(", ")}. Kinds: ${kindNames.join(", ")}.`,
  });
}

function absent(spec: string, path: string): NoemaError {
  return new NoemaError("DATASET_SOURCE", {
    where: `dataset "${spec.slice(0, 200)}"`,
    found: `there is no file or folder ${path.slice(0, 200)}`,
    remedy: `It is looked for from ${process.cwd()}.`,
  });
}

/**
 * With another label than the kind's own, pictures make pairs when they share what was the label: with the person as label,
 * two people of one expression. What is the label is neither shared nor held out.
 */
function relabelled(dataset: Dataset, wanted: string | undefined): Dataset {
  const { factors, label: own, pairedBy, heldOutBy, ...rest } = dataset;
  checkFactor(
    wanted,
    factors.map(({ name }) => name),
  );
  const label = wanted ?? own;
  const shared = pairedBy && [...pairedBy, ...(label === own ? [] : [own])].filter((name) => name !== label);
  return {
    ...rest,
    factors,
    label,
    ...(shared && shared.length > 0 && { pairedBy: shared }),
    ...(heldOutBy !== undefined && heldOutBy !== label && { heldOutBy }),
  };
}
