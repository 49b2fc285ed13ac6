/** @file readLayer: a layer's vectors for its study: recorded to disk, then divided by pictures into those that teach and the others. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { NoemaError, seededRandom } from "@noema/engine";
import { type StudyVectors, untrained } from "@noema/lenses";
import type { Network } from "../../activations/open-network.js";
import { type RecordOptions, record } from "../../activations/record.js";
import type { ActivationsStore } from "../../store/activations-store.js";
import type { Terminal } from "../../terminal/command.js";
import { readKnown } from "../known-vectors.js";

/** Streams of the seed: weights of the untrained network; which pictures are held out. */
const [weightsStream, halvingStream] = [601, 602];

/** The study holds vectors and controls in memory: 1 GiB of each kind. */
const mostNumbers = 2 ** 28;

export interface ReadLayerOptions extends Omit<RecordOptions, "out" | "layer" | "network"> {
  readonly network: Network;
  readonly layer: string;
  readonly folder: string;
  /** The share of pictures whose vectors teach nothing, above 0, below 1. */
  readonly heldOutShare: number;
  /** Pictures that are shown to the untrained network. */
  readonly withUntrained: boolean;
}

export interface LayerVectorsRead {
  /** D. */
  readonly length: number;
  readonly layer: StudyVectors;
  readonly untrained?: StudyVectors;
  readonly pictures: number;
}

/** The same network of other weights, which follow from the seed. */
function untrainedNetwork(network: Network, seed: number): Network {
  return {
    ...network,
    name: `${network.name}, untrained`,
    weights: `untrained, seed ${seed}`,
    open: async (batch) => {
      const opened = await network.open(batch);
      return { ...opened, model: untrained(opened.model, seededRandom(seed, weightsStream)).model };
    },
  };
}

/**
 * Undefined after Ctrl-C: what was recorded is kept, and the same goes on with it.
 *
 * @throws NoemaError STUDY_MANY, STUDY_VECTORS, and what `record` refuses
 */
export async function readLayer(options: ReadLayerOptions, terminal: Terminal): Promise<LayerVectorsRead | undefined> {
  const { network, folder, withUntrained, seed } = options;
  const trained = await recorded({ ...options, out: join(folder, "trained") }, terminal);
  if (trained === undefined) return undefined;
  const control = withUntrained
    ? await recorded({ ...options, network: untrainedNetwork(network, seed), out: join(folder, "untrained") }, terminal)
    : undefined;
  if (withUntrained && control === undefined) return undefined;
  return {
    length: trained.length,
    layer: trained.vectors,
    pictures: trained.pictures,
    ...(control && { untrained: control.vectors }),
  };
}

/** What was recorded can be had again from the network and the pictures; of large layers it is much. */
export function forget(folder: string): void {
  for (const name of ["trained", "untrained"]) rmSync(join(folder, name), { recursive: true, force: true });
}

async function recorded(options: ReadLayerOptions & { readonly out: string }, terminal: Terminal) {
  const found = await record(options, terminal);
  if (found === undefined) return undefined;
  const { store } = found;
  try {
    if (store.count * store.length > mostNumbers) {
      throw new NoemaError("STUDY_MANY", {
        where: `layer "${options.layer}"`,
        found: `${store.count} vectors of ${store.length} numbers`,
        needed: `the study holds them in memory: at most ${Math.floor(mostNumbers / store.length)}`,
        remedy: "Take fewer positions of each picture, --positions, or fewer pictures, --most.",
      });
    }
    return { length: store.length, ...(await divided(store, options)) };
  } finally {
    store.close();
  }
}

/** Vectors of one picture are alike: all teach, or none does. */
async function divided(store: ActivationsStore, { heldOutShare, seed, layer }: ReadLayerOptions) {
  const known = await readKnown(store, []);
  const of = known?.pictures ?? Uint32Array.from({ length: store.count }, (_, row) => row);
  const random = seededRandom(seed, halvingStream);
  const apart = new Map<number, boolean>();
  for (const picture of of) if (!apart.has(picture)) apart.set(picture, random.uniform() < heldOutShare);
  const rows = Uint32Array.from({ length: store.count }, (_, row) => row);
  const [learning, heldOut] = [false, true].map((side) => rows.filter((row) => apart.get(of[row]) === side));
  if (learning.length < 2 || heldOut.length < 2) {
    throw new NoemaError("STUDY_VECTORS", {
      where: `layer "${layer}"`,
      found: `${learning.length} vectors that teach and ${heldOut.length} that are held out`,
      needed: "at least two of each",
      remedy: "Take more pictures.",
    });
  }
  return {
    pictures: apart.size,
    vectors: {
      learning: await store.rows(learning),
      heldOut: await store.rows(heldOut),
      pictures: Int32Array.from(heldOut, (row) => of[row]),
    },
  };
}
