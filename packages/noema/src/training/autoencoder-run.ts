/** @file autoencoderRun: pictures through a few numbers and back, what is lost on those set apart, and a picture of it. */
import { seededRandom } from "@noema/engine";
import { autoencoderHidden, autoencoderLatents, autoencoderTask, type Coder, openCoder } from "@noema/lenses";
import { cellPixels } from "../factors/cell.js";
import { encodePng } from "../pictures/png.js";
import { drawSheet, type SheetSection } from "../pictures/sheet.js";
import type { SettledOptions } from "./learn-options.js";
import { picturesOf, type Subject } from "./subject.js";
import { portion, type Run } from "./xcov-run.js";

/** The file beside run.json that shows what the decoder makes of pictures set apart. */
export const reconstructionsName = "reconstructions.png";

export function autoencoderRun({ dataset }: Subject, options: SettledOptions): Run {
  const { hidden = autoencoderHidden, latents = autoencoderLatents, spatial, variational = false } = options;
  const { betaKl: beta = 1, klWarmUp: warmUp = 0 } = options;
  return {
    task: autoencoderTask({
      ...{ picture: dataset.size, hidden, latents, spatial },
      ...(variational && { variational: { beta, warmUp } }),
    }),
    models: ["encoder", "decoder"],
    latents,
    figures: async (models, subject, signal) => opened(models, (coder) => measured(coder, subject, signal)),
    sheet: async (models, subject, figures) => ({
      name: reconstructionsName,
      bytes: await opened(models, (coder) => drawn(coder, subject, { ...options, figures })),
    }),
  };
}

async function opened<T>(models: Readonly<Record<string, Uint8Array>>, use: (coder: Coder) => Promise<T>): Promise<T> {
  const coder = await openCoder({ encoder: models.encoder, decoder: models.decoder });
  try {
    return await use(coder);
  } finally {
    await coder.dispose();
  }
}

/** Squared error of a picture, the share of the pixels' variance that it leaves explained, and of a variational one KL in nats. */
async function measured(
  coder: Coder,
  { dataset, asked }: Subject,
  signal: AbortSignal,
): Promise<Record<string, number> | undefined> {
  const each = dataset.pixels.length / dataset.count;
  const [sums, squares] = [new Float64Array(each), new Float64Array(each)];
  let [error, divergence] = [0, 0];
  for (let from = 0; from < asked.length; from += portion) {
    if (signal.aborted) return undefined;
    const pictures = picturesOf(dataset, asked.subarray(from, from + portion));
    const { latents, logVariance } = await coder.encode(pictures);
    const back = await coder.decode(latents);
    for (let i = 0; i < pictures.length; i++) {
      error += (back[i] - pictures[i]) ** 2;
      sums[i % each] += pictures[i];
      squares[i % each] += pictures[i] ** 2;
    }
    logVariance?.forEach((spread, i) => {
      divergence += (latents[i] ** 2 + Math.exp(spread) - 1 - spread) / 2;
    });
  }
  const variance = squares.reduce((all, square, i) => all + square - sums[i] ** 2 / asked.length, 0);
  return {
    "squared-error": error / asked.length,
    // Of one picture, or of many alike, there is nothing to explain.
    ...(variance > 0 && { "explained-variance": 1 - error / variance }),
    ...(coder.variational && { "kl-divergence": divergence / asked.length }),
  };
}

/** Pictures in a row of the sheet, and rows. */
const [columns, rows] = [10, 3];

/** Pictures smaller than this are enlarged by whole factors, to be seen. */
const smallestPx = 64;

/** Of the seed: latents drawn for the sheet. */
const drawnStream = 411_000;

async function drawn(
  coder: Coder,
  { dataset, asked, test }: Subject,
  { seed, figures }: { readonly seed: number; readonly figures: Readonly<Record<string, number>> },
): Promise<Uint8Array> {
  const { size } = dataset;
  const each = size.channels * size.height * size.width;
  const factor = Math.max(1, Math.ceil(smallestPx / Math.min(size.height, size.width)));
  const cells = (pictures: Float32Array) =>
    Array.from({ length: pictures.length / each }, (_, i) => ({
      picture: cellPixels(pictures.subarray(i * each, (i + 1) * each), size, { factor }),
    }));
  const count = Math.min(asked.length, columns * rows);
  // Evenly over all, so that not all are of the first person.
  const shown = Int32Array.from({ length: count }, (_, i) => asked[Math.floor((i * asked.length) / count)]);
  const sections: SheetSection[] = [];
  for (let from = 0; from < count; from += columns) {
    const pictures = picturesOf(dataset, shown.subarray(from, from + columns));
    const back = await coder.decode((await coder.encode(pictures)).latents);
    sections.push({
      rows: [
        { label: "picture", entries: cells(pictures) },
        { label: "rebuilt", entries: cells(back) },
      ],
    });
  }
  if (coder.variational) {
    const random = seededRandom(seed, drawnStream);
    const noise = Float32Array.from({ length: columns * coder.latents }, () => random.normal());
    sections.push({ rows: [{ label: "drawn", note: "from noise", entries: cells(await coder.decode(noise)) }] });
  }
  const kept = figures["explained-variance"];
  const whose = test.pictures.length > 0 ? `${asked.length} pictures set apart` : `the ${asked.length} pictures`;
  const subtitle = [
    ...(kept === undefined ? [] : [`${(100 * kept).toFixed(1)} % of the variance of ${whose}`]),
    `squared error ${figures["squared-error"].toPrecision(3)} a picture`,
  ].join("  ·  ");
  const title = `Through ${coder.latents} numbers and back`;
  return encodePng(drawSheet(sections, { title, subtitle }));
}
