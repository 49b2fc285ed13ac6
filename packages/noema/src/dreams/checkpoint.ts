/** @file Checkpoint: what a run has done so far, in a hidden folder beside what it writes, to go on after an interruption. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { type ErrorParts, NoemaError } from "@noema/engine";
import { writeBeside } from "../pictures/write-beside.js";
import { type Recipe, recipeHash } from "./recipe.js";
import type { Outcome, RenderStore, Unfinished } from "./render.js";

/** The hidden folder, beside what is written. */
const hidden = ".noema";

/** Saving may take this share of the time. */
const largestShare = 0.1;

const mark = "noema checkpoint 1\n";

export interface CheckpointOptions {
  /** The folder into which the run writes. */
  readonly folder: string;
  /** What it writes: runs of other outputs have other checkpoints. */
  readonly name: string;
  readonly recipe: Recipe;
  /** Seconds from one saving to the next. */
  readonly every: number;
}

/**
 * Files of one run. Each is whole or not there, and one that is damaged counts as not there: a run that is killed at any
 * moment loses what it did since the last saving, and nothing else.
 */
export class Checkpoint implements RenderStore {
  readonly #folder: string;
  readonly #siblings: string;
  readonly #name: string;
  readonly #own: string;
  readonly #recipe: Recipe;
  readonly #everyMs: number;
  /** Batches that are done but not saved yet. */
  readonly #unsaved = new Map<string, readonly Outcome[]>();
  #savedMs = performance.now();
  #waitMs: number;
  #written = false;

  constructor({ folder, name, recipe, every }: CheckpointOptions) {
    this.#siblings = join(folder, hidden);
    this.#name = name;
    this.#own = `${name}-${recipeHash(recipe).slice(0, 16)}`;
    this.#folder = join(this.#siblings, this.#own);
    this.#recipe = recipe;
    this.#everyMs = this.#waitMs = 1000 * every;
  }

  /** Whether a run of the same options was interrupted. */
  get exists(): boolean {
    return existsSync(join(this.#folder, "recipe.json"));
  }

  /** Runs of other options that were interrupted while writing the same. */
  others(): Recipe[] {
    return this.#begun()
      .filter((entry) => entry !== this.#own)
      .flatMap((entry) => {
        try {
          return [JSON.parse(readFileSync(join(this.#siblings, entry, "recipe.json"), "utf8")) as Recipe];
        } catch {
          return [];
        }
      });
  }

  outcomes(batch: string): readonly Outcome[] | undefined {
    const kept = this.#read(`${batch}.done`) as readonly KeptOutcome[] | undefined;
    return kept?.map(({ failure, ...outcome }) => ({
      ...outcome,
      ...(failure && { failure: new NoemaError(failure.code, failure.parts) }),
    }));
  }

  unfinished(batch: string): Unfinished | undefined {
    return this.#read(`${batch}.part`) as Unfinished | undefined;
  }

  async finish(batch: string, outcomes: readonly Outcome[]): Promise<void> {
    this.#unsaved.set(batch, outcomes);
    if (this.#due()) await this.#save(() => this.#saveFinished());
  }

  async advance(batch: string, state: () => Unfinished, must: boolean): Promise<void> {
    if (!must && !this.#due()) return;
    await this.#save(async () => {
      await this.#saveFinished();
      const now = state();
      if (now.state.step > 0) await this.#write(`${batch}.part`, now);
    });
  }

  async flush(): Promise<void> {
    await this.#save(() => this.#saveFinished());
  }

  /** The run is done: nothing of it is kept. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    this.#removeEmpty();
  }

  /** Forgets all interrupted runs that would write the same. */
  removeAll(): void {
    for (const entry of this.#begun()) rmSync(join(this.#siblings, entry), { recursive: true, force: true });
    this.#removeEmpty();
  }

  #begun(): string[] {
    if (!existsSync(this.#siblings)) return [];
    const own = (entry: string) =>
      entry.startsWith(`${this.#name}-`) && /^[0-9a-f]{16}$/.test(entry.slice(this.#name.length + 1));
    return readdirSync(this.#siblings).filter(own);
  }

  #removeEmpty(): void {
    try {
      rmdirSync(this.#siblings);
    } catch {
      // It holds the checkpoints of other runs, or is not there.
    }
  }

  #due(): boolean {
    return performance.now() - this.#savedMs >= this.#waitMs;
  }

  async #save(write: () => Promise<void>): Promise<void> {
    const startMs = performance.now();
    await write();
    this.#savedMs = performance.now();
    this.#waitMs = Math.max(this.#everyMs, (this.#savedMs - startMs) / largestShare);
  }

  async #saveFinished(): Promise<void> {
    for (const [batch, outcomes] of this.#unsaved) {
      const kept = outcomes.map(({ failure, ...outcome }): KeptOutcome => {
        if (failure === undefined) return outcome;
        const { cause: _, ...parts } = failure.parts;
        return { ...outcome, failure: { code: failure.code, parts } };
      });
      await this.#write(`${batch}.done`, kept);
      rmSync(join(this.#folder, `${batch}.part`), { force: true });
    }
    this.#unsaved.clear();
  }

  async #write(name: string, value: unknown): Promise<void> {
    if (!this.#written) await writeBeside(join(this.#folder, "recipe.json"), Buffer.from(JSON.stringify(this.#recipe)));
    this.#written = true;
    const bytes = serialize(value);
    await writeBeside(join(this.#folder, name), Buffer.concat([Buffer.from(mark), digest(bytes), bytes]));
  }

  #read(name: string): unknown {
    let bytes: Buffer;
    try {
      bytes = readFileSync(join(this.#folder, name));
    } catch {
      return undefined;
    }
    const from = mark.length + 32;
    const content = bytes.subarray(from);
    if (bytes.toString("latin1", 0, mark.length) !== mark) return undefined;
    return bytes.subarray(mark.length, from).equals(digest(content)) ? deserialize(content) : undefined;
  }
}

interface KeptOutcome extends Omit<Outcome, "failure"> {
  readonly failure?: { readonly code: string; readonly parts: ErrorParts };
}

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
