/** @file readIdx: the format of MNIST's files: a magic number, the sizes, the numbers (LeCun, Cortes and Burges 1998). */
import { gunzipSync } from "node:zlib";
import { NoemaError } from "@noema/engine";

export interface Idx {
  /** Its dimensions, the slowest first: N, or N×H×W. */
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** The third byte tells what the numbers are; of the six kinds that there are, pictures and labels are of this one. */
const unsignedByte = 0x08;

const otherTypes: Readonly<Record<number, string>> = {
  9: "signed bytes",
  11: "16-bit integers",
  12: "32-bit integers",
  13: "32-bit floating-point numbers",
  14: "64-bit floating-point numbers",
};

/** What a gzip file begins with (RFC 1952, 2.3.1). */
const gzipMagic = [0x1f, 0x8b];

/** No file is unpacked to more bytes: the pixels of a dataset are no more. */
const mostBytes = 2 ** 31 - 1;

/**
 * Reads a whole IDX file of unsigned bytes, packed with gzip or not, whatever it is called.
 *
 * @param rank how many dimensions it must have
 * @throws NoemaError IDX_MAGIC, IDX_TYPE, IDX_RANK, IDX_TRUNCATED, IDX_TRAILING, IDX_GZIP, IDX_TOO_LARGE
 */
export function readIdx(file: Uint8Array, where: string, rank: number): Idx {
  const bytes = gzipMagic.every((byte, i) => file[i] === byte) ? unpacked(file, where) : file;
  const refused = (code: string, found: string, needed: string, remedy?: string) =>
    new NoemaError(code, { where, found, needed, ...(remedy === undefined ? {} : { remedy }) });
  const truncated = (needed: number | bigint) =>
    refused("IDX_TRUNCATED", `the file ends after ${bytes.length} bytes`, `${needed} are needed`, "Copy it again.");
  if (bytes.length < 4) throw truncated(4 + 4 * rank);
  const [zero, zeroToo, type, dimensions] = bytes;
  if (zero !== 0 || zeroToo !== 0 || (type !== unsignedByte && !(type in otherTypes))) {
    const start = Buffer.from(bytes.subarray(0, 4)).toString("hex");
    throw refused("IDX_MAGIC", `it begins with ${start}, so it is no IDX file`, `0000080${rank} at its beginning`);
  }
  if (type !== unsignedByte) throw refused("IDX_TYPE", `it holds ${otherTypes[type]}`, "unsigned bytes are needed");
  if (dimensions !== rank) {
    throw refused("IDX_RANK", `it has ${dimensions} dimension${dimensions === 1 ? "" : "s"}`, `${rank} are needed`);
  }
  const start = 4 + 4 * rank;
  if (bytes.length < start) throw truncated(start);
  const header = new DataView(bytes.buffer, bytes.byteOffset, start);
  const shape = Array.from({ length: rank }, (_, i) => header.getUint32(4 + 4 * i));
  // Three sizes of 32 bits are past what a double holds exactly.
  const length = shape.reduce((product, size) => product * BigInt(size), 1n);
  const there = BigInt(bytes.length - start);
  if (there < length) throw truncated(BigInt(start) + length);
  if (there > length) {
    throw refused(
      "IDX_TRAILING",
      `${there - length} bytes follow after the last of ${shape.join("×")} numbers`,
      "the file must end there",
      "Copy it again, or write it anew.",
    );
  }
  return { shape, data: bytes.subarray(start) };
}

function unpacked(file: Uint8Array, where: string): Uint8Array {
  try {
    return gunzipSync(file, { maxOutputLength: mostBytes });
  } catch (cause) {
    const tooLarge = (cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw new NoemaError(tooLarge ? "IDX_TOO_LARGE" : "IDX_GZIP", {
      where,
      found: tooLarge ? "it unpacks to too many bytes" : `it cannot be unpacked (${(cause as Error).message})`,
      needed: tooLarge ? `at most ${mostBytes}` : "a whole gzip file",
      ...(tooLarge ? {} : { remedy: "Copy it again." }),
      cause,
    });
  }
}
