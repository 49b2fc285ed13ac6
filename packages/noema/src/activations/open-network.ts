/** @file openNetwork: the network whose activations are wanted: any model, or one that noema train has made. */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Preprocessing } from "@noema/lenses";
import { openForPictures, type PictureModel, type Size } from "../models/open-for-pictures.js";
import { type OpenModel, openModel } from "../models/open-model.js";
import { zooFolder } from "../models/zoo.js";
import type { LearnOptions } from "../training/learn-options.js";
import { type RunFile, readRun, runName } from "../training/run-file.js";

/** Of a run, what is looked into unless it is said: the first that is there. */
const ofRun = ["encoder.onnx", "classifier.onnx"];

/** The output that codes of an autoencoder are. */
export const latentsLayer = "latents";

export interface Network {
  /** What pictures of it are titled with. */
  readonly name: string;
  readonly opened: OpenModel;
  /** The training that it comes from. */
  readonly run: { readonly file: RunFile; readonly options: LearnOptions } | undefined;
  /** What its weights are, where they are not the file's: vectors of others are not gone on with. */
  readonly weights?: string;
  /** @param batch pictures of one look */
  open(batch: number): Promise<PictureModel>;
}

export interface NetworkOptions {
  /** As on the command line: also the folder of a run of noema train, or a name of the zoo. */
  readonly model: string;
  readonly sidecar?: string | undefined;
  readonly input?: string | undefined;
  readonly size?: Size | undefined;
}

/** @throws NoemaError RUN_CORRUPT, and what opening a model throws */
export async function openNetwork({ model, sidecar, input, size }: NetworkOptions): Promise<Network> {
  const found = sidecar === undefined ? runOf(model) : undefined;
  const opened = await openModel(found?.path ?? model, { sidecar });
  if (found === undefined) {
    return {
      name: opened.name,
      opened,
      run: undefined,
      open: (batch) => openForPictures(opened, { batch, input, size }),
    };
  }
  const { picture } = found.file;
  const preprocessing = preprocessingOf(picture.channels);
  const own = { width: picture.width, height: picture.height };
  return {
    // Every run has an encoder: its folder tells it from others.
    name: basename(existsSync(model) && !statSync(model).isDirectory() ? dirname(resolve(model)) : resolve(model)),
    opened,
    run: { file: found.file, options: found.file.options as unknown as LearnOptions },
    open: (batch) => openForPictures(opened, { batch, input, size: size ?? own, preprocessing }),
  };
}

/** The run that a model is of: its folder, its encoder or classifier there, or the name of one of the zoo. */
function runOf(model: string): { readonly path: string; readonly file: RunFile } | undefined {
  const folder = existsSync(model) ? model : zooFolder(model);
  if (folder === undefined) return undefined;
  if (statSync(folder).isDirectory()) {
    if (!existsSync(join(folder, runName))) return undefined;
    const name = ofRun.find((one) => existsSync(join(folder, one))) ?? ofRun[0];
    return { path: join(folder, name), file: readRun(folder) };
  }
  const beside = ofRun.includes(basename(folder)) && existsSync(join(dirname(folder), runName));
  return beside ? { path: folder, file: readRun(dirname(folder)) } : undefined;
}

/** As networks are trained here: 0..1, planes one after the other. */
function preprocessingOf(channels: 1 | 3): Preprocessing {
  const each = (value: number) => Array.from({ length: channels }, () => value);
  return { layout: "NCHW", channels: channels === 1 ? "grey" : "RGB", range: [0, 1], mean: each(0), scale: each(1) };
}
