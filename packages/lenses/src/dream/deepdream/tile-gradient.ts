/** @file The program of a dream on photographs: how each pixel of a tile moves the objective. */
import {
  build,
  type CompileOptions,
  compile,
  gradient,
  input,
  type Model,
  NoemaError,
  type Program,
  type Tensor,
} from "@noema/engine";
import { type Preprocessing, pictureSize } from "../../preprocessing.js";
import type { Objective } from "../objectives/objective.js";
import { type Materials, Stage } from "../stage.js";

export interface TileGradientOptions {
  /** Opened for one picture of the tile's size. */
  readonly model: Model;
  readonly preprocessing: Preprocessing;
  readonly objective: Objective;
  readonly input?: string | undefined;
  readonly materials?: Materials;
  readonly compile?: CompileOptions | undefined;
}

export interface TileSlope {
  /** C×H×W: by how much the objective rises for each pixel. */
  readonly gradient: Float32Array;
  readonly objective: number;
}

export class TileGradient {
  readonly #program: Program;
  readonly #given: Readonly<Record<string, Tensor>>;

  private constructor(program: Program, given: Readonly<Record<string, Tensor>>) {
    this.#program = program;
    this.#given = given;
  }

  /** @throws NoemaError what the objective and the network's gradient refuse; OBJECTIVE_SHAPE */
  static async open(options: TileGradientOptions): Promise<TileGradient> {
    const { model, preprocessing, objective, materials = {} } = options;
    const given = model.input(options.input);
    const size = pictureSize(given, preprocessing);
    const tile = input("tile", [1, size.channels, size.height, size.width]);
    const stage = new Stage({
      ...{ model, input: given, preprocessing, size, materials },
      ...{ pictures: tile, opacity: null, opaque: tile, transform: (pictures) => pictures },
    });
    const value = objective.build(stage);
    if (value.rank !== 1 || value.shape[0] !== 1) {
      throw new NoemaError("OBJECTIVE_SHAPE", {
        where: `objective ${objective.text}`,
        found: `it gives an array of shape [${value.shape.join(", ")}]`,
        needed: "one number for a picture",
      });
    }
    const [slope] = gradient(value, [tile]);
    const program = await compile(
      { inputs: { tile, ...stage.inputs }, outputs: { slope, objective: build.identity(value) } },
      options.compile,
    );
    return new TileGradient(program, stage.data);
  }

  /** @param tile C×H×W, 0 … 1 */
  async at(tile: Float32Array): Promise<TileSlope> {
    const { slope, objective } = await this.#program.run({ tile, ...this.#given });
    return { gradient: slope.data as Float32Array, objective: (objective.data as Float32Array)[0] };
  }

  /** Safe to call twice. */
  async dispose(): Promise<void> {
    await this.#program.dispose();
  }
}
