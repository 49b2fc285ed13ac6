/** @file Dreamer: a network and the manner in which it dreams on photographs, as the command line says them. */
import { basename } from "node:path";
import { NoemaError } from "@noema/engine";
import {
  channelCount,
  DeepDream,
  type DeepDreamOptions,
  deepdream,
  dreamLayer,
  guide,
  type Objective,
  type Photograph,
  parseObjective,
} from "@noema/lenses";
import sharp from "sharp";
import { readVector } from "../dreams/read-vector.js";
import { builtInModels } from "../models/built-in.js";
import { openForPictures, type PictureModel, type Size } from "../models/open-for-pictures.js";
import { type OpenModel, openModel } from "../models/open-model.js";
import { readPicture } from "../pictures/read-picture.js";

export interface DreamerOptions {
  readonly model: string;
  readonly layer?: string | undefined;
  /** In place of a layer: an objective's text. */
  readonly objective?: string | undefined;
  /** Path of a picture whose features are looked for in the photograph. */
  readonly guide?: string | undefined;
  readonly sidecar?: string | undefined;
  readonly input?: string | undefined;
  readonly threads?: number | undefined;
  /** The longest side of a tile. */
  readonly tile?: number | undefined;
}

/** What of a dream is the same for all pictures of a command. */
export type Manner = Pick<
  DeepDreamOptions,
  "seed" | "octaves" | "octaveScale" | "iterations" | "strength" | "jitter" | "smooth"
>;

/** The guide is looked at with its longer side so long, or its own if that is shorter (as large as networks are trained on). */
const guideSide = 320;

export class Dreamer {
  /** What the user should know: what was guessed, what of a file is not read. */
  readonly notes: readonly string[];
  readonly #given: DreamerOptions;
  readonly #opened: OpenModel;
  readonly #pictures: PictureModel;

  private constructor(given: DreamerOptions, opened: OpenModel, pictures: PictureModel) {
    this.#given = given;
    this.#opened = opened;
    this.#pictures = pictures;
    this.notes = pictures.guessed === undefined ? [] : [pictures.guessed];
  }

  /** @throws NoemaError PHOTOGRAPH_CHANNELS, and what opening the model throws */
  static async open(given: DreamerOptions): Promise<Dreamer> {
    const opened = await openModel(given.model, { sidecar: given.sidecar });
    const pictures = await openForPictures(opened, { input: given.input });
    const channels = channelCount(pictures.preprocessing);
    if (channels === 1 || channels === 3) return new Dreamer(given, opened, pictures);
    throw new NoemaError("PHOTOGRAPH_CHANNELS", {
      where: opened.name,
      found: `its pictures have ${channels} channels`,
      needed: "photographs are grey or in colour",
    });
  }

  get modelName(): string {
    return this.#opened.name;
  }

  /** Paths of all files of the model. */
  modelFiles(): Promise<readonly string[]> {
    return this.#opened.files();
  }

  /** The layer that is dreamt at: the one given, else the built-in model's best, else the middle one. */
  get layer(): string {
    const { layer, model } = this.#given;
    const known = builtInModels.find(
      ({ path, name }) => name === this.#opened.name && model === name && path !== undefined,
    );
    return (
      layer ?? known?.dreamLayer ?? dreamLayer(this.#pictures.model, this.#pictures.preprocessing, this.#pictures.input)
    );
  }

  /**
   * Reads a photograph.
   *
   * @param size its longer side, or both: then it is cut evenly to fit
   */
  async photograph(path: string, size?: number | Size): Promise<Photograph & { readonly notes: readonly string[] }> {
    const channels = channelCount(this.#pictures.preprocessing) as 1 | 3;
    if (typeof size === "object") return readPicture(path, { ...size, channels });
    return readPicture(path, { channels, ...(size !== undefined && (await longerSide(path, size))) });
  }

  /** The objective: of the layer, unless one was given. */
  async objective(layer?: string): Promise<Objective> {
    const given = this.#given;
    if (given.objective !== undefined) return withoutPhotographs(parseObjective(given.objective));
    const at = layer ?? this.layer;
    if (given.guide === undefined) return deepdream({ layer: at });
    const { width, height, data } = await this.photograph(given.guide, guideSide);
    const { preprocessing, input } = this.#pictures;
    const { model } = await this.#openFor({ width, height });
    return guide({ model, preprocessing, input, layer: at, picture: data, compile: this.#compile });
  }

  /**
   * Begins a dream. A network whose layers take one size only is shown tiles of that size.
   *
   * @throws NoemaError as DeepDream.open
   */
  async begin(photograph: Photograph, objective: Objective, manner: Manner): Promise<DeepDream> {
    const { preprocessing, input, size } = this.#pictures;
    const vectors = Object.fromEntries((objective.vectors ?? []).map((path) => [path, readVector(path)]));
    const options: DeepDreamOptions = {
      ...{ preprocessing, input, objective, photograph, vectors, compile: this.#compile, tile: this.#given.tile },
      ...manner,
      model: async (tile) => (await this.#openFor(tile)).model,
    };
    try {
      return await DeepDream.open(options);
    } catch (refusal) {
      if (this.#given.tile !== undefined || !(refusal instanceof NoemaError)) throw refusal;
      return DeepDream.open({ ...options, tile: size }).catch(() => {
        throw refusal;
      });
    }
  }

  #openFor(size: Size): Promise<PictureModel> {
    return openForPictures(this.#opened, { size, input: this.#given.input });
  }

  get #compile() {
    const { threads } = this.#given;
    return threads === undefined ? {} : { threads };
  }
}

/** Tiles have no place at which another photograph could be compared with them. */
function withoutPhotographs(objective: Objective): Objective {
  const [first] = objective.photographs ?? [];
  if (first === undefined) return objective;
  throw new NoemaError("OBJECTIVE_PHOTOGRAPH", {
    where: `objective ${objective.text}`,
    found: `it compares the picture with ${basename(first)}`,
    needed: "a dream on photographs sees one tile at a time",
    remedy: "Use --guide for the features of another picture, or noema dream.",
  });
}

/** The side to be given to `readPicture`, so that the longer one becomes `side`. */
async function longerSide(path: string, side: number): Promise<{ width: number } | { height: number } | undefined> {
  try {
    const { width, height } = (await sharp(path).metadata()).autoOrient;
    return width >= height ? { width: side } : { height: side };
  } catch {
    // What is wrong with the file is said by who reads it.
    return undefined;
  }
}
