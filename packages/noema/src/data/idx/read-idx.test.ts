import { gzipSync } from "node:zlib";
import { NoemaError } from "@noema/engine";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { idxFile } from "./idx-file.testing.js";
import { readIdx } from "./read-idx.js";

const shapes = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 4 });
const files = shapes.chain((shape) => {
  const length = shape.reduce((product, size) => product * size, 1);
  return fc.record({ shape: fc.constant(shape), data: fc.uint8Array({ minLength: length, maxLength: length }) });
});

const codeOf = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (error instanceof NoemaError) return error.code;
    throw error;
  }
  return "none";
};

test("what was written comes back, packed or not", () => {
  fc.assert(
    fc.property(files, fc.boolean(), ({ shape, data }, packed) => {
      const file = idxFile(shape, data);
      const read = readIdx(packed ? gzipSync(file) : file, "x", shape.length);
      expect(read.shape).toEqual(shape);
      expect([...read.data]).toEqual([...data]);
    }),
  );
});

test("a file that is cut anywhere, or goes on, is refused as that", () => {
  fc.assert(
    fc.property(files, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 9 }), ({ shape, data }, cut, more) => {
      const file = idxFile(shape, data);
      const part = file.subarray(0, cut % file.length);
      expect(codeOf(() => readIdx(part, "x", shape.length))).toBe("IDX_TRUNCATED");
      const longer = Buffer.concat([file, more]);
      expect(codeOf(() => readIdx(longer, "x", shape.length))).toBe("IDX_TRAILING");
    }),
  );
});

test("any other bytes are refused with a code of their own", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 3 }), (bytes, rank) => {
      expect(codeOf(() => readIdx(bytes, "x", rank))).toMatch(/^(IDX_\w+|none)$/);
    }),
    { examples: [[Uint8Array.of(0, 0, 8, 3, ...new Array(12).fill(255)), 3]] },
  );
});

describe("refuses", () => {
  const whole = idxFile(
    [2, 2, 2],
    Uint8Array.from({ length: 8 }, (_, i) => i),
  );
  const changed = (at: number, to: number) => whole.with(at, to);
  const packed = gzipSync(whole);
  test.each([
    ["an empty file", new Uint8Array(0), /ends after 0 bytes, 16 are needed.*IDX_TRUNCATED/],
    ["a PNG", new TextEncoder().encode("\x89PNG\r\n\x1a\n"), /begins with c289504e, so it is no IDX.*IDX_MAGIC/],
    ["a type that there is not", changed(2, 7), /IDX_MAGIC/],
    ["floating-point numbers", changed(2, 13), /holds 32-bit floating-point numbers.*IDX_TYPE/],
    ["labels in place of pictures", idxFile([8], new Uint8Array(8)), /1 dimension, 3 are needed.*IDX_RANK/],
    ["sizes past all bounds", changed(4, 255), /17112760344 are needed.*IDX_TRUNCATED/],
    ["a gzip file that was cut", packed.subarray(0, -9), /cannot be unpacked.*IDX_GZIP/],
    ["a gzip file that was damaged", packed.with(14, packed[14] ^ 255), /IDX_GZIP/],
  ])("%s", (_, file, message) => {
    expect(() => readIdx(file, "train-images", 3)).toThrowError(message);
  });
});
