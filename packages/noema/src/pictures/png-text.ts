/** @file Texts in a PNG file: chunks that other programs show or pass over (PNG specification, third edition, 11.3.3). */
import { NoemaError } from "@noema/engine";

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Bytes of a chunk around its data: length, type, checksum. */
const frameBytes = 12;

/** Longer texts are not read: recipes of thousands of pictures take less. */
const longestText = 2 ** 24;

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** Where the next one begins. */
  readonly end: number;
}

/**
 * The PNG with texts in it, by keyword, after its header. Each is written as it is, in UTF-8, uncompressed.
 *
 * @param texts keywords are 1 to 79 characters of Latin-1
 */
export function withPngTexts(png: Uint8Array, texts: Readonly<Record<string, string>>): Uint8Array {
  const { end } = chunkAt(png, signature.length, "PNG");
  const chunks = Object.entries(texts).map(([keyword, text]) =>
    // Keyword, no compression, no language, no translated keyword: each ends with a zero.
    chunk("iTXt", Buffer.concat([Buffer.from(keyword, "latin1"), Buffer.alloc(5), Buffer.from(text, "utf8")])),
  );
  return Buffer.concat([png.subarray(0, end), ...chunks, png.subarray(end)]);
}

/**
 * The text of a keyword, undefined where the PNG has none. The whole file is looked through, so that a truncated one does
 * not pass for one without a text.
 *
 * @param where what messages call the file
 * @throws NoemaError PNG_CORRUPT: not a PNG, truncated, a wrong checksum, a compressed or endless text
 */
export function pngText(png: Uint8Array, keyword: string, where: string): string | undefined {
  if (signature.some((byte, i) => png[i] !== byte)) throw corrupt(where, "it is not a PNG");
  let found: string | undefined;
  for (let at = signature.length; ; ) {
    const { type, data, end } = chunkAt(png, at, where);
    if (type === "IEND") return found;
    if (type === "iTXt") found ??= textOf(data, keyword, where);
    at = end;
  }
}

function textOf(data: Uint8Array, keyword: string, where: string): string | undefined {
  const zeroAfter = (from: number) => {
    const at = data.indexOf(0, from);
    return at < 0 ? data.length : at;
  };
  const nameEnd = zeroAfter(0);
  if (Buffer.from(data.subarray(0, nameEnd)).toString("latin1") !== keyword) return undefined;
  if (data[nameEnd + 1] !== 0) throw corrupt(where, `its text "${keyword}" is compressed`);
  const start = zeroAfter(zeroAfter(nameEnd + 3) + 1) + 1;
  if (data.length - start > longestText) throw corrupt(where, `its text "${keyword}" is ${data.length} bytes long`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data.subarray(start));
  } catch {
    throw corrupt(where, `its text "${keyword}" is not UTF-8`);
  }
}

function chunkAt(png: Uint8Array, at: number, where: string): Chunk {
  if (at + frameBytes > png.length) throw corrupt(where, `it ends after ${png.length} bytes, in the middle`);
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const end = at + frameBytes + view.getUint32(at);
  if (end > png.length) throw corrupt(where, `it ends after ${png.length} bytes, in the middle`);
  const body = png.subarray(at + 4, end - 4);
  if (checksum(body) !== view.getUint32(end - 4)) throw corrupt(where, `the checksum at byte ${end - 4} is wrong`);
  return { type: Buffer.from(body.subarray(0, 4)).toString("latin1"), data: body.subarray(4), end };
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(frameBytes + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, "latin1");
  bytes.set(data, 8);
  bytes.writeUInt32BE(checksum(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}

/** CRC-32 of every byte (PNG specification, annex D). */
const crcOfByte = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

function checksum(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crcOfByte[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function corrupt(where: string, found: string): NoemaError {
  return new NoemaError("PNG_CORRUPT", {
    where,
    found,
    needed: "a whole PNG file is wanted",
    remedy: "Copy it again from where it was made.",
  });
}
