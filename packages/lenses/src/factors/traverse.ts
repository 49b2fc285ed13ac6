/** @file traverse: each latent over its range while the others and the label stay; two latents as a table. */
import { NoemaError } from "@noema/engine";
import { type Caption, type Panel, spoken, type View } from "../panel.js";
import type { Autoencoder } from "./autoencoder.js";
import { checked, checkNumbers, checkRoom, countPictures, countRows, labelIndices, pictureLength } from "./checked.js";
import { type Code, decodeAll, labelVector, likeliest, rowOf } from "./label-vectors.js";

export interface TraverseOptions {
  /** Z×K: the values that each latent goes through, such as `latentQuantiles` of the data. */
  readonly values: readonly (readonly number[])[];
  /** Names of the labels to be shown, a panel each. Default: all. */
  readonly labels?: readonly string[];
  /** C×H×W, 0..1: goes through this picture's surroundings, with its own label and latents, in place of the labels'. */
  readonly around?: Float32Array;
  /** `table`: two latents against each other. `rows`: a row per latent. Default: a table where there are just two. */
  readonly as?: "table" | "rows";
  /** At most so many rows: of the latents that change pictures most. Default 12. */
  readonly most?: number;
}

/**
 * What the latents stand for (Cheung et al. 2014, figure 3). Latents that do not move stand at the middle one of their values.
 * In a table the first latent grows to the right, the second one upwards, as in a plot.
 *
 * @throws NoemaError FACTORS_EMPTY, FACTORS_SHAPE, FACTORS_NUMBER, FACTORS_COUNT, FACTORS_LABEL, FACTORS_RANGE,
 *   FACTORS_MANY, FACTORS_MODEL
 */
export async function traverse(given: Autoencoder, options: TraverseOptions): Promise<View> {
  const { values, most = 12 } = options;
  const autoencoder = checked(given);
  const { picture, latents } = autoencoder;
  const { as = latents === 2 ? "table" : "rows" } = options;
  checkValues(values, latents, as);
  if (!Number.isInteger(most) || most < 1) {
    throw new NoemaError("FACTORS_RANGE", { where: "most", found: `${most}`, needed: "it must be 1 or more" });
  }
  const stations = await stationsOf(autoencoder, options);
  const each = as === "table" ? values[0].length * values[1].length : Math.min(most, latents) * values[0].length;
  checkRoom(stations.length * each, picture);
  const moved = (latent: Float32Array, to: Readonly<Record<number, number>>) =>
    latent.map((v, dimension) => to[dimension] ?? v);
  const rows = as === "rows" ? await strongest(autoencoder, { values, stations, most }) : [];
  const panels: Panel[] = [];
  for (const { label, latent, heading } of stations) {
    if (as === "table") {
      const down = [...values[1]].reverse();
      const codes = down.flatMap((second) =>
        values[0].map((first) => ({ label, latent: moved(latent, { 0: first, 1: second }) })),
      );
      panels.push({
        heading,
        axes: { down: "z2", along: "z1" },
        rows: down.map((value) => ({ text: spoken(value, 2) })),
        columns: values[0].map((value) => ({ text: spoken(value, 2) })),
        pictures: await decodeAll(autoencoder, codes),
      });
    } else {
      const codes = rows.flatMap(({ dimension }) =>
        values[dimension].map((value) => ({ label, latent: moved(latent, { [dimension]: value }) })),
      );
      panels.push({
        heading,
        axes: { down: "latent", along: "from its lowest to its highest value" },
        rows: rows.map(({ dimension, change }) => ({
          text: `z${dimension + 1}`,
          note: `${spoken(values[dimension][0], 2)} to ${spoken(values[dimension].at(-1)!, 2)}, changes ${spoken(100 * change, 2)} %`,
        })),
        columns: values[0].map((_, k) => ({ text: `${k + 1}` })),
        pictures: await decodeAll(autoencoder, codes),
      });
    }
  }
  return { picture, panels };
}

