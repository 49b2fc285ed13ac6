/** @file writeActivations: shows a network all pictures and writes what its layer makes of them, saving as it goes. */
import { existsSync, statfsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { NoemaError, seededRandom } from "@noema/engine";
import { encodePng } from "../pictures/png.js";
import { writeBeside } from "../pictures/write-beside.js";
import { type ActivationsAbout, vectorsName } from "../store/activations-file.js";
import type { ActivationsStore } from "../store/activations-store.js";
import { ActivationsWriter } from "../store/activations-writer.js";
import { clearActivations } from "../store/clear-store.js";
import { columnNames, writeVectorsTable } from "../store/vectors-table.js";
import type { Terminal } from "../terminal/command.js";
import { figuresInAll, layerFigures } from "./layer-figures.js";
import { drawLayerSheet } from "./layer-sheet.js";
import { checkFinite, type LayerVectors } from "./layer-vectors.js";
import type { PictureSource } from "./picture-source.js";
import type { Prepared, RecordOptions } from "./record.js";

/** Streams of the seed, one for each picture: where in it vectors are drawn. */
const firstStream = 2 ** 21;

/** Numbers that are looked through at once when all are written: 16 MiB. */
const together = 2 ** 22;

/** Vectors that can be numbered: rows of the table have 32 bits. */
const mostVectors = 2 ** 32;

export const sheetName = "activations.png";

interface Skipped {
  readonly picture: number;
  readonly reason: string;
}

/** What is known between two savings. */
interface Progress {
  /** The picture that comes next. */
  readonly next: number;
  readonly skipped: readonly Skipped[];
}

/** Undefined after Ctrl-C. */
export async function writeActivations(
  options: RecordOptions,
  prepared: Prepared,
  terminal: Terminal,
): Promise<ActivationsStore | undefined> {
  const { out, saveEvery } = options;
  const { look, source, recipe } = prepared;
  const warn = (line: string) => terminal.warn(line);
  const writer = ActivationsWriter.open<Progress>(out, { recipe, length: look.channels, warn });
  const { next, skipped: before } = writer.progress ?? { next: 0, skipped: [] };
  const skipped = [...before];
  const progress = terminal.progress(source.count, "pictures", next);
  try {
    checkSpace(out, look, source.count - next);
    if (next > 0) terminal.warn(`Going on after ${next} of ${source.count} pictures.`);
    let savedMs = performance.now();
    for await (const { first, pictures, reasons } of batches(source, look.size, next)) {
      const due = performance.now() - savedMs >= 1000 * saveEvery;
      if (first > next && (due || terminal.signal.aborted)) {
        await writer.save({ next: first, skipped });
        savedMs = performance.now();
      }
      if (terminal.signal.aborted) return undefined;
      skipped.push(...reasons.flatMap((reason, i) => (reason === undefined ? [] : [{ picture: first + i, reason }])));
      checkReadable(skipped, source, options.maxUnreadable);
      const places = (i: number) => look.places(() => seededRandom(options.seed, firstStream + first + i));
      const vectors = reasons.every((reason) => reason !== undefined) ? undefined : await look.at(pictures, places);
      for (const [i, reason] of reasons.entries()) {
        if (reason !== undefined) continue;
        const own = vectors!(i);
        checkFinite(own, source.names[first + i]);
        writer.append(own);
      }
      progress.update(first + reasons.length, skipped.length === 0 ? "" : `${skipped.length} unreadable`);
      // A run occupies the thread: without this, Ctrl-C would never be seen.
      await setImmediate();
    }
    progress.stop();
    if (writer.count === 0) throw tooManyUnreadable(skipped, source);
    await writer.save({ next: source.count, skipped });
    if (terminal.signal.aborted) return undefined;
    return await finish(options, prepared, { writer, skipped });
  } catch (error) {
    // The same command can never go on from there.
    if (error instanceof NoemaError && error.code === "ACTIVATIONS_NOT_FINITE") {
      writer.close();
      clearActivations(out);
    }
    throw error;
  } finally {
    progress.stop();
    writer.close();
  }
}

/** Batches of pictures, the next one read while the network looks at this one. The last is filled up with black. */
async function* batches(source: PictureSource, { batch, channels, height, width }: LayerVectors["size"], from: number) {
  const each = channels * height * width;
  const read = async (first: number) => {
    const pictures = new Float32Array(batch * each);
    const count = Math.min(batch, source.count - first);
    const reasons = await Promise.all(
      Array.from({ length: count }, (_, i) => source.read(first + i, pictures.subarray(i * each, (i + 1) * each))),
    );
    return { first, pictures, reasons };
  };
  let next = from < source.count ? read(from) : undefined;
  for (let first = from; next !== undefined; first += batch) {
    const current: Awaited<ReturnType<typeof read>> = await next;
    next = first + batch < source.count ? read(first + batch) : undefined;
    // It is awaited in the next turn; that there may be none must not be an unhandled rejection.
    next?.catch(() => {});
    yield current;
  }
}

async function finish(
  options: RecordOptions,
  { pictures, look, source, modelHash }: Prepared,
  { writer, skipped }: { readonly writer: ActivationsWriter<Progress>; readonly skipped: readonly Skipped[] },
): Promise<ActivationsStore> {
  const { out, of, seed } = options;
  const gone = new Set(skipped.map(({ picture }) => picture));
  const indices = Uint32Array.from([...source.names.keys()].filter((picture) => !gone.has(picture)));
  const columns = columnNames(source.factors.map(({ name }) => name));
  const perPlace = of === "all" || of === "drawn";
  await writeVectorsTable(join(out, vectorsName), {
    pictures: {
      indices,
      name: (picture) => source.names[picture],
      test: source.test,
      columns: source.factors.map((factor, i) => ({ column: columns[i], of: factor.of })),
    },
    perPicture: look.perPicture,
    places: perPlace
      ? {
          axes: look.axes,
          of: (picture) => look.places(() => seededRandom(seed, firstStream + picture)),
        }
      : undefined,
  });
  const pieces = writer.written(Math.max(1, Math.floor(together / look.channels)));
  const figures = await layerFigures(writer.count, look.channels, pieces);
  const { layout, channels, range, mean, scale } = pictures.preprocessing;
  const about: ActivationsAbout = {
    command: options.command,
    model: {
      name: options.network.name,
      from: options.model,
      hash: modelHash,
      input: pictures.input,
      size: pictures.size,
      preprocessing: {
        ...{ layout, channels },
        range: [range[0], range[1]],
        mean: [...mean],
        scale: [...scale],
      },
    },
    layer: {
      name: options.layer,
      channels: look.channels,
      positions: [...look.axes],
      of,
      perPicture: look.perPicture,
    },
    pictures: {
      data: options.data,
      kind: source.kind,
      ...(options.dataSize && { dataSize: options.dataSize }),
      ...(options.most !== undefined && { most: options.most }),
      dataSeed: options.dataSeed,
      count: source.count + source.skipped.length,
      used: indices.length,
      hash: source.hash,
      ...(source.label !== undefined && { label: source.label }),
      columns: source.factors.map((factor, i) => ({ name: factor.name, column: columns[i] })),
      skipped: [
        ...source.skipped.map((one) => ({ ...one })),
        ...skipped.map(({ picture, reason }) => ({ name: source.names[picture], reason })),
      ],
    },
    seed,
    figures: figuresInAll(figures),
  };
  await writeBeside(join(out, sheetName), await encodePng(drawLayerSheet(figures, about)));
  return writer.finish(about);
}

/**
 * @throws NoemaError ACTIVATIONS_SPACE where the vectors that are still to come do not fit on the disk, or cannot be numbered
 */
function checkSpace(out: string, { channels, perPicture, positions, of }: LayerVectors, pictures: number): void {
  const vectors = pictures * perPicture;
  const bytes = vectors * channels * 4;
  let folder = resolve(out);
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (bytes <= free && vectors < mostVectors) return;
  const gigabytes = (size: number) => `${(size / 1e9).toLocaleString("en-US", { maximumSignificantDigits: 3 })} GB`;
  throw new NoemaError("ACTIVATIONS_SPACE", {
    where: `--out "${out}"`,
    found: `${vectors} vectors of ${channels} numbers are ${gigabytes(bytes)}`,
    needed: bytes > free ? `${gigabytes(free)} are free there` : `at most ${mostVectors - 1} vectors`,
    remedy:
      of === "all"
        ? `Take some of the ${positions} positions, --positions 4, or fewer pictures, --most.`
        : "Take fewer pictures, --most.",
  });
}

/** @throws NoemaError PICTURES_UNREADABLE */
function checkReadable(skipped: readonly Skipped[], source: PictureSource, share: number): void {
  if (skipped.length > share * source.count) throw tooManyUnreadable(skipped, source);
}

function tooManyUnreadable(skipped: readonly Skipped[], source: PictureSource): NoemaError {
  const shown = skipped.slice(0, 3).map(({ picture, reason }) => `\n  ${source.names[picture]}: ${reason}`);
  return new NoemaError("PICTURES_UNREADABLE", {
    where: "the pictures",
    found: `${skipped.length} of ${source.count} cannot be read:${shown.join("")}${skipped.length > 3 ? "\n  …" : ""}\n`,
    remedy: "Take them out, or allow a larger share with --max-unreadable.",
  });
}
