/** @file OpenAtoms: atoms and all that belongs to them: codes, vectors, pictures, the network, and a decoder where there is one. */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { NoemaError } from "@noema/engine";
import {
  type ByAtom,
  byAtom,
  type Codes,
  type Dictionary,
  SparseCoder,
  type ThoughtDecoder,
  type ThoughtSpace,
} from "@noema/lenses";
import { LayerVectors } from "../activations/layer-vectors.js";
import { latentsLayer, type Network, openNetwork } from "../activations/open-network.js";
import type { PictureForm } from "../activations/picture-source.js";
import { openPicturesOf, type StorePictures } from "../activations/pictures-of-store.js";
import { hashFiles } from "../models/file-hash.js";
import { readPicture } from "../pictures/read-picture.js";
import { type ActivationsFile, activationsName } from "../store/activations-file.js";
import { ActivationsStore } from "../store/activations-store.js";
import { CodesStore } from "../store/codes-store.js";
import { type DictionaryFile, readDictionary } from "../store/dictionary-file.js";
import type { Terminal } from "../terminal/command.js";
import { runName } from "../training/run-file.js";
import { type AtomsFile, readAtomsFile } from "./atoms-file.js";
import { type CodesInMemory, codesInMemory } from "./codes-in-memory.js";
import { openThought } from "./open-thought.js";
import { splitVectors } from "./split-vectors.js";

const moved = "Name their folder with --activations, or make them again with the same command.";

/**
 * Where the vectors of atoms are: as seen from their folder, or as they were named.
 *
 * @throws NoemaError ATOMS_ACTIVATIONS where they are not there
 */
export function activationsFolder(folder: string, { activations }: AtomsFile): string {
  const tried = [join(folder, activations.folder), activations.given];
  const found = tried.find((one) => existsSync(join(one, activationsName)));
  if (found !== undefined) return found;
  throw new NoemaError("ATOMS_ACTIVATIONS", {
    where: `activations "${activations.given}"`,
    found: "they are not there",
    needed: `the vectors that the atoms in "${folder}" are of`,
    remedy: moved,
  });
}

/** Where things are now, if not where they were; all as on the command line. */
export interface AtomsPlaces {
  readonly activations?: string | undefined;
  readonly model?: string | undefined;
  readonly data?: string | undefined;
  /** A decoder's file. Default: that of the run, or what lies behind the layer. */
  readonly decoder?: string | undefined;
  /** The label that an XCov decoder draws everything with. */
  readonly label?: string | undefined;
  readonly threads?: number | undefined;
}

/** Close it when done. What belongs to the atoms is opened when it is first asked for. */
export class OpenAtoms {
  readonly folder: string;
  readonly file: AtomsFile;
  readonly dictionary: Dictionary;
  readonly dictionaryFile: DictionaryFile;
  readonly codes: CodesStore;
  /** The most atoms of a vector. */
  readonly sparsity: number;
  readonly #places: AtomsPlaces;
  readonly #terminal: Terminal;
  #store: ActivationsStore | undefined;
  #pictures: Promise<StorePictures> | undefined;
  #space: Promise<Decoded> | undefined;
  #network: Promise<Network> | undefined;
  #look: Promise<LayerVectors> | undefined;
  #coder: Promise<SparseCoder> | undefined;
  #uses: (CodesInMemory & { readonly byAtom: ByAtom }) | undefined;

  private constructor(
    folder: string,
    opened: { readonly file: AtomsFile; readonly dictionary: Dictionary; readonly dictionaryFile: DictionaryFile },
    codes: CodesStore,
    places: AtomsPlaces,
    terminal: Terminal,
  ) {
    this.folder = folder;
    this.file = opened.file;
    this.dictionary = opened.dictionary;
    this.dictionaryFile = opened.dictionaryFile;
    this.codes = codes;
    const { sparsity } = codes.meta.options;
    this.sparsity = typeof sparsity === "number" ? sparsity : opened.dictionaryFile.sparsity;
    this.#places = places;
    this.#terminal = terminal;
  }

  /** @throws NoemaError ATOMS_MISSING, ATOMS_UNFINISHED, ATOMS_CORRUPT, DICTIONARY_…, CODES_… */
  static async open(folder: string, places: AtomsPlaces, terminal: Terminal): Promise<OpenAtoms> {
    const file = readAtomsFile(folder);
    const { dictionary, file: dictionaryFile } = readDictionary(folder);
    const codes = await CodesStore.open(folder, {
      dictionary: dictionaryFile.hash,
      activations: file.activations.hash,
    });
    return new OpenAtoms(folder, { file, dictionary, dictionaryFile }, codes, places, terminal);
  }