/** Where the traverse sets out from: a label and latents each. */
async function stationsOf(autoencoder: Autoencoder, { values, labels: names, around }: TraverseOptions) {
  const { picture, labels, latents } = autoencoder;
  if (around !== undefined) {
    const count = countPictures(around, picture, "around");
    if (count !== 1) {
      throw new NoemaError("FACTORS_COUNT", { where: "around", found: `${count} pictures`, needed: "it must be one" });
    }
    const { labels: label, latents: latent } = await autoencoder.encode(around);
    const [read] = likeliest({ labels: label }, labels.length);
    const heading: Caption = { text: "around this picture", note: `read as ${labels[read]}`, picture: around.slice() };
    return [{ label, latent, heading }];
  }
  const middle = Float32Array.from({ length: latents }, (_, d) => values[d][values[d].length >> 1]);
  return labelIndices(names, labels).map((index) => ({
    label: labelVector(index, labels.length),
    latent: middle,
    heading: { text: labels[index] } as Caption,
  }));
}

/** The latents whose ends differ most as pictures: the root of the mean square, over all stations. */
async function strongest(
  autoencoder: Autoencoder,
  from: { values: TraverseOptions["values"]; stations: readonly Code[]; most: number },
): Promise<{ dimension: number; change: number }[]> {
  const { values, stations, most } = from;
  const length = pictureLength(autoencoder.picture);
  const found: { dimension: number; change: number }[] = [];
  for (const [dimension, own] of values.entries()) {
    const codes = stations.flatMap(({ label, latent }) =>
      [own[0], own.at(-1)!].map((value) => ({ label, latent: latent.map((v, d) => (d === dimension ? value : v)) })),
    );
    const decoded = await decodeAll(autoencoder, codes);
    let square = 0;
    for (let s = 0; s < stations.length; s++) {
      const [low, high] = [rowOf(decoded, 2 * s, length), rowOf(decoded, 2 * s + 1, length)];
      for (let i = 0; i < length; i++) square += (high[i] - low[i]) ** 2;
    }
    found.push({ dimension, change: Math.sqrt(square / (stations.length * length)) });
  }
  return found.sort((a, b) => b.change - a.change || a.dimension - b.dimension).slice(0, most);
}

function checkValues(values: TraverseOptions["values"], latents: number, as: "table" | "rows"): void {
  if (values.length !== latents) {
    throw new NoemaError("FACTORS_COUNT", {
      where: "values",
      found: `values of ${values.length} latents`,
      needed: `the autoencoder has ${latents}`,
    });
  }
  if (as === "table" && latents !== 2) {
    throw new NoemaError("FACTORS_COUNT", { where: "table", found: `${latents} latents`, needed: "it takes just two" });
  }
  values.forEach((own, dimension) => {
    if (own.length < 2) {
      throw new NoemaError("FACTORS_EMPTY", {
        where: `values of z${dimension + 1}`,
        found: `${own.length}`,
        needed: "there must be two or more",
      });
    }
    if (as === "rows" && own.length !== values[0].length) {
      throw new NoemaError("FACTORS_COUNT", {
        where: `values of z${dimension + 1}`,
        found: `${own.length}`,
        needed: `z1 has ${values[0].length}: there must be as many`,
      });
    }
    checkNumbers(`values of z${dimension + 1}`, own);
  });
}

/**
 * Z×`count`: values of each latent between which equal shares of the data lie, the outermost at half a share from the ends.
 *
 * @param latents N×Z
 * @throws NoemaError FACTORS_EMPTY, FACTORS_SHAPE, FACTORS_NUMBER, FACTORS_RANGE
 */
export function latentQuantiles(latents: Float32Array, width: number, count: number): number[][] {
  const rows = countRows("latents", latents, width);
  if (!Number.isInteger(count) || count < 2) {
    throw new NoemaError("FACTORS_RANGE", { where: "quantiles", found: `${count}`, needed: "there must be 2 or more" });
  }
  return Array.from({ length: width }, (_, dimension) => {
    const sorted = Float32Array.from({ length: rows }, (_, row) => latents[row * width + dimension]).sort();
    return Array.from({ length: count }, (_, k) => {
      const at = ((k + 0.5) / count) * (rows - 1);
      const low = Math.floor(at);
      const high = Math.min(rows - 1, low + 1);
      return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
    });
  });
}
