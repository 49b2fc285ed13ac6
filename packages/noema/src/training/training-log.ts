/** @file TrainingLog: the figures of every step, one JSON object a line; steps that were not saved are taken back on resuming. */
import { closeSync, constants, fsyncSync, ftruncateSync, openSync, statSync, writeSync } from "node:fs";
import { NoemaError } from "@noema/engine";

export class TrainingLog {
  readonly #path: string;
  /** Whether lines that it should begin with are not there. */
  readonly isCutShort: boolean;
  #file: number | undefined;
  #bytes: number;
  #lines: string[] = [];

  /** @param from how many bytes of what is there belong to this training; the rest is cut off by the first lines that follow */
  constructor(path: string, from: number) {
    this.#path = path;
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    this.isCutShort = size < from;
    this.#bytes = Math.min(from, size);
  }

  add(line: Readonly<Record<string, number>>): void {
    this.#lines.push(`${JSON.stringify(line)}\n`);
  }

  /**
   * Writes what was added, or nothing of it.
   *
   * @returns the length of the log so far
   * @throws NoemaError OUT_PATH
   */
  flush(): number {
    if (this.#lines.length === 0) return this.#bytes;
    const text = Buffer.from(this.#lines.join(""));
    try {
      this.#file ??= this.#open();
      this.#write(this.#file, text);
    } catch (cause) {
      throw new NoemaError("OUT_PATH", {
        where: `log "${this.#path}"`,
        found: `it cannot be written: ${(cause as Error).message}`,
        cause,
      });
    }
    this.#bytes += text.length;
    this.#lines = [];
    return this.#bytes;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }

  #open(): number {
    const file = openSync(this.#path, constants.O_RDWR | constants.O_CREAT);
    ftruncateSync(file, this.#bytes);
    return file;
  }

  #write(file: number, text: Buffer): void {
    try {
      for (let at = 0; at < text.length; ) at += writeSync(file, text, at, text.length - at, this.#bytes + at);
      fsyncSync(file);
    } catch (error) {
      ftruncateSync(file, this.#bytes);
      throw error;
    }
  }
}
