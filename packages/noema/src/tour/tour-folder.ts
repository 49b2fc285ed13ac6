/** @file TourFolder: the files of a tour, each whole or not there, and whether a picture in it is the one that is wanted. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import sharp from "sharp";
import { type Recipe, readRecipe, withRecipe } from "../dreams/recipe.js";
import { encodePng, type Pixels } from "../pictures/png.js";
import { pngText, withPngTexts } from "../pictures/png-text.js";
import { checkOutput, writeBeside } from "../pictures/write-beside.js";

/** What is known of a dream beside its recipe; it stands in the PNG too. */
export interface DreamFacts {
  /** What the channel answers to the finished picture; null where that is no number. */
  readonly value: number | null;
  /** Why it ended early. */
  readonly failure: string | null;
}

export interface FinishedDream extends DreamFacts {
  /** As the page shows it; null where it failed before there was any. */
  readonly webp: Uint8Array | null;
}

/** The PNG keyword of `DreamFacts`. */
const keyword = "noema-tour";

/** Of WebP: dreams are full of fine detail, which lower ones smear. */
const quality = 86;

/** How pictures are drawn: in one folder it is the same for all. */
type Manner = Readonly<Record<string, unknown>>;

export class TourFolder {
  readonly path: string;
  readonly #digits: number;

  /** @param channels of the layer */
  constructor(path: string, channels: number) {
    this.path = path;
    this.#digits = `${channels - 1}`.length;
  }

  get page(): string {
    return join(this.path, "index.html");
  }

  get #run(): string {
    return join(this.path, "run.json");
  }

  /** Within the folder. */
  dreamFile(channel: number, side: number): string {
    return `dreams/${`${channel}`.padStart(this.#digits, "0")}${side === 0 ? "" : "-negative"}.png`;
  }

  /**
   * Refuses a folder that holds something else, before any work.
   *
   * @throws NoemaError TOUR_OPTIONS, TOUR_FOLDER, OUT_PATH
   */
  check(recipe: Recipe, layer: string): void {
    checkOutput(this.page, ".html");
    if (existsSync(this.#run)) {
      this.#checkSame(readJson(this.#run), mannerOf(recipe, layer));
      return;
    }
    const foreign = (name: string) => !name.startsWith(".") && !/^photographs([.](json|part))?$/.test(name);
    if (!existsSync(this.path) || !readdirSync(this.path).some(foreign)) return;
    throw new NoemaError("TOUR_FOLDER", {
      where: `--out "${this.path}"`,
      found: "there are other files in this folder",
      needed: "a tour has a folder of its own, new or empty",
    });
  }

  /** Says in the folder what is drawn in it. */
  async claim(recipe: Recipe, layer: string): Promise<void> {
    await writeBeside(this.#run, Buffer.from(`${JSON.stringify(mannerOf(recipe, layer), null, 2)}\n`));
  }

  #checkSame(before: unknown, now: Manner): void {
    const there = typeof before === "object" && before !== null ? (before as Manner) : {};
    const text = (value: unknown) => JSON.stringify(value ?? null);
    const others = Object.keys(now).filter((name) => text(there[name]) !== text(now[name]));
    if (others.length === 0) return;
    const short = (value: unknown) => (text(value).length > 60 ? `${text(value).slice(0, 57)}…` : text(value));
    const differences = others.map((name) => `${name} ${short(there[name])} there, ${short(now[name])} now`);
    throw new NoemaError("TOUR_OPTIONS", {
      where: `--out "${this.path}"`,
      found: `it holds a tour with other options: ${differences.join("; ")}`,
      remedy: "Name another folder with --out, or give the options of the tour that is there.",
    });
  }

  /** A dream that was finished before; undefined where there is none, or one that was drawn from another recipe. */
  async finished(channel: number, side: number, recipe: Recipe): Promise<FinishedDream | undefined> {
    const file = join(this.path, this.dreamFile(channel, side));
    if (!existsSync(file)) return undefined;
    try {
      const png = readFileSync(file);
      const found = readRecipe(png, file);
      // One that diverged shows an earlier step.
      const same = { ...found, shows: recipe.shows, model: recipe.model };
      if (found.shows?.place !== recipe.shows?.place || JSON.stringify(same) !== JSON.stringify(recipe))
        return undefined;
      const facts = JSON.parse(pngText(png, keyword, file) ?? "") as DreamFacts;
      return { ...facts, webp: await webpOf(png) };
    } catch {
      // Damaged, or not ours: it is drawn anew.
      return undefined;
    }
  }

  async write(
    channel: number,
    side: number,
    { pixels, recipe, facts }: { pixels: Pixels; recipe: Recipe; facts: DreamFacts },
  ): Promise<FinishedDream> {
    const png = withRecipe(await encodePng(pixels), recipe);
    await writeBeside(
      join(this.path, this.dreamFile(channel, side)),
      withPngTexts(png, { [keyword]: JSON.stringify(facts) }),
    );
    return { ...facts, webp: await webpOf(png) };
  }
}

/** What a recipe says beyond which pictures are drawn, and where the model lies. */
function mannerOf({ model, jobs: _, titles: __, shows: ___, ...manner }: Recipe, layer: string): Manner {
  return { layer, model: model.sha256, ...manner };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

async function webpOf(png: Uint8Array): Promise<Uint8Array> {
  return sharp(png).webp({ quality, smartSubsample: true }).toBuffer();
}
