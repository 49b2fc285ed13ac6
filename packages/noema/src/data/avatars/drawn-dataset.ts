/** @file drawnDataset: a dataset of faces that are drawn by a plan, the first time; later they are read from the cache folder. */
import { NoemaError } from "@noema/engine";
import type { Terminal } from "../../terminal/command.js";
import type { Dataset, DatasetOptions, Factor } from "../dataset.js";
import { cachedBytes } from "../reading/cached-bytes.js";
import { checkSides, pictureBytes } from "../reading/picture-bytes.js";
import { checkFactor } from "../reading/read-listing.js";
import { drawnBy } from "./draw-avatar.js";
import { type DrawnPicture, drawPictures } from "./draw-pictures.js";

/** Pixels to a side: on fewer the expressions are not to be seen. */
const [defaultSide, leastSide, mostSide] = [64, 32, 128];

interface DrawnKind {
  /** As it is said on the command line; also the beginning of the names of its files in the cache. */
  readonly name: string;
  readonly defaultCount: number;
  readonly leastCount: number;
  /** Why there cannot be fewer. */
  readonly needed: string;
  /** @param most at least `leastCount` */
  plan(most: number, seed: number): DrawnPlan;
}

interface DrawnPlan {
  readonly count: number;
  /** Tells it from other plans of the same seed, in characters that a file name may have. */
  readonly extent: string;
  readonly factors: readonly Factor[];
  readonly names: readonly string[];
  readonly pictures: Iterable<DrawnPicture>;
  /** Why there may be another number of pictures than was asked for. */
  readonly because: string;
}

/** @throws NoemaError DATASET_SOURCE, DATASET_SIZE, DATASET_EMPTY, DATASET_TOO_LARGE, FACTOR_UNKNOWN; STOPPED after Ctrl-C */
export async function drawnDataset(
  kind: DrawnKind,
  source: string | undefined,
  options: DatasetOptions,
  terminal: Terminal,
): Promise<Dataset> {
  const where = kind.name;
  if (source !== undefined) {
    throw new NoemaError("DATASET_SOURCE", {
      where: `"${source}"`,
      found: `${where} are drawn, not read`,
      needed: "they take no source",
    });
  }
  const { channels = 3, seed } = options;
  const size = { channels, height: defaultSide, width: defaultSide, ...options.size };
  checkSquare(where, size);
  const most = options.most ?? kind.defaultCount;
  if (!(most >= kind.leastCount)) {
    throw new NoemaError("DATASET_EMPTY", { where, found: `${most} pictures are asked for`, needed: kind.needed });
  }
  const { count, extent, factors, names, pictures, because } = kind.plan(most, seed);
  const length = pictureBytes(where, count, size);
  checkFactor(
    options.label,
    factors.map(({ name }) => name),
  );
  if (count !== most) terminal.warn(`${where}: ${count} pictures: ${because}.`);
  const name = `${where}-${size.width}x${size.height}x${channels}-${extent}-seed${seed}`;
  const pixels = await cachedBytes({
    name,
    key: `${drawnBy}: ${name}`,
    length,
    make: (into) => drawPictures({ where, count, pictures }, { channels, side: size.width }, into, terminal),
    warn: (line) => terminal.warn(line),
  });
  return {
    kind: where,
    size,
    count,
    pixels,
    factors,
    label: "expression",
    heldOutBy: "identity",
    names,
    skipped: [],
  };
}

function checkSquare(where: string, { width, height }: { width: number; height: number }): void {
  checkSides(where, { width, height }, leastSide, mostSide);
  if (width === height) return;
  throw new NoemaError("DATASET_SIZE", {
    where,
    found: `pictures of ${width}×${height} pixels`,
    needed: `${where} are square`,
  });
}
