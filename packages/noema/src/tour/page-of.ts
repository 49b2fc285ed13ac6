/** @file pageOf: what is known of a tour, as its page wants it. */
import type { ChannelSummary } from "@noema/lenses";
import type { Recipe } from "../dreams/recipe.js";
import { cropOf } from "./crop.js";
import type { Page, PageChannel, PageDream, PageSide } from "./page.js";
import { thumbnailFile } from "./thumbnails.js";
import type { TopPictures } from "./top-pictures.js";
import type { TourOptions } from "./tour.js";
import type { FinishedDream, TourFolder } from "./tour-folder.js";

export interface Toured {
  readonly options: TourOptions;
  readonly recipe: Recipe;
  readonly folder: TourFolder;
  /** How many channels the layer has. */
  readonly of: number;
  readonly channels: readonly number[];
  /** Names of all units. */
  readonly titles: readonly string[] | undefined;
  readonly photographs:
    | { readonly found: TopPictures; readonly thumbnails: readonly (Uint8Array | null)[] }
    | undefined;
  /** Undefined where it is not drawn yet. */
  dream(channel: number, side: number): FinishedDream | undefined;
}

export function pageOf(toured: Toured): Page {
  const { options, recipe, photographs } = toured;
  const { width, height } = recipe.size;
  const { size } = photographs?.found ?? { size: recipe.size };
  return {
    model: recipe.model.name,
    layer: options.layer,
    of: toured.of,
    manner: mannerInWords(recipe),
    aspect: width / height,
    photographAspect: size.width / size.height,
    channels: toured.channels.map((channel) => channelOf(toured, channel)),
    photographs: (photographs?.found.photographs ?? []).map((one, i) => ({
      ...{ name: one.name, label: one.label, file: thumbnailFile(one) },
      webp: photographs!.thumbnails[i],
    })),
    seen: photographs === undefined ? null : seenIn(options, photographs.found),
  };
}

function seenIn({ images = "", over = "max" }: TourOptions, { count, skipped, highest }: TopPictures): Page["seen"] {
  const top = Math.max(0, ...highest.map((summary) => summary.top.length));
  return { folder: images, count, over, top, skipped: skipped.map(({ reason }) => reason) };
}

function mannerInWords({ size, steps, jobs, batch }: Recipe): string {
  const together = batch > 1 ? `, ${batch} drawn together` : "";
  return `Dreams of ${size.width}×${size.height} pixels, ${steps} steps, seed ${jobs[0].seed}${together}`;
}

function channelOf(toured: Toured, channel: number): PageChannel {
  const { found } = toured.photographs ?? {};
  const summaries = found && [found.highest[channel], ...(found.lowest ? [found.lowest[channel]] : [])];
  const dead = summaries !== undefined && isDead(summaries[0]);
  return {
    channel,
    title: toured.titles?.[channel] ?? null,
    dreams: (toured.options.both ? [0, 1] : [0]).map((side) => dreamOf(toured, channel, side)),
    sides: summaries?.map((summary, side) => sideOf(summary, found!, { dead, sign: side === 0 ? 1 : -1 })) ?? null,
    silent: summaries?.[0].silent ?? null,
    selectivity: summaries?.[0].selectivity ?? null,
    dead,
  };
}

const isDead = ({ quantiles: [low, , , , high] }: ChannelSummary) => high <= 0 || high === low;

/** Of a dead channel no photograph is stronger than the others. */
function sideOf(
  { top, quantiles, histogram }: ChannelSummary,
  { geometry }: TopPictures,
  { dead, sign }: { dead: boolean; sign: 1 | -1 },
): PageSide {
  return {
    top: (dead ? [] : top).map(({ picture, value, place }) => {
      const crop = geometry === null || place === null ? null : cropOf(place, geometry);
      return { photograph: picture, value: sign * value, crop: crop && [crop.x, crop.y, crop.width, crop.height] };
    }),
    quantiles: sign === 1 ? quantiles : quantiles.map((v) => -v).reverse(),
    histogram: sign === 1 ? histogram : [...histogram].reverse(),
  };
}

function dreamOf(toured: Toured, channel: number, side: number): PageDream {
  const { folder } = toured;
  const found = toured.dream(channel, side);
  const file = found?.webp ? folder.dreamFile(channel, side) : null;
  return {
    webp: found?.webp ?? null,
    file,
    value: found?.value ?? null,
    failure: found?.failure ?? null,
    command: commandOf(toured, channel, side),
  };
}

/** What draws the same picture again. One that was drawn together with others says in its own recipe with which. */
function commandOf({ options, recipe, folder, channels }: Toured, channel: number, side: number): string {
  const out = `--out ${shellQuoted(`channel-${channel}.png`)}`;
  if (recipe.batch > 1) {
    return `noema dream --from ${shellQuoted(`${folder.path}/${folder.dreamFile(channel, side)}`)} ${out}`;
  }
  const { objective, seed } = recipe.jobs[side * channels.length + channels.indexOf(channel)];
  const { width, height } = recipe.size;
  const size = width === height ? `${width}` : `${width}x${height}`;
  const { input, sidecar, threads, rate, image, transforms, overrides, colours } = options;
  const given = { input, sidecar, threads, rate, image, transforms, overrides, colours };
  const more = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [` --${name} ${shellQuoted(`${value}`)}`],
  );
  return `noema dream ${shellQuoted(options.model)} ${shellOption("objective", objective)} --size ${size} --steps ${recipe.steps} --seed ${seed}${more.join("")} ${out}`;
}

/** A value that begins with a dash would be taken for an option. */
function shellOption(name: string, value: string): string {
  return value.startsWith("-") ? `${shellQuoted(`--${name}=${value}`)}` : `--${name} ${shellQuoted(value)}`;
}

/** As a POSIX shell reads it as one word. */
function shellQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