  /**
   * The vectors that are coded.
   *
   * @throws NoemaError ATOMS_ACTIVATIONS where they are not to be found, or are others
   */
  get activations(): ActivationsStore {
    if (this.#store !== undefined) return this.#store;
    const { hash } = this.file.activations;
    const found = this.#places.activations ?? activationsFolder(this.folder, this.file);
    const store = ActivationsStore.open(found);
    if (store.meta.hash !== hash) {
      store.close();
      throw new NoemaError("ATOMS_ACTIVATIONS", {
        where: `activations "${found}"`,
        found: "they are others than those that were coded",
        needed: `those of ${hash.slice(0, 12)}`,
        remedy: moved,
      });
    }
    this.#store = store;
    return store;
  }

  /** Codes in memory, and by atom; of very many a part. */
  get uses(): CodesInMemory & { readonly byAtom: ByAtom } {
    if (this.#uses === undefined) {
      const inMemory = codesInMemory(this.codes);
      this.#uses = { ...inMemory, byAtom: byAtom(inMemory.codes, this.codes.meta.atoms) };
    }
    return this.#uses;
  }

  /** Of which network and layer the vectors are, in words. */
  get name(): string {
    const { layer, model } = this.activations.meta;
    return layer === undefined ? "vectors" : `${layer.name} of ${model?.name ?? "a network"}`;
  }

  /** Rows of the store that the atoms were not learned from, if there are any; else all. */
  async testRows(): Promise<Uint32Array> {
    const { heldOut, share, seed, test } = this.file.split;
    const own = this.dictionaryFile.activations === this.file.activations.hash;
    if (test === 0 || !own) return Uint32Array.from({ length: this.activations.count }, (_, row) => row);
    const { test: rows } = await splitVectors(this.activations, { heldOut, share, seed });
    return rows;
  }

  /**
   * The pictures that the vectors are of.
   *
   * @throws NoemaError ACTIVATIONS_PICTURES, and what opening the data throws
   */
  pictures(): Promise<StorePictures> {
    const { meta } = this.activations;
    const { data } = this.#places;
    const moved = data === undefined || meta.pictures === undefined ? meta.pictures : { ...meta.pictures, data };
    this.#pictures ??= openPicturesOf({ pictures: moved, model: meta.model }, this.#terminal);
    return this.#pictures;
  }

  /** @throws NoemaError ATOMS_MODEL where the network is another; what opening it throws */
  network(): Promise<Network> {
    this.#network ??= this.#openNetwork();
    return this.#network;
  }

  /** Codes of vectors, as those of the store are made. */
  coder(): Promise<SparseCoder> {
    const { error } = this.codes.meta.options;
    this.#coder ??= SparseCoder.open(this.dictionary, {
      sparsity: this.sparsity,
      compile: this.#compile,
      ...(typeof error === "number" && { error }),
    });
    return this.#coder;
  }

  async code(vectors: Float32Array): Promise<Codes> {
    return (await this.coder()).code(vectors);
  }

  /** What a picture of the network is: as it is shown them. */
  form(): PictureForm {
    const { preprocessing, size } = this.#known().model;
    const { channels } = preprocessing;
    return { channels: typeof channels === "number" ? channels : channels === "grey" ? 1 : 3, ...size };
  }

  /**
   * Vectors of other pictures, made as those of the store were; where those are of single positions, the mean over them.
   *
   * @returns N×D
   * @throws NoemaError PICTURE_…, and what opening the network throws
   */
  async vectorsOf(
    paths: readonly string[],
  ): Promise<{ readonly pictures: Float32Array; readonly vectors: Float32Array }> {
    const { layer } = this.#known();
    const form = this.form();
    const each = form.channels * form.height * form.width;
    const pictures = new Float32Array(paths.length * each);
    for (const [i, path] of paths.entries()) {
      pictures.set((await readPicture(path, { ...form, channels: form.channels as 1 | 3 | 4 })).data, i * each);
    }
    const vectors = new Float32Array(paths.length * this.dictionary.length);
    const of = layer.of === "all" || layer.of === "drawn" ? "mean" : layer.of;
    this.#look ??= this.network().then(async (network) =>
      LayerVectors.open({ pictures: await network.open(1), layer: layer.name, of, compile: this.#compile }),
    );
    const look = await this.#look;
    for (const i of paths.keys()) {
      const places = () =>
        look.places(() => {
          throw new Error("nothing is drawn");
        });
      const own = await look.at(pictures.slice(i * each, (i + 1) * each), places);
      vectors.set(own(0), i * this.dictionary.length);
    }
    return { pictures, vectors };
  }

  /**
   * What draws pictures of vectors; else why nothing does.
   *
   * @throws NoemaError what the network and the decoder refuse
   */
  async decoder(): Promise<Decoded> {
    this.#space ??= this.#openDecoder();
    return this.#space;
  }

  /** @throws NoemaError ATOMS_NO_DECODER */
  async neededDecoder(): Promise<ThoughtDecoder> {
    const { decoder, why } = await this.decoder();
    if (decoder !== undefined) return decoder;
    throw new NoemaError("ATOMS_NO_DECODER", {
      where: `atoms "${this.folder}"`,
      found: `nothing draws pictures of vectors of ${this.name}: ${why}`,
      needed: "a decoder",
      remedy: "Name one with --decoder, or look at atoms with noema atoms show --dreams.",
    });
  }

  async close(): Promise<void> {
    this.codes.close();
    this.#store?.close();
    // What failed while it was opened has nothing to release.
    const opened = await Promise.allSettled([this.#space, this.#look, this.#coder]);
    for (const one of opened) if (one.status === "fulfilled") await dispose(one.value);
  }

  get #compile() {
    return this.#places.threads === undefined ? {} : { threads: this.#places.threads };
  }

  /** @throws NoemaError ATOMS_MODEL where the store does not say it */
  #known(): Known {
    const { model, layer } = this.activations.meta;
    if (model !== undefined && layer !== undefined) return { model, layer };
    throw new NoemaError("ATOMS_MODEL", {
      where: `activations "${this.activations.folder}"`,
      found: "they do not say of which network they are",
      remedy: "noema activations writes such as do.",
    });
  }

  async #openNetwork(): Promise<Network> {
    const { model } = this.#known();
    const from = this.#places.model ?? model.from;
    const network = await openNetwork({ model: from, input: model.input, size: model.size });
    if ((await hashFiles(await network.opened.files())) === model.hash) return network;
    throw new NoemaError("ATOMS_MODEL", {
      where: `model "${from}"`,
      found: "it is another network than that of the activations, or is changed since",
      needed: `the one of ${model.hash.slice(0, 12)}`,
      remedy: "Name it with --model, or make the activations and the atoms again.",
    });
  }

  async #openDecoder(): Promise<Decoded> {
    const { model, layer } = this.#known();
    const { decoder, label, threads } = this.#places;
    const { channels, height, width } = this.form();
    const picture = { channels, height, width };
    const from = this.#places.model ?? model.from;
    const run = runFolderOf(from);
    const whole = decoder === undefined && layer.name === latentsLayer && run !== undefined;
    let space: ThoughtSpace;
    // The decoder of a run belongs to its encoder.
    if (decoder === undefined) await this.network();
    try {
      const choice =
        decoder !== undefined
          ? { decoder, picture }
          : whole
            ? { model: run, label }
            : { model: run ?? from, layer: layer.name, picture: run === undefined ? picture : undefined };
      ({ space } = await openThought({ ...choice, threads }));
    } catch (error) {
      // That nothing can be made of a layer is no fault of whoever only wants to see its pictures.
      const tells = error instanceof NoemaError && /^THOUGHT_/.test(error.code) && decoder === undefined;
      if (!tells) throw error;
      return { space: undefined, decoder: undefined, why: error.parts.found ?? error.code };
    }
    const { decode, latents, undecoded } = space;
    if (decode === undefined) return { space, decoder: undefined, why: undecoded };
    if (latents !== this.dictionary.length) {
      if (decoder === undefined) {
        const why = `a vector is the ${layer.of} over positions, and what lies behind the layer takes all ${latents} numbers`;
        return { space, decoder: undefined, why };
      }
      await space.dispose();
      throw new NoemaError("THOUGHT_SHAPE", {
        where: `decoder "${decoder}"`,
        found: `it takes vectors of ${latents} numbers`,
        needed: `atoms have ${this.dictionary.length}`,
      });
    }
    return { space, decoder: { picture: space.picture, latents, decode }, why: undefined };
  }
}

interface Known {
  readonly model: NonNullable<ActivationsFile["model"]>;
  readonly layer: NonNullable<ActivationsFile["layer"]>;
}

/** A decoder, or why there is none. */
interface Decoded {
  readonly space: ThoughtSpace | undefined;
  readonly decoder: ThoughtDecoder | undefined;
  readonly why: string | undefined;
}

async function dispose(one: Decoded | LayerVectors | SparseCoder | undefined): Promise<void> {
  if (one === undefined) return;
  await ("dispose" in one ? one.dispose() : one.space?.dispose());
}

/** What may be opened as a run: its folder, its encoder or classifier there, or a name of the zoo. */
function runFolderOf(model: string): string | undefined {
  if (!existsSync(model)) return model;
  if (statSync(model).isDirectory()) return existsSync(join(model, runName)) ? model : undefined;
  const folder = dirname(resolve(model));
  const ofRun = /^(encoder|classifier)\.onnx$/.test(basename(model)) && existsSync(join(folder, runName));
  return ofRun ? folder : undefined;
}
