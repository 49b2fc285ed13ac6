/** @file openModel: a model by its path or built-in name, ready to be read for any size of its inputs. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  type DeclaredInput,
  declaredInputs,
  type Model,
  NoemaError,
  nearestNames,
  type ReadOptions,
  readModel,
} from "@noema/engine";
import { builtInModels } from "./built-in.js";
import { externalDataBeside } from "./external-data.js";
import { readLargeFile } from "./read-large-file.js";
import { readTfjsFile, tfjsFiles } from "./read-tfjs-file.js";
import { type FoundSidecar, findSidecar } from "./sidecar.js";

export interface OpenModel {
  /** What messages call it. */
  readonly name: string;
  /** Of its file. */
  readonly path: string;
  readonly format: "onnx" | "tfjs";
  readonly sidecar: FoundSidecar | undefined;
  /** What the file says of its inputs. */
  readonly inputs: readonly DeclaredInput[];
  /** Reads it with its dynamic dimensions bound as these options say. */
  read(options?: ReadOptions): Promise<Model>;
  /** Paths of all the files that it is made of. Call it after the model was read once. */
  files(): Promise<readonly string[]>;
}

export interface OpenOptions {
  /** Path of a sidecar, in place of the one beside the model. */
  readonly sidecar?: string | undefined;
}

/**
 * Opens a model: a built-in name, an .onnx file, or the model.json of a TensorFlow.js model (or its folder).
 *
 * @throws NoemaError MODEL_MISSING, MODEL_FORMAT, FILE_UNREADABLE, FILE_TOO_LARGE, MODEL_CORRUPT, and those of sidecars
 */
export async function openModel(nameOrPath: string, options: OpenOptions = {}): Promise<OpenModel> {
  const builtIn = existsSync(nameOrPath) ? undefined : builtInModels.find(({ name }) => name === nameOrPath);
  const path = builtIn?.path() ?? fileOf(nameOrPath);
  const given = options.sidecar === undefined && builtIn !== undefined;
  const sidecar = given ? { path, sidecar: builtIn.sidecar } : findSidecar(path, options.sidecar);
  const name = builtIn?.name ?? basename(path);
  return path.toLowerCase().endsWith(".json") ? openTfjs(name, path, sidecar) : openOnnx(name, path, sidecar);
}

function openOnnx(name: string, path: string, sidecar: FoundSidecar | undefined): OpenModel {
  const bytes = readLargeFile(path);
  const externalData = externalDataBeside(path);
  const inputs = declaredInputs(bytes);
  return {
    name,
    path,
    format: "onnx",
    sidecar,
    inputs,
    read: async (options) => readModel(bytes, { externalData, ...options }),
    files: async () => [path, ...externalData.files()],
  };
}

async function openTfjs(name: string, path: string, sidecar: FoundSidecar | undefined): Promise<OpenModel> {
  const model = await readTfjsFile(path, { partial: true });
  const inputs = model.inputs.map((value) => ({ name: value.name, dims: value.knownShape }));
  return {
    ...{ name, path, sidecar, inputs },
    format: "tfjs",
    read: (options) => readTfjsFile(path, options),
    files: () => tfjsFiles(path),
  };
}

/** The file of a model: the path itself, or the one model.json of a folder. */
function fileOf(path: string): string {
  if (!existsSync(path)) throw missing(path);
  if (!statSync(path).isDirectory()) {
    if (/\.(onnx|json)$/i.test(path)) return path;
    throw new NoemaError("MODEL_FORMAT", {
      where: path,
      found: "its name ends neither in .onnx nor in .json",
      needed: "models are ONNX files, or the model.json of a TensorFlow.js model",
      remedy: "Convert other formats to ONNX first.",
    });
  }
  const inside = join(path, "model.json");
  if (existsSync(inside)) return inside;
  throw new NoemaError("MODEL_FORMAT", {
    where: path,
    found: "it is a folder without a model.json",
    needed: "name the .onnx file itself",
  });
}

function missing(path: string): NoemaError {
  const folder = dirname(path);
  const models = existsSync(folder) ? readdirSync(folder).filter((file) => /\.onnx$|^model.*\.json$/i.test(file)) : [];
  const beside = nearestNames(basename(path), models, 3).map((file) => join(folder, file));
  const names = builtInModels.map(({ name }) => `${name} (built in)`);
  return new NoemaError("MODEL_MISSING", {
    where: `model "${path}"`,
    found: "there is no such file",
    remedy: `There is: ${[...beside, ...names].join(", ")}.`,
  });
}
