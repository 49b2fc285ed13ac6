/** @file For tests: a folder of small pictures, an untrained autoencoder as a run, and its activations, all in a moment. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom, writeModel } from "@noema/engine";
import { autoencoderTask, fullWeights, initialWeights } from "@noema/lenses";
import sharp from "sharp";
import type { Terminal } from "../terminal/command.js";

const picture = { channels: 1, height: 8, width: 8 } as const;

/** Eight people, each a shade, with a bar that is up, in the middle or down, six times each. */
export async function writePeople(folder: string): Promise<void> {
  const random = seededRandom(5);
  const lines = ["file,place,person"];
  mkdirSync(folder);
  for (let person = 0; person < 8; person++) {
    for (let copy = 0; copy < 6; copy++) {
      for (const [at, place] of ["up", "middle", "down"].entries()) {
        const pixels = new Uint8Array(64).map(() => 40 + 12 * person + 20 * random.uniform());
        pixels.fill(255, 8 * (1 + 2 * at), 8 * (2 + 2 * at));
        const name = `${person}-${copy}-${place}.png`;
        await sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } })
          .png()
          .toFile(join(folder, name));
        lines.push(`${name},${place},p${person}`);
      }
    }
  }
  writeFileSync(join(folder, "labels.csv"), `${lines.join("\n")}\n`);
}

/** As noema train autoencoder leaves it, of untrained weights: its codes differ by picture, and it draws something. */
export function writeUntrainedRun(folder: string, data: string, latents = 6): void {
  mkdirSync(folder);
  const made = autoencoderTask({ picture, hidden: [4, 8], latents });
  for (const [model, signature] of Object.entries(made.models(fullWeights(initialWeights(made.nets, 1))))) {
    writeFileSync(join(folder, `${model}.onnx`), writeModel(signature, { batchAxis: "N" }).bytes);
  }
  const counts = { count: 144, training: 144, test: 0, manner: "stratified", examples: 1, skipped: [], hash: "" };
  const file = {
    ...{ noema: "0", command: "", options: { data }, parameters: 1, steps: 1, seconds: 1, history: [], figures: {} },
    ...{ task: "autoencoder", picture, latents, data: counts, label: "", labels: [] },
  };
  writeFileSync(join(folder, "run.json"), JSON.stringify(file));
}

/** A terminal that keeps what is said. */
export function quietTerminal(signal = new AbortController().signal): Terminal & { readonly said: string[] } {
  const said: string[] = [];
  return {
    ...{ signal, said },
    print: (line) => said.push(line),
    warn: (line) => said.push(line),
    progress: () => ({ update: () => {}, stop: () => {} }),
  };
}
