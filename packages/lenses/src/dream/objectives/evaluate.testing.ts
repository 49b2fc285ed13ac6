/** @file An objective's numbers, and their slope, on given pictures seen by the small network of the tests. */
import { build, compile, gradient, input, seededRandom, type Value } from "@noema/engine";
import { plainRgb, tinyNetwork } from "../../tiny-network.testing.js";
import { type Materials, Stage } from "../stage.js";
import type { Objective } from "./objective.js";

/** Height and width of the pictures. */
export const side = 12;

export const pictureLength = 3 * side * side;

const noise = (seed: number, length: number) => {
  const random = seededRandom(seed);
  return Float32Array.from({ length }, () => random.uniform());
};

/** N×3×H×W, one of these random pictures after the other. */
export function randomPictures(...seeds: readonly number[]): Float32Array {
  return Float32Array.from(seeds.flatMap((seed) => [...noise(seed, pictureLength)]));
}

export const materials: Required<Materials> = {
  photographs: { photo: noise(77, pictureLength), "other.png": noise(78, pictureLength) },
  vectors: { v: Float32Array.from([0.5, -1, 2, 0.25, 0, 1]) },
};

export interface Evaluated {
  /** N. */
  readonly values: Float32Array;
  /** Of the sum of the values, by the pictures. */
  readonly slope: Float32Array;
  /** N×6×H×W */
  readonly features: Float32Array;
  /** N×5 */
  readonly logits: Float32Array;
}

export interface EvaluateOptions {
  /** N×1×H×W. Default: pictures are opaque. */
  readonly opacity?: Float32Array;
  readonly materials?: Materials;
}

export async function evaluate(
  objective: Objective,
  pictures: Float32Array,
  options: EvaluateOptions = {},
): Promise<Evaluated> {
  const batch = pictures.length / pictureLength;
  const size = { batch, channels: 3, height: side, width: side };
  const model = tinyNetwork(batch, side, side);
  const shown = input("pictures", [batch, 3, side, side]);
  const opacity = options.opacity === undefined ? null : input("opacity", [batch, 1, side, side]);
  const stage = new Stage({
    ...{ model, input: model.input(), preprocessing: plainRgb, size, pictures: shown, opacity, opaque: shown },
    materials: options.materials ?? materials,
    transform: (value: Value) => value,
  });
  const values = build.identity(objective.build(stage));
  const [slope] = gradient(values, [shown]);
  const [features, logits] = ["features", "logits"].map((name) => build.identity(stage.layer(name)));
  const inputs = { pictures: shown, ...(opacity && { opacity }), ...stage.inputs };
  const program = await compile({ inputs, outputs: { values, slope, features, logits } }, { threads: 1 });
  const given = options.opacity && { opacity: options.opacity };
  const result = await program.run({ pictures, ...given, ...stage.data });
  await program.dispose();
  const data = (name: string) => result[name].data as Float32Array;
  return { values: data("values"), slope: data("slope"), features: data("features"), logits: data("logits") };
}
