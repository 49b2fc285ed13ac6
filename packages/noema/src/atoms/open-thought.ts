/** @file openThought: where vectors come from and what they are looked at through, by what was named on the command line. */
import { existsSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Model, NoemaError, unknownName } from "@noema/engine";
import { boundShapes, openCutNetwork, openThoughtSpace, type ThoughtNetwork, type ThoughtSpace } from "@noema/lenses";
import { openModel } from "../models/open-model.js";
import { zooFolder } from "../models/zoo.js";
import { readModelFile } from "../training/open-run.js";
import { type RunFile, readRun } from "../training/run-file.js";

export interface ThoughtChoice {
  /** The folder of a run of noema train, a name of the zoo, or an encoder or network by its path or built-in name. */
  readonly model?: string | undefined;
  /** A decoder's file. */
  readonly decoder?: string | undefined;
  /** Where the model is cut: what lies behind it is the decoder. */
  readonly layer?: string | undefined;
  /** The label that an XCov decoder is given with all vectors. Default: of each as much. */
  readonly label?: string | undefined;
  /** Channels and sides of the pictures, where a model leaves them open. */
  readonly picture?: ThoughtSpace["picture"] | undefined;
  readonly threads?: number | undefined;
}

export interface OpenThought {
  /** What pictures of it are titled with. */
  readonly name: string;
  readonly space: ThoughtSpace;
  /** The training that it comes from. */
  readonly run: { readonly folder: string; readonly file: RunFile } | undefined;
}

/**
 * A run is opened whole, a model is cut at the layer or put together with the decoder; a decoder alone has no encoder.
 *
 * @throws NoemaError THOUGHT_PARTS where what was named makes no space; RUN_MISSING, RUN_CORRUPT, LABEL_UNKNOWN; what opening a model
 *   and `openThoughtSpace` or `openCutNetwork` throw
 */
export async function openThought(choice: ThoughtChoice): Promise<OpenThought> {
  const { model, decoder, layer } = choice;
  if (layer !== undefined && decoder !== undefined) {
    throw parts("--layer and --decoder", "both are given", "what lies behind the layer is the decoder already");
  }
  const folder = model === undefined ? undefined : runFolder(model);
  if (folder !== undefined) return ofRun(folder, choice);
  if (choice.label !== undefined) {
    throw new NoemaError("OPTION_UNUSED", { where: "--label", found: "only a run of noema train xcov has labels" });
  }
  const name = basename(resolve(model ?? decoder ?? "."));
  const how = options(choice);
  const network = model === undefined ? undefined : await networkOf(model, choice);
  if (network !== undefined && layer !== undefined) {
    return { name, space: await openCutNetwork({ network, layer, ...how }), run: undefined };
  }
  if (decoder === undefined) {
    throw parts(
      model === undefined ? "a thought space" : `model "${model}"`,
      model === undefined ? "nothing was named" : "nothing says what of it is a vector",
      "a run of noema train, a model and --layer, or an encoder and --decoder",
    );
  }
  const space = await openThoughtSpace({ encoder: network, decoder: await networkOf(decoder, choice), ...how });
  return { name, space, run: undefined };
}

const parts = (where: string, found: string, needed: string) =>
  new NoemaError("THOUGHT_PARTS", { where, found, needed });

function runFolder(model: string): string | undefined {
  if (!existsSync(model)) return zooFolder(model);
  // A folder may also be a TensorFlow.js model.
  return statSync(model).isDirectory() && !existsSync(join(model, "model.json")) ? model : undefined;
}

async function ofRun(folder: string, choice: ThoughtChoice): Promise<OpenThought> {
  const { decoder, layer, label } = choice;
  const file = readRun(folder);
  const run = { name: basename(resolve(folder)), run: { folder, file } };
  if (label !== undefined && (file.task !== "xcov" || layer !== undefined)) {
    throw new NoemaError("OPTION_UNUSED", { where: "--label", found: "nothing is drawn with a label" });
  }
  const front = { model: readModelFile(folder, file.task === "classifier" ? "classifier.onnx" : "encoder.onnx") };
  if (layer !== undefined)
    return { ...run, space: await openCutNetwork({ network: front, layer, ...options(choice) }) };
  if (decoder !== undefined) {
    return {
      ...run,
      space: await openThoughtSpace({ encoder: front, decoder: await networkOf(decoder, choice), ...options(choice) }),
    };
  }
  if (file.task === "classifier") {
    throw parts(`run "${folder}"`, "it is a classifier, which has no decoder", "a layer of it");
  }
  const back = {
    model: readModelFile(folder, "decoder.onnx"),
    ...(file.task === "xcov" && { held: { label: labelOf(file, label) } }),
  };
  return { ...run, space: await openThoughtSpace({ encoder: front, decoder: back, ...options(choice) }) };
}

/** @throws NoemaError LABEL_UNKNOWN */
function labelOf({ labels }: RunFile, label: string | undefined): readonly number[] {
  if (label === undefined) return labels.map(() => 1 / labels.length);
  if (!labels.includes(label)) throw unknownName("LABEL_UNKNOWN", "label", label, labels);
  return labels.map((one) => Number(one === label));
}

async function networkOf(path: string, { picture }: ThoughtChoice): Promise<ThoughtNetwork> {
  const opened = await openModel(path);
  const { input, layout, channels, range, mean, scale } = opened.sidecar?.sidecar ?? {};
  const said = Object.entries({ layout, channels, range, mean, scale }).filter(([, value]) => value !== undefined);
  const model: Model = await opened.read({ inputShapes: boundShapes(opened.inputs, { picture, layout }) });
  return { model, input, preprocessing: Object.fromEntries(said) };
}

function options({ picture, threads }: ThoughtChoice) {
  return { picture, ...(threads !== undefined && { compile: { threads } }) };
}
